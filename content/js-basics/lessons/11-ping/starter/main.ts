import { me, on } from 'academy'

on('hear', async ({ from, text }) => {
  console.log(from, text)
})

export default async function main() {
  await me.say('I am listening.')
}
