import { me } from 'academy'

export default async function main() {
  const route = ['north', 'east', 'south', 'east']
  for (const way of route) await me.go(way)
}
