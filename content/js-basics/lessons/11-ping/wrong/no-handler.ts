import { me } from 'academy'

export default async function main() {
  await me.wait(100)
  await me.say('pong')
}
