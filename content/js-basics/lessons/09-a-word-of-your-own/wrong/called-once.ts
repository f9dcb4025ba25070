import { me } from 'academy'

async function light(way: string) {
  await me.go(way)
  await me.use('lamp')
}

export default async function main() {
  await light('north')
}
