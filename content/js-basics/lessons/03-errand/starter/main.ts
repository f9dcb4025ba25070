import { me } from 'academy'

export default async function main() {
  await me.go('north')
  // The square is further north. The tavern is to the west of it.
}
