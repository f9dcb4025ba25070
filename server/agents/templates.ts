/** What a new project may start from, besides the starters of lessons: those are templates under the lesson's slug. */
import type { Locale } from '../protocol/ids.ts'

const HELLO = `import { me, on } from 'academy'

// An agent is a program with a body. This one says hello, then answers when somebody speaks.
export default async function main() {
  await me.say('Hello!')
}

on('hear', async ({ name, text }) => {
  if (text.includes('hello')) await me.say('Hello, ' + name + '!')
})
`

const HELLO_RU = `import { me, on } from 'academy'

// Агент — программа, у которой есть тело. Этот здоровается, а потом отвечает, когда с ним заговорят.
export default async function main() {
  await me.say('Привет!')
}

on('hear', async ({ name, text }) => {
  if (text.toLowerCase().includes('привет')) await me.say('Привет, ' + name + '!')
})
`

const EMPTY = `import { me } from 'academy'

export default async function main() {
}
`

type Templates = Readonly<Record<string, Readonly<Record<string, string>>>>

export const TEMPLATES: Readonly<Record<Locale, Templates>> = {
  en: { empty: { 'main.ts': EMPTY }, hello: { 'main.ts': HELLO } },
  ru: { empty: { 'main.ts': EMPTY }, hello: { 'main.ts': HELLO_RU } },
}
