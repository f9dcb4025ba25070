import { me } from 'academy'

export default async function main() {
  await me.go('north')
  await me.go('north')
  if (me.name !== '') await me.use('lamp')
}
