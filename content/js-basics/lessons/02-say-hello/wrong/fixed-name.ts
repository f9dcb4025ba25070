import { me } from 'academy'

export default async function main() {
  await me.say('Good evening. I am a lantern.')
}
