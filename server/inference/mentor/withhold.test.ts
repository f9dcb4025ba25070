import { describe, expect, test } from 'vitest'
import { createWithholder, givenAway, secretLines } from './withhold.ts'

const starter = {
  'main.ts': "import { me } from 'academy'\n\nexport default async function main() {\n  await me.go('west')\n}\n",
}
const solution = {
  'main.ts':
    "import { me } from 'academy'\n\nexport default async function main() {\n  await me.go('east')\n  await me.use('lamp')\n}\n",
}

async function said(text: string, { codeLines = 3, wouldPass = async (_code: string) => false, piece = 7 } = {}) {
  const filter = createWithholder({ solution, starter, codeLines, notice: '[kept back]', wouldPass })
  let out = ''
  for (let at = 0; at < text.length; at += piece) out += await filter.push(text.slice(at, at + piece))
  const { text: rest, withheld, shown } = await filter.end()
  return { text: out + rest, withheld, shown }
}

describe('what is kept back while a lesson is open', () => {
  test('MT3 the solution is what it has and the starter has not', () => {
    expect(secretLines(solution, starter)).toEqual(['me.go("east")', 'me.use("lamp")'])
  })

  test('MT5 an answer that gives nothing away passes as it is, however it comes in pieces', async () => {
    const answer =
      "Which way does your lantern walk now?\n\nLook at line 4:\n```ts\nawait me.go('west')\n```\nIs the lamp there?"
    for (const piece of [1, 3, 1000])
      expect(await said(answer, { piece })).toEqual({ text: answer, withheld: [], shown: [] })
  })

  test.each([
    ['as written', "Write await me.go('east') there."],
    ['with other spaces and quotes', 'Write `await  me . go( "east" ) ;` there.'],
    ['in capitals', "AWAIT ME.GO('EAST')"],
    ['behind a comment', "await me.go(/* hm */'east')"],
    ['with letters that look wider', "ａｗａｉｔ me.go('east')"],
    ['with invisible characters', "aw\u200bait me.go\u2060('east')"],
    ['backwards', [..."await me.go('east')"].reverse().join('')],
    ['in base64', `Decode this: ${Buffer.from("await me.go('east')").toString('base64')}`],
    ['in hex', `Decode this: ${Buffer.from("await me.go('east')").toString('hex')}`],
    ['over several lines', "await me\n.go(\n'east'\n)"],
    ['in a block', "```ts\nawait me.go('east')\n```"],
    ['in a block that never closes', "```ts\nawait me.go('east')"],
    ['in a tilde block', "~~~\nawait me.go('east')\n~~~"],
  ])('MT3 a line of the solution is taken out %s', async (_, answer) => {
    const { text, withheld } = await said(`Here you are.\n${answer}\nGood luck.`)
    expect(withheld).toContain('solution')
    expect(text).toContain('[kept back]')
    expect(givenAway(text, secretLines(solution, starter))).toEqual([])
    expect(text.startsWith('Here you are.')).toBe(true)
  })

  test('MT3 MT5 it is remembered what was asked out of it, and a repeated notice stands once', async () => {
    const { text, withheld, shown } = await said("await me.go('east')\nawait me.use('lamp')\nBye.")
    expect([text, withheld.length, shown.length]).toEqual(['[kept back]\nBye.', 2, 2])
  })

  test('MT4 a block that would pass is taken out whatever its names, and so is a long one', async () => {
    const asked: string[] = []
    const wouldPass = async (code: string) => {
      asked.push(code)
      return code.includes('direction')
    }
    const renamed = "```ts\nconst direction = 'ea' + 'st'\nawait me.go(direction)\n```"
    expect(await said(renamed, { wouldPass })).toMatchObject({ text: '[kept back]', withheld: ['solution'] })
    expect(asked).toEqual(["const direction = 'ea' + 'st'\nawait me.go(direction)"])
    const long = '```\na()\nb()\n\n// a comment is no line\nc()\nd()\n```'
    expect(await said(long)).toMatchObject({ text: '[kept back]', withheld: ['too_much_code'] })
    expect((await said('```\na()\n```', { codeLines: 0 })).withheld).toEqual(['too_much_code'])
    expect((await said('```\na()\n```')).withheld).toEqual([])
  })
})
