import { me } from 'academy'

export default async function main() {
  for (let i = 0; i < 2; i++) {
    await me.take('crate')
    await me.go('north')
    await me.drop('crate')
    me.memory.crates = me.memory.crates + 1
    await me.say(`That makes ${me.memory.crates}.`)
    await me.go('south')
  }
}
