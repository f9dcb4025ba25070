import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Locale } from '../protocol/ids.ts'
import { createPlay, type Play } from '../testing/play.ts'
import { commands, parseLine, runCommand, worldVerbs } from './index.ts'

let play: Play
let me: string
beforeAll(() => {
  play = createPlay()
  me = play.join('Mira')
  play.join('Captain Grey')
  play.play(me, 'take oil')
})

const parse = (line: string, locale: Locale = 'en') => {
  const meant = parseLine(line, locale, { world: play.zone.view, me: play.me(me) }, worldVerbs)
  return meant.kind === 'command'
    ? [meant.command.name, meant.input]
    : meant.kind === 'refusal'
      ? [meant.refusal.code]
      : [meant.kind]
}

describe('a line', () => {
  it.each<[string, ...unknown[]]>([
    ['north', 'go', { to: 'north' }],
    ['go north', 'go', { to: 'north' }],
    ['с', 'go', { to: 'north' }],
    ['иди на север', 'go', { to: 'на север' }],
    ['look', 'look', {}],
    ['l lamp', 'look', { at: 'lamp' }],
    ['look at the lamp', 'look', { at: 'at the lamp' }],
    ['take 2.crate', 'take', { what: '2.crate' }],
    ['get all', 'take', { what: 'all' }],
    ['взять всё', 'take', { what: 'всё' }],
    ['get key from chest', 'take', { what: 'key', from: 'chest' }],
    ['взять ключ из сундука', 'take', { what: 'ключ', from: 'сундука' }],
    ['pick up crate', 'take', { what: 'crate' }],
    ['pick crate up', 'take', { what: 'crate' }],
    ['put oil in chest', 'put', { what: 'oil', into: 'chest' }],
    ['положить масло в сундук', 'put', { what: 'масло', into: 'сундук' }],
    ['put down oil', 'put', { what: 'oil' }],
    ['give oil to keeper', 'give', { what: 'oil', to: 'keeper' }],
    ['give keeper oil', 'give', { what: 'oil', to: 'keeper' }],
    ['дать масло смотрителю', 'give', { what: 'масло', to: 'смотрителю' }],
    ['дать смотрителю масло', 'give', { what: 'масло', to: 'смотрителю' }],
    ['дать смотрителю ламповое масло', 'give', { what: 'ламповое масло', to: 'смотрителю' }],
    ['use oil with lamp', 'use', { what: 'oil', with: 'lamp' }],
    ['использовать масло на фонаре', 'use', { what: 'масло', with: 'фонаре' }],
    ['unlock gate with brass key', 'unlock', { what: 'gate', with: 'brass key' }],
    ['say hello', 'say', { text: 'hello' }],
    ["'hello", 'say', { text: 'hello' }],
    ['"hello there"', 'say', { text: 'hello there' }],
    ['«привет»', 'say', { text: 'привет' }],
    [':waves', 'emote', { text: 'waves' }],
    [': waves', 'emote', { text: 'waves' }],
    ['tell Captain Grey come here', 'tell', { to: 'Captain Grey', text: 'come here' }],
    ['tell grey: hi', 'tell', { to: 'grey', text: 'hi' }],
    ['tell "Captain Grey" hi', 'tell', { to: 'Captain Grey', text: 'hi' }],
    ['ask keeper about lamp', 'ask', { to: 'keeper', text: 'lamp' }],
    ['спросить смотрителя о фонаре', 'ask', { to: 'смотрителя', text: 'фонаре' }],
    ['спроси у смотрителя про свет', 'ask', { to: 'смотрителя', text: 'свет' }],
    ['talk to keeper', 'talk', { to: 'keeper' }],
    ['поговорить со смотрителем', 'talk', { to: 'смотрителем' }],
    ['follow Mira', 'follow', { whom: 'Mira' }],
    ['следовать за Mira', 'follow', { whom: 'Mira' }],
    ['follow', 'follow', {}],
    ['map list', 'map', { asList: true }],
    ['карта списком', 'map', { asList: true }],
    ['take', 'bad_arguments'],
    ['say', 'nothing_to_say'],
    ['tell Mira', 'nothing_to_say'],
    ['give oil', 'bad_arguments'],
    ['frobnicate', 'unknown_command'],
    ['p', 'ambiguous_verb'],
    ['   ', 'empty'],
  ])('%s is understood', (line, ...expected) => {
    expect(parse(line)).toEqual(expected)
  })

  it.each(['en', 'ru'] as const)('means the same to somebody who reads %s', (locale) => {
    expect(parse('взять oil', locale)).toEqual(['take', { what: 'oil' }])
    expect(parse('take масло', locale)).toEqual(['take', { what: 'масло' }])
  })

  it('of any signs whatever is understood or refused, and never throws', () => {
    const verbs = fc.constantFrom(...[...commands.values()].flatMap((c) => [...c.verbs.en, ...c.verbs.ru]))
    const rubbish = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.constantFrom('all.', '2.', '0.x', 'all.all', '.', '"', '«»', 'with with', '__proto__', 'constructor'),
    )
    fc.assert(
      fc.property(fc.option(verbs), rubbish, fc.constantFrom<Locale>('en', 'ru'), (verb, text, locale) => {
        const line = verb === null ? text : `${verb} ${text}`
        const meant = parseLine(line, locale, { world: play.zone.view, me: play.me(me) }, worldVerbs)
        expect(['empty', 'command', 'refusal', 'other']).toContain(meant.kind)
        if (meant.kind !== 'command') return
        if (meant.command.show) meant.command.show(play.zone.view, play.me(me), meant.input, { locale })
        else play.call(play.join('Rubbish'), meant.command.name, JSON.parse(JSON.stringify(meant.input)))
      }),
      { numRuns: 400 },
    )
  })

  it('of any shape from an agent is run or refused, and never throws', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...commands.keys(), 'nothing', '__proto__'),
        fc.jsonValue({ maxDepth: 2 }),
        (name, input) => {
          const { verdict } = play.zone.apply(
            { type: 'command', actor: me, command: name, input: input as never },
            play.zone.view.state.tick,
            runCommand,
          )
          expect(typeof verdict.ok).toBe('boolean')
          if (!verdict.ok) expect(verdict.refusal.code).not.toBe('internal')
        },
      ),
      { numRuns: 300 },
    )
  })
})
