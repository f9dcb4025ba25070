import { me } from 'academy'

export default async function main() {
  for (let i = 0; i < 2; i++) {
    let crates = 0
    await me.take('crate')
    await me.go('north')
    await me.drop('crate')
    crates = crates + 1
    await me.say(`That makes ${crates}.`)
    await me.go('south')
  }
}
