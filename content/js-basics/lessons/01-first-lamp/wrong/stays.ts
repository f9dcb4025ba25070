import { me } from 'academy'

export default async function main() {
  await me.say('north')
  await me.use('lamp')
}
