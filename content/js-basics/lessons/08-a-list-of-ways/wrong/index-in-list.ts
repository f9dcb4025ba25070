import { me } from 'academy'

export default async function main() {
  const route = ['north', 'east', 'south', 'east']
  await me.go(route[0]!)
  await me.go(route[1]!)
  await me.go(route[2]!)
  await me.go(route[3]!)
}
