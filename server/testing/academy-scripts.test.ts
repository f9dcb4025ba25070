/** Every script of the academy's world is called in a real sandbox, and what a hostile one does harms nobody. */
import { parse } from 'acorn'
import { afterAll, describe, expect, test } from 'vitest'
import type { WorldDef } from '../engine/types.ts'
import { message } from '../protocol/text/index.ts'
import { createAcademy } from './academy.ts'
import { fixtureWorld } from './world.ts'

const academy = await createAcademy()
afterAll(() => academy[Symbol.asyncDispose]())
const { world } = academy

const handlersOf = ({ zones }: WorldDef): string[] =>
  [...zones.values()].flatMap((zone) =>
    [...zone.scripts].flatMap(([file, source]) =>
      parse(source, { ecmaVersion: 'latest', sourceType: 'module' }).body.flatMap((node) =>
        node.type === 'ExportNamedDeclaration' && node.declaration?.type === 'FunctionDeclaration'
          ? [`${zone.id}:${file}.${node.declaration.id.name}`]
          : [],
      ),
    ),
  )

/** What is done with each machine, and what it comes to; `~30` waits. */
const DONE: readonly { place: string; lines: readonly string[]; see: string }[] = [
  {
    place: 'harbor:pier',
    lines: ['take crate', 'north', 'drop crate', 'use crane', 'use crane'],
    see: 'harbor:crane.busy',
  },
  {
    place: 'harbor:pier',
    lines: ['take crate', 'north', 'drop crate', 'use crane', '~45'],
    see: 'harbor:crane.lowers',
  },
  { place: 'harbor:stairs', lines: Array(5).fill('use clockwork'), see: 'harbor:clockwork.turn-5' },
  { place: 'harbor:stairs', lines: [...Array(5).fill('use clockwork'), '~36005'], see: 'harbor:clockwork.slips' },
  {
    place: 'harbor:ropewalk',
    lines: ['take all.twine', ...Array(3).fill('use twine with wheel')],
    see: 'harbor:rope-wheel.done',
  },
  {
    place: 'loopworks:millrace',
    lines: ['use sluice', 'east', 'use mill', 'use mill', 'use mill', '~6005'],
    see: 'loopworks:mill.slows',
  },
  {
    place: 'loopworks:millrace',
    lines: ['use sluice', 'east', ...Array(4).fill('use mill'), '~6005'],
    see: 'loopworks:mill.goes-on',
  },
  {
    place: 'loopworks:millrace',
    lines: [
      'use sluice',
      'east',
      ...Array(3).fill('use mill'),
      'south',
      'east',
      'take sack',
      'west',
      'north',
      'use grain with mill',
    ],
    see: 'loopworks:mill.flour',
  },
  {
    place: 'loopworks:belt-hall',
    lines: ['take all.peg', ...Array(12).fill('use peg with belt'), 'use lever'],
    see: 'loopworks:lever.twelve',
  },
  { place: 'signal:echo-hollow', lines: ['say hello', '~35'], see: 'signal:echo-hollow.again' },
  {
    place: 'signal:semaphore',
    lines: [...Array(3).fill('use semaphore'), '~35', ...Array(3).fill('use semaphore'), '~35'],
    see: 'signal:semaphore.reply',
  },
  {
    place: 'signal:shelter',
    lines: ['take all.brushwood', 'west', 'west', ...Array(3).fill('use brushwood with beacon')],
    see: 'signal:beacon.blazes',
  },
  { place: 'names:catalogue-room', lines: ['use catalogue'], see: 'names:catalogue.turns' },
  { place: 'archive:pump-room', lines: ['use pump', '~105'], see: 'archive:pump.slips' },
  { place: 'archive:pump-room', lines: [...Array(6).fill('use pump'), '~9005'], see: 'archive:pump.returns' },
  { place: 'harbor:ropewalk', lines: ['use rope-wheel'], see: 'harbor:rope-wheel.spins' },
  {
    place: 'foundry:yard',
    lines: [
      'take coke',
      'north',
      'use furnace',
      'south',
      'east',
      'take ore',
      'west',
      'north',
      'use ore with furnace',
      'south',
      'east',
      'use ingot with benches',
    ],
    see: 'foundry:benches.agree',
  },
  {
    place: 'cable:battery-cellar',
    lines: [...Array(4).fill('use battery'), '~6005'],
    see: 'cable:battery.runs-down',
  },
  {
    place: 'cable:battery-cellar',
    lines: [...Array(4).fill('use battery'), 'up', 'east', 'use switchboard'],
    see: 'cable:switchboard.call-harbor',
  },
  { place: 'observatory:orrery', lines: ['use orrery', 'use orrery', 'use orrery'], see: 'observatory:orrery.out' },
]

const asked = new Set<string>()

describe('the machines of the academy', () => {
  test.each(DONE)('$place: $lines.length steps come to $see', async ({ place, lines, see }) => {
    const walk = academy.walk()
    const me = await walk.enter('Ann', { place })
    let text = ''
    for (const line of lines) {
      if (line.startsWith('~')) {
        await walk.wait(Number(line.slice(1)))
        text = walk.heard(me.id)
      } else text = (await me.type(line)).text
    }
    for (const event of walk.events)
      if (event.type === 'requested' && event.request.kind === 'script')
        asked.add(`${event.request.script}.${event.request.handler}`)
    expect(text).toContain(world.text.get(see)!.en.replace(/\{.*/, ''))
    expect(academy.faults).toEqual([])
  })

  test('chance is one of few', async () => {
    const me = await academy.walk().enter('Ann', { place: 'observatory:dome' })
    expect(isOneOf('observatory:telescope.see-', (await me.type('use telescope')).text)).toBe(true)
    const other = await academy.walk().enter('Ann', { place: 'ferry:hall' })
    expect(isOneOf('ferry:board.line-', (await other.type('pull board')).text)).toBe(true)
  })

  test('no handler is left that nothing calls', () => {
    const known = new Set([...asked, ...CALLED_ELSEWHERE])
    expect(handlersOf(world).filter((handler) => !known.has(handler))).toEqual([])
  })
})

/** Called by the test of chance, and by hands on the scales. */
const CALLED_ELSEWHERE = ['observatory:telescope.onLook', 'ferry:board.onString', 'market:scales.onHand']

const isOneOf = (start: string, text: string) =>
  [...world.text].some(([key, words]) => key.startsWith(start) && text.includes(words.en))

describe('a script that is wrong', () => {
  const CRANE = 'zones/harbor/scripts/crane.js'
  const withScript = (body: string) => fixtureWorld({ [CRANE]: `export function onUse(ctx) {\n${body}\n}\n` })

  test.each([
    ['loops for ever', 'for (;;);', 'out_of_fuel'],
    ['recurses for ever', 'return onUse(ctx)', undefined],
    ['fills the memory', 'const all = []; for (;;) all.push(new Array(1000).fill(all))', 'out_of_fuel'],
    [
      'answers without end',
      'return Array.from({ length: 5000 }, () => ({ do: "say", text: "crane.creaks" }))',
      undefined,
    ],
    ['makes a mistake', 'return ctx.nothing.here', 'property_of_nothing'],
    ['answers with no list', 'return { do: "say" }', undefined],
    ['gives another zone’s things', 'return [{ do: "give", thing: "loopworks:wheel" }]', undefined],
    ['moves people to another zone', 'return [{ do: "move", to: "loopworks:mill" }]', undefined],
    ['sets another zone’s flags', 'return [{ do: "flag", key: "loopworks.won" }]', undefined],
    [
      'does something right and something wrong',
      'return [{ do: "zonevar", key: "a", value: 1 }, { do: "burn" }]',
      undefined,
    ],
    ['reaches for the host', 'return ctx.random.constructor("return process")().env', undefined],
  ])('that %s: the machine jams, nothing has changed, and the log says where', async (_, body, code) => {
    const before = academy.faults.length
    const walk = academy.walk({ world: withScript(body) })
    const me = await walk.enter('Ann', { place: 'harbor:warehouse' })
    const good = await academy.walk().enter('Ben', { place: 'names:catalogue-room' })
    const [jammed, turned] = await Promise.all([me.type('use crank'), good.type('use catalogue')])
    expect(jammed.text).toContain(message('en', 'refusal.jammed'))
    expect(turned.text).toContain(world.text.get('names:catalogue.turns')!.en)
    expect(me.view().state.vars.size).toBe(0)
    expect(me.me().place).toBe('harbor:warehouse')
    expect(me.view().itemsOf(me.id)).toEqual([])
    expect(me.view().state.pending.size).toBe(0)
    const [fault] = academy.faults.slice(before)
    if (code) expect(fault).toMatchObject({ script: CRANE, handler: 'onUse', line: 2, code })
    else expect(JSON.stringify(fault)).toContain('crane')
  })

  test('in Russian it jams too', async () => {
    const walk = academy.walk({ world: withScript('for (;;);') })
    const me = await walk.enter('Аня', { place: 'harbor:warehouse', locale: 'ru' })
    expect((await me.type('использовать рукоять')).text).toContain(message('ru', 'refusal.jammed'))
  })

  test('the same request comes to the same answer', async () => {
    const looks = await Promise.all(
      [1, 2].map(async () => {
        const me = await academy.walk().enter('Ann', { place: 'observatory:dome' })
        return [await me.type('use telescope'), await me.type('use telescope')]
      }),
    )
    expect(looks[0]).toEqual(looks[1])
  })
})
