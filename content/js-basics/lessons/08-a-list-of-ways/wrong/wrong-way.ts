import { me } from 'academy'

export default async function main() {
  const route = ['north', 'east', 'east', 'south']
  for (const way of route) await me.go(way)
}
