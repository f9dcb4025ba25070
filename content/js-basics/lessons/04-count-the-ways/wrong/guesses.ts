import { me } from 'academy'

export default async function main() {
  await me.say('4 ways lead out.')
}
