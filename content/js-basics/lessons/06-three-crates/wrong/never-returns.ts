import { me } from 'academy'

export default async function main() {
  await me.take('crate')
  await me.go('north')
  await me.drop('crate')
  for (let i = 0; i < 2; i++) {
    await me.go('west')
    await me.take('crate')
  }
}
