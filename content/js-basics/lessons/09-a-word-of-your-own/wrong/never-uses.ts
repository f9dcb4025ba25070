import { me } from 'academy'

async function light(way: string) {
  await me.go(way)
  await me.say('lamp')
}

export default async function main() {
  await light('north')
  await light('north')
}
