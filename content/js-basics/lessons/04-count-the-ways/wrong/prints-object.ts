import { me } from 'academy'

export default async function main() {
  const here = await me.look()
  await me.say(`${here.exits} ways lead out.`)
}
