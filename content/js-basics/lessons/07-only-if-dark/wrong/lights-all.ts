import { me } from 'academy'

export default async function main() {
  await me.look()
  await me.go('north')
  await me.use('lamp')
  await me.go('north')
  await me.use('lamp')
}
