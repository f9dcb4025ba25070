import { me } from 'academy'

export default async function main() {
  await me.go('north')
  await me.go('east')
  await me.go('south')
  await me.go('east')
}
