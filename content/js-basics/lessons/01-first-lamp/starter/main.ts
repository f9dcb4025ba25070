import { me } from 'academy'

export default async function main() {
  await me.say('I am on my way.')
  await me.go('east')
  await me.use('lamp')
  console.log('The lamp is lit.')
}
