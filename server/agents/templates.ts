/** What a new project may start from, besides the starters of lessons: those are templates under the lesson's slug. */

const HELLO = `import { me, on } from 'academy'

// An agent is a program with a body. This one says hello, then answers when somebody speaks.
export default async function main() {
  await me.say('Hello!')
}

on('hear', async ({ name, text }) => {
  if (text.includes('hello')) await me.say('Hello, ' + name + '!')
})
`

const EMPTY = `import { me } from 'academy'

export default async function main() {
}
`

export const TEMPLATES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  empty: { 'main.ts': EMPTY },
  hello: { 'main.ts': HELLO },
}
