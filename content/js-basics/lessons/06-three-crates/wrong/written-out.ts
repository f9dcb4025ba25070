import { me } from 'academy'

export default async function main() {
  await me.take('crate')
  await me.go('north')
  await me.drop('crate')
  await me.go('south')
  await me.take('crate')
  await me.go('north')
  await me.drop('crate')
  await me.go('south')
  await me.take('crate')
  await me.go('north')
  await me.drop('crate')
}
