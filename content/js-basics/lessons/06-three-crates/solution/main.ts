import { me } from 'academy'

export default async function main() {
  for (let i = 0; i < 3; i++) {
    await me.take('crate')
    await me.go('north')
    await me.drop('crate')
    await me.go('south')
  }
}
