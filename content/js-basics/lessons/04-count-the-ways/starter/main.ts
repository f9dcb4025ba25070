import { me } from 'academy'

export default async function main() {
  await me.say('Some ways lead out. I did not count.')
}
