import { describe, expect, test } from 'vitest'
import { NAMES } from './fixtures.ts'
import { stepsAllowed } from './ladder.ts'
import { nameOf, secretSteps, stepsOf } from './steps.ts'
import type { Rung } from './types.ts'
import { createWithholder } from './withhold.ts'

const names = (word: string) => NAMES[word] ?? []
const starter = {
  'main.ts': "import { me } from 'academy'\nexport default async function main() {\n  await me.say('hm')\n}\n",
}
const solution = {
  'main.ts':
    "import { me } from 'academy'\nexport default async function main() {\n  await me.say('hm')\n  await me.go('east')\n  await me.take('crate')\n  await me.go('north')\n  await me.drop('crate')\n}\n",
}
const told = 'The crate waits somewhere near. Have the lantern bring it to the market.'

async function said(text: string, options: { rung?: Rung; written?: string; told?: string; shown?: string[] } = {}) {
  const { rung = 'step', written = '', shown = [] } = options
  const steps = secretSteps(solution, starter, { told: options.told ?? told, written: { 'main.ts': written } }, names)
  const filter = createWithholder({
    solution,
    starter,
    codeLines: 3,
    shown,
    notice: '[kept back]',
    wouldPass: async () => false,
    steps: { ...steps, ...stepsAllowed(rung, steps.secret.length) },
  })
  let out = ''
  for (let at = 0; at < text.length; at += 7) out += await filter.push(text.slice(at, at + 7))
  const end = await filter.end()
  return { text: out + end.text, shown: end.shown, withheld: end.withheld }
}
const isKept = ({ withheld }: Awaited<ReturnType<typeof said>>) => withheld.includes('solution')

describe('the steps of an answer', () => {
  test('MT21 are its calls and the words in its lists, but those of the starter', () => {
    expect(stepsOf(solution).map(nameOf)).toEqual(['say hm', 'go east', 'take crate', 'go north', 'drop crate'])
    const list = { 'main.ts': "const route = ['north', 'east']\nfor (const way of route) await me.go(way)" }
    expect(stepsOf(list).map(nameOf)).toEqual([' north', ' east'])
    const { all, secret } = secretSteps(
      solution,
      starter,
      { told, written: { 'main.ts': "await me.go('east')" } },
      names,
    )
    expect(all.map(nameOf)).toEqual(['take crate', 'go north', 'drop crate'])
    expect(secret).toEqual(all)
    const more = secretSteps(solution, starter, { told: 'Walk east and take the crate.', written: {} }, names)
    expect(more.secret.map(nameOf)).toEqual(['go north', 'drop crate'])
  })

  test.each([
    ['a list', '1. Walk east.\n2. Pick up the crate.\n3. Walk north.\n4. Put the crate down.'],
    ['one sentence', 'You go east, take the crate, go north and drop the crate.'],
    ['bare words', 'First east. Then north.'],
    ['adverbs', 'Head eastwards, then northwards.'],
    ['a story', 'Once a lantern travelled to the eastern pier, and later to the northern market.'],
    ['letters spelled out', 'The first way is e-a-s-t, the second n o r t h.'],
    ['wide letters', 'Move ｅａｓｔ, then ｎｏｒｔｈ.'],
    ['invisible characters', 'Move ea\u200bst, then no\u2060rth.'],
    ['signs by their names', 'me dot go open parenthesis quote east quote close parenthesis'],
    ['other lines', 'Walk\neast\nthen\nwalk\nnorth'],
    ['Russian', 'Сначала иди на восток, возьми ящик, иди на север и положи ящик.'],
    ['Russian, a list', '1. Шагни к востоку.\n2. Подними ящик.\n3. Потом к северу.'],
    ['Russian, a story', 'Жил-был фонарь: отправился он восточной дорогой, а потом северной.'],
    ['Russian letters spelled out', 'Первое слово: в-о-с-т-о-к, второе: с е в е р.'],
    ['Russian signs by their names', 'me точка go открывающая скобка кавычка east кавычка закрывающая скобка'],
    ['both languages', 'Walk на восток, потом to the north.'],
  ])('MT21 dictated as %s they are kept back on every rung', async (_, answer) => {
    for (const rung of ['question', 'concept', 'place', 'step'] as const) {
      const kept = await said(answer, { rung })
      expect(isKept(kept), `${rung}: ${kept.text}`).toBe(true)
      expect(kept.text).toContain('[kept back]')
    }
  })

  test('MT21 before the last rung none is named, on it one at a time, and never more than half of them', async () => {
    const one = 'Now walk east.'
    for (const rung of ['question', 'concept', 'place'] as const) expect(isKept(await said(one, { rung }))).toBe(true)
    const first = await said(one)
    expect(first).toMatchObject({ text: one, withheld: [], shown: ['step go east'] })
    expect(isKept(await said('Walk east.\nThen pick up the crate.'))).toBe(true)
    const second = await said('Then pick up the crate.', { shown: [...first.shown] })
    expect(second.withheld).toEqual([])
    const third = await said('Then walk north.', { shown: [...second.shown] })
    expect(isKept(third)).toBe(true)
    expect((await said('As I said: east.', { shown: [...second.shown] })).withheld).toEqual([])
  })

  test('MT21 an answer with one secret step is not named at all; one that the lesson tells in full is not recited either', async () => {
    const written = "await me.go('east')\nawait me.take('crate')\nawait me.go('north')"
    expect(isKept(await said('Put the crate down.', { written }))).toBe(true)
    const all = 'Go east, take the crate, go north, drop the crate.'
    expect((await said('What does “take the crate” need?', { told: all, rung: 'question' })).withheld).toEqual([])
    expect(isKept(await said(all, { told: all }))).toBe(true)
  })

  test.each([
    'What do you see when the lantern looks around?',
    'Look at line 3: what comes before it?',
    'A call like me.say needs `await`, or the next line does not wait for it.',
    'Where does the crate wait, and how would you find out?',
    'What is written in the log? Read the last line once more.',
    'Что видно, когда фонарь осматривается?',
    'Посмотри на третью строку: что стоит перед ней?',
    'Где ждёт ящик и как это узнать?',
    'Прочти ещё раз последнюю строку журнала.',
  ])('MT5 what teaches passes: %s', async (answer) => {
    for (const rung of ['question', 'concept', 'place', 'step'] as const)
      expect(await said(answer, { rung })).toMatchObject({ text: answer, withheld: [] })
  })

  test('MT21 what the learner has written may be spoken of', async () => {
    const written = "await me.go('east')\nawait me.take('crate')"
    const answer = 'You walk east and take the crate: what is left to do with it?'
    expect(await said(answer, { written, rung: 'question' })).toMatchObject({ text: answer, withheld: [] })
  })
})
