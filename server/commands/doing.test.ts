import { beforeEach, describe, expect, it } from 'vitest'
import { createPlay, type Play } from '../testing/play.ts'
import { FIXTURE_FILES, fixtureWorld } from '../testing/world.ts'
import { runCommand } from './index.ts'

let play: Play
let en: string
let ru: string
beforeEach(() => {
  play = createPlay()
  en = play.join('Mira')
  ru = play.join('Лис', { locale: 'ru' })
})
const settle = (ok: boolean) => {
  const id = [...play.zone.view.state.pending.keys()].at(-1)!
  const outcome = play.zone.apply({ type: 'settle', id, ok }, play.zone.view.state.tick, runCommand)
  return { ok: true, text: '', events: outcome.events }
}

describe('using', () => {
  it('does what the author wrote: words for both, state, flag, and the tool is used up', () => {
    play.type(ru, 'взять масло')
    const used = play.type(ru, 'использовать масло с фонарём')
    expect(used.text).toBe('Фитиль занимается.')
    expect(play.seenBy(en, used)).toBe('Лис lights the lamp.')
    expect(play.zone.view.itemsOfThing('harbor:lamp')[0]!.state).toBe('lit')
    expect(play.zone.view.itemsOf(ru)).toEqual([])
    expect(play.me(ru).vars).toMatchObject({ 'harbor.lamp-lit': true })
  })

  it.each(['use lamp', 'use lamp with oil', 'use oil on lamp', 'light lamp'])(
    '"%s" with oil in the hands lights it',
    (line) => {
      play.type(en, 'take oil')
      expect(play.type(en, line)).toMatchObject({ ok: true, text: 'The wick takes.' })
    },
  )

  it.each(['заправить фонарь маслом', 'залить масло в фонарь'])('"%s" does so too', (line) => {
    play.type(ru, 'взять масло')
    expect(play.type(ru, line)).toMatchObject({ ok: true, text: 'Фитиль занимается.' })
  })

  it('says what is missing, and why not when it is done already', () => {
    expect(play.type(en, 'use lamp')).toMatchObject({ code: 'needs_thing', text: 'It wants oil.' })
    expect(play.type(ru, 'использовать фонарь').text).toBe('Ему нужно масло.')
    play.play(en, 'take oil', 'use lamp')
    expect(play.type(en, 'use lamp')).toMatchObject({ ok: false, text: 'It burns already.' })
  })

  it('of things that have nothing to do with each other changes nothing', () => {
    play.play(en, 'take crate', 'take oil')
    const before = play.zone.hash()
    expect(play.type(en, 'use crate with lamp').ok).toBe(false)
    expect(play.type(en, 'use oil with crate')).toMatchObject({ code: 'nothing_happens' })
    expect(play.type(en, 'use crate')).toMatchObject({ code: 'not_usable' })
    expect(play.zone.hash()).toBe(before)
  })

  it('asks the script of a machine that has one', () => {
    const id = play.join('Ada', { place: 'harbor:warehouse' })
    const used = play.type(id, 'use crank')
    expect(used.text).toBe('You use the crank.')
    expect(used.events).toContainEqual(
      expect.objectContaining({
        type: 'requested',
        request: expect.objectContaining({ kind: 'script', script: 'harbor:crane', handler: 'onUse' }),
      }),
    )
  })

  it('pushes and pulls what moves, from the state it is in', () => {
    const id = play.join('Ada', { place: 'harbor:warehouse', locale: 'ru' })
    expect(play.type(id, 'тянуть рукоять').text).toBe('Рукоять идёт вниз.')
    expect(play.zone.view.state.vars.get('crane-turns')).toBe(1)
    expect(play.type(id, 'тянуть рукоять')).toMatchObject({ code: 'already_in_state' })
    expect(play.type(id, 'толкнуть рукоять').text).toBe('Ты толкаешь рукоять.')
    expect(play.type(en, 'push lamp')).toMatchObject({ code: 'no_pushing' })
    expect(play.type(ru, 'тянуть фонарь')).toMatchObject({ code: 'no_pulling' })
  })

  it('runs the hooks of the place after what it did', () => {
    const dock = FIXTURE_FILES['zones/harbor/places/dock.yaml']!.replace(
      'on:\n',
      'on:\n  - { verb: take, others: crane.creaks, effects: [{ do: zonevar, key: taken }] }\n',
    )
    const hooked = createPlay(fixtureWorld({ 'zones/harbor/places/dock.yaml': dock }))
    const [a, b] = [hooked.join('Mira'), hooked.join('Ada')]
    const taken = hooked.type(a, 'take oil')
    expect(hooked.seenBy(b, taken)).toBe('Mira takes some lamp oil.\nThe crane creaks.')
    expect(hooked.zone.view.state.vars.get('taken')).toBe(true)
    expect(hooked.type(a, 'take oil').ok).toBe(false)
  })
})

describe('reading and looking', () => {
  it('reads things and details', () => {
    play.play(en, 'open gate', 'n')
    expect(play.type(en, 'read notice')).toMatchObject({
      text: 'Lamps wanted.',
      events: expect.arrayContaining([expect.objectContaining({ type: 'read', thing: 'harbor:notice' })]),
    })
    expect(play.type(ru, 'читать кран').text).toBe('Груз: три ящика.')
    expect(play.type(ru, 'читать фонарь')).toMatchObject({ code: 'not_readable' })
    expect(play.type(ru, 'читать луну')).toMatchObject({ code: 'no_such_thing' })
  })

  it.each([
    ['look lamp', 'A lamp (dark)\nA lamp on a post.\nIt is dark.'],
    ['examine crane', 'It leans over the water.\nThere is something to read on it.'],
    ['x hoist', 'It leans over the water.\nThere is something to read on it.'],
    ['look keeper', 'Old and awake.'],
    ['look Лис', 'Лис is a traveller like you.'],
    ['look me', 'You look at yourself: a traveller with sea salt on the sleeves.'],
    ['look gate', 'The iron gate is closed. It leads to the north: Market.'],
    ['look east', 'To the east: The Pier.'],
  ])('%s shows it', (line, text) => {
    expect(play.type(en, line).text).toBe(text)
  })

  it('finds by searching what the eye passes over', () => {
    expect(play.type(ru, 'искать').text).toBe('Ты осматриваешь всё внимательно и замечаешь:\n  кран')
    play.type(en, 'e')
    expect(play.type(en, 'search').text).toBe('You search, and find nothing new.')
  })

  it('answers an agent’s look with data, in its language', () => {
    const { value } = play.call(ru, 'look', {})
    expect(value).toMatchObject({
      place: 'harbor:dock',
      name: 'Причал',
      exits: [
        { direction: 'north', to: 'harbor:market', name: 'Рынок', door: { closed: true, locked: false } },
        { direction: 'east', to: 'harbor:pier' },
      ],
      characters: expect.arrayContaining([
        { id: en, name: 'Mira', kind: 'player' },
        expect.objectContaining({ name: 'смотритель', kind: 'npc' }),
      ]),
      items: expect.arrayContaining([
        expect.objectContaining({ name: 'фонарь', thing: 'harbor:lamp', state: 'dark', fixed: true }),
      ]),
    })
  })

  it('says where you are, who is about, and what time it is', () => {
    play.type(ru, 'в')
    expect(play.type(en, 'where').text).toBe(
      'You are in The Dock, Test Harbour. Others about in Test Harbour:\n  Лис: The Pier',
    )
    expect(play.type(en, 'time').text).toContain('Tide 0')
    expect(play.type(ru, 'и').text).toBe('У тебя ничего нет.')
  })
})

describe('trading', () => {
  beforeEach(() => void play.play(en, 'open gate', 'n'))

  it('lists what is sold and bought', () => {
    expect(play.type(en, 'list').text).toContain('  some bread: 0.5 cr.')
    expect(play.type(ru, 'товары')).toMatchObject({ code: 'no_shop_here' })
    play.type(ru, 'с')
    expect(play.type(ru, 'товары').text).toContain('  хлеб: 0,5 кр.')
  })

  it('buys when the ledger says yes', () => {
    const asked = play.type(en, 'buy bread')
    expect(asked.events).toContainEqual(
      expect.objectContaining({
        type: 'requested',
        request: expect.objectContaining({
          kind: 'transfer',
          from: `player:${en}`,
          to: 'shop:harbor:trader',
          amountMicro: '500000',
        }),
      }),
    )
    expect(play.zone.view.itemsOf(en)).toEqual([])
    expect(play.seenBy(en, settle(true))).toBe('You buy some bread from the trader for 0.5 cr.')
    expect(play.zone.view.itemsOf(en).map((i) => i.thing)).toEqual(['harbor:bread'])
  })

  it('buys nothing when the ledger says no', () => {
    play.type(en, 'buy tea')
    expect(play.seenBy(en, settle(false))).toContain('You do not have enough credits')
    expect(play.zone.view.itemsOf(en)).toEqual([])
  })

  it('sells for half the price, and gives back what is not paid', () => {
    play.type(en, 'buy bread')
    settle(true)
    play.type(en, 'sell bread')
    expect(play.zone.view.itemsOf(en)).toEqual([])
    settle(false)
    expect(play.zone.view.itemsOf(en).map((i) => i.thing)).toEqual(['harbor:bread'])
    expect(play.type(en, 'sell bread').events).toContainEqual(
      expect.objectContaining({
        request: expect.objectContaining({ from: 'shop:harbor:trader', to: `player:${en}`, amountMicro: '250000' }),
      }),
    )
    expect(play.seenBy(en, settle(true))).toBe('You sell the bread to the trader for 0.25 cr.')
  })

  it('says what is not for sale, what nobody buys, and where nobody trades', () => {
    expect(play.type(en, 'buy lamp')).toMatchObject({ code: 'not_for_sale' })
    expect(play.type(ru, 'купить хлеб')).toMatchObject({ code: 'no_shop_here' })
    play.play(en, 's', 'take oil', 'n')
    expect(play.type(en, 'sell oil')).toMatchObject({ code: 'will_not_buy' })
    expect(play.type(en, 'sell moon')).toMatchObject({ code: 'no_such_thing' })
  })
})
