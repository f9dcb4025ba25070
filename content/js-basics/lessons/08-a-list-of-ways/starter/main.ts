import { me } from 'academy'

export default async function main() {
  const first = 'north'
  await me.go(first)
}
