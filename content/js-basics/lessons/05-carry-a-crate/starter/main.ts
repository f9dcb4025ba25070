import { me } from 'academy'

export default async function main() {
  await me.take('crate')
  // The warehouse is to the north.
}
