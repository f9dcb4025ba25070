import { me } from 'academy'

export default async function main() {
  await me.go('north')
  await me.go('down')
  await me.go('west')
}
