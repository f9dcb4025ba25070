import { me } from 'academy'

export default async function main() {
  console.log(`Good evening. I am ${me.name}.`)
}
