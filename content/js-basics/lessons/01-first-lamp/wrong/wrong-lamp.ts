import { me } from 'academy'

export default async function main() {
  await me.go('east')
  await me.use('lamp')
}
