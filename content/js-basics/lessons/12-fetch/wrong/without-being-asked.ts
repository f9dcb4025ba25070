import { me } from 'academy'

export default async function main() {
  await me.go('east')
  await me.take('crate')
  await me.go('west')
  await me.drop('crate')
  await me.say('Here it is.')
}
