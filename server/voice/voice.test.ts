import { beforeEach, describe, expect, it } from 'vitest'
import { LOOK_CHARACTERS_MAX } from '../limits.ts'
import type { WorldEvent } from '../protocol/events.ts'
import { createPlay, type Play } from '../testing/play.ts'
import { FIXTURE_FILES, fixtureWorld } from '../testing/world.ts'
import {
  audience,
  credits,
  describeEvent,
  describeMap,
  describePlace,
  describeRefusal,
  listMap,
  placeView,
  render,
} from './index.ts'

let play: Play
let en: string
let ru: string
beforeEach(() => {
  play = createPlay()
  en = play.join('Mira')
  ru = play.join('Лис', { locale: 'ru' })
})
const place = (id: string, locale: 'en' | 'ru') => describePlace(play.zone.view, play.me(id), locale)

describe('a place', () => {
  it('reads one item a line: name, words, ways, things counted, people', () => {
    expect(place(en, 'en')).toBe(
      'The Dock\nWet planks and a dark sea.\nWays out:\n  north: Market (iron gate, closed)\n  east: The Pier\nYou see:\n  a crate (2)\n  a lamp (dark)\n  some lamp oil\nHere with you:\n  the keeper\n  Лис',
    )
    expect(place(ru, 'ru')).toBe(
      'Причал\nМокрые доски и тёмное море.\nПути отсюда:\n  север: Рынок (железные ворота, закрыты)\n  восток: Пирс\nЗдесь есть:\n  ящик (2)\n  фонарь (не горит)\n  ламповое масло\nРядом с тобой:\n  смотритель\n  Mira',
    )
  })

  it('is told anew when something in it changes', () => {
    place(en, 'en')
    play.play(en, 'take oil', 'use oil with lamp', 'open gate')
    play.type(ru, 'сесть')
    expect(place(en, 'en')).toContain('a lamp (lit)')
    expect(place(en, 'en')).toContain('(iron gate, open)')
    expect(place(en, 'en')).not.toContain('lamp oil')
    expect(place(en, 'en')).toContain('Лис (sitting)')
    expect(place(ru, 'ru')).toContain('фонарь (горит)')
  })

  it('of a world reloaded has the new words', () => {
    const changed = fixtureWorld({
      'zones/harbor/text/en.yaml': FIXTURE_FILES['zones/harbor/text/en.yaml']!.replace(
        'crate: { name: crate }',
        'crate: { name: barrel }',
      ),
    })
    expect(place(en, 'en')).toContain('a crate (2)')
    play.zone.adopt(changed)
    play.zone.apply({ type: 'reload', digest: changed.digest }, play.zone.view.state.tick, () => ({
      ok: true,
      events: [],
    }))
    expect(place(en, 'en')).toContain('a barrel (2)')
  })

  it('counts the crowd beyond the first of them, the same for those outside the list and for those in it', () => {
    for (let i = 0; i < LOOK_CHARACTERS_MAX + 10; i++) play.join(`P${i}`)
    const last = place(`player_p${LOOK_CHARACTERS_MAX + 9}`, 'en')
    expect(last).toContain(`and 12 more (who lists everybody)`)
    expect(place(en, 'en')).toContain('and 12 more')
    expect(place(en, 'en')).not.toMatch(/^ {2}Mira$/m)
    expect(last).toMatch(/^ {2}Mira$/m)
    expect(place(ru, 'ru')).toContain('и ещё 12 (команда «кто» покажет всех)')
  })

  it('marks a stopped lantern as dark, and counts many of them beside the sleepers', () => {
    const lanterns = Array.from({ length: 4 }, (_x, i) => play.join(`L${i}`, { kind: 'agent' }))
    expect(place(en, 'en')).toContain('L0 (a lantern)')
    const sleep = (actor: string) =>
      play.zone.apply({ type: 'sleep', actor }, play.zone.view.state.tick, () => ({ ok: true, events: [] }))
    sleep(lanterns[0]!)
    expect(place(en, 'en')).toContain('L0 (a lantern, dark)')
    expect(place(ru, 'ru')).toContain('L0 (фонарь, не горит)')
    for (const id of lanterns) sleep(id)
    sleep(play.join('P'))
    expect(place(en, 'en')).toMatch(/\n {2}and 1 asleep\n {2}and 4 dark lanterns$/)
    expect(place(ru, 'ru')).toContain('и 4 тёмных фонаря')
  })

  it('names a few sleepers and counts many, the same for all who are awake', () => {
    const sleepers = Array.from({ length: LOOK_CHARACTERS_MAX + 5 }, (_x, i) => play.join(`P${i}`))
    const late = play.join('Late')
    const sleep = (actor: string) =>
      play.zone.apply({ type: 'sleep', actor }, play.zone.view.state.tick, () => ({ ok: true, events: [] }))
    for (const id of sleepers.slice(0, 2)) sleep(id)
    expect(place(en, 'en')).toContain('P1 (asleep)')
    for (const id of sleepers.slice(2)) sleep(id)
    expect(place(en, 'en')).toMatch(new RegExp(`Late\n  and ${sleepers.length} asleep$`))
    expect(place(late, 'en')).toMatch(/^ {2}Mira$/m)
    expect(place(late, 'en')).not.toContain('Late')
    expect(place(ru, 'ru')).toContain(`и ещё ${sleepers.length} спят`)
  })

  it('hides a way that is hidden from who it is hidden from', () => {
    const dock = FIXTURE_FILES['zones/harbor/places/dock.yaml']!.replace(
      'east: pier',
      'east: { to: pier, hidden: "not flag(harbor.found)" }',
    )
    const other = createPlay(fixtureWorld({ 'zones/harbor/places/dock.yaml': dock }))
    const id = other.join('Mira')
    expect(describePlace(other.zone.view, other.me(id), 'en')).not.toContain('The Pier')
    expect(other.type(id, 'e')).toMatchObject({ code: 'no_exit' })
    expect(placeView(other.zone.view, other.me(id), 'en').exits.map((e) => e.direction)).toEqual(['north'])
    expect(other.zone.view.def.places.get('harbor:dock')!.exits.size).toBe(2)
  })
})

describe('an event', () => {
  it('is told only to those who perceive it', () => {
    const far = play.join('Ada', { place: 'harbor:pier' })
    const said = play.type(en, 'say hello').events[0]!
    expect(audience(said, play.zone.view)).toEqual(expect.arrayContaining([en, ru]))
    expect(audience(said, play.zone.view)).not.toContain(far)
    expect(describeEvent(said, far, play.zone.view, 'en')).toBeUndefined()
  })

  it('shows the author’s words to everybody, to one, or to all but one', () => {
    const seen = (more: object): WorldEvent => ({
      type: 'seen',
      place: 'harbor:dock',
      textKey: 'harbor:crane.creaks',
      ...more,
    })
    const texts = (event: WorldEvent) =>
      [en, ru].map((id) => describeEvent(event, id, play.zone.view, play.me(id).locale!)?.text)
    expect(texts(seen({}))).toEqual(['The crane creaks.', 'Кран скрипит.'])
    expect(texts(seen({ to: ru }))).toEqual([undefined, 'Кран скрипит.'])
    expect(texts(seen({ except: ru }))).toEqual(['The crane creaks.', undefined])
  })

  it('puts a speaker’s name in front of bare speech, and not before a whole sentence', () => {
    const spoke = (textKey: string): WorldEvent => ({
      type: 'spoke',
      who: play.zone.view.charactersIn('harbor:dock')[0]!.id,
      place: 'harbor:dock',
      textKey,
    })
    const text = (key: string) => describeEvent(spoke(key), en, play.zone.view, 'en')?.text
    expect(text('harbor:keeper.greet')).toBe('The keeper: You came, then.')
    expect(text('harbor:keeper.shrug')).toBe('The keeper shrugs.')
    // Neither a quotation nor the own name in what is said makes it one.
    expect(text('harbor:keeper.thanks')).toBe('The keeper: One more “saved”, says your keeper.')
  })

  it('of every kind is told to somebody or to nobody, and never throws', () => {
    const kinds: WorldEvent[] = [
      { type: 'left', who: 'gone', place: 'harbor:dock', direction: 'north' },
      { type: 'left', who: 'gone', place: 'harbor:dock', name: 'Ada' },
      { type: 'slept', who: ru, place: 'harbor:dock' },
      { type: 'woke', who: ru, place: 'harbor:dock' },
      { type: 'item.destroyed', item: 'x', thing: 'harbor:nothing', place: 'harbor:dock', by: ru, how: 'eaten' },
      { type: 'door.changed', door: 'harbor:gate', place: 'harbor:dock', far: 'harbor:market', closed: false },
      { type: 'door.changed', door: 'harbor:none', place: 'harbor:market', far: 'harbor:dock', locked: true },
      { type: 'refused', who: en, command: 'buy', code: 'cannot_afford' },
      { type: 'var', scope: 'zone', key: 'a', value: 1 },
      { type: 'timer.fired', id: 't' },
      { type: 'told', who: 'gone', place: 'harbor:dock', to: en, text: 'boo' },
    ]
    expect(kinds.map((event) => describeEvent(event, en, play.zone.view, 'en')?.text)).toEqual([
      'Someone leaves to the north.',
      'Ada fades from here.',
      'Лис falls asleep.',
      'Лис wakes up.',
      'Лис eats something.',
      'The iron gate opens on its own.',
      'The door is locked from the other side.',
      expect.stringContaining('enough credits'),
      undefined,
      undefined,
      'Someone tells you: “boo”',
    ])
  })
})

describe('words', () => {
  it('put a name into the form the sentence asks for', () => {
    const thing = 'harbor:brass-key'
    expect(render('ru', 'event.took.self', { thing }, play.zone.view)).toBe('Ты берёшь медный ключ.')
    expect(render('ru', 'event.gave.other', { who: en, thing, to: ru }, play.zone.view)).toBe(
      'Mira отдаёт медный ключ игроку Лис.',
    )
    expect(render('en', 'event.gave.other', { who: en, thing, to: ru }, play.zone.view)).toBe(
      'Mira gives a brass key to Лис.',
    )
  })

  it('call a lantern a lantern in every case', () => {
    const spark = play.join('Spark', { kind: 'agent' })
    expect(render('ru', 'event.gave.self', { thing: 'harbor:oil', to: spark }, play.zone.view)).toBe(
      'Ты отдаёшь ламповое масло фонарю Spark.',
    )
    expect(place(en, 'en')).toContain('Spark (a lantern)')
  })

  it('say a no without its parameters too, whatever they lack', () => {
    expect(describeRefusal({ code: 'no_exit' }, 'en')).toBe('There is no way there from here.')
    expect(describeRefusal({ code: 'locked', params: { key: 'harbor:brass-key' } }, 'ru', play.zone.view)).toBe(
      'Заперто. Подойдёт медный ключ.',
    )
    expect(describeRefusal({ code: 'bad_arguments', params: { command: 'take' } }, 'en')).toBe(
      'That does not say enough. Like this: take oil from chest',
    )
  })

  it('count credits without a fraction’s idle zeros', () => {
    expect([0n, 5_000_000n, 250_000n, -1_500_000n, -250_000n].map((n) => credits(n, 'en'))).toEqual([
      '0',
      '5',
      '0.25',
      '-1.5',
      '-0.25',
    ])
    expect(credits('1250000', 'ru')).toBe('1,25')
  })
})

describe('the map', () => {
  it('draws places one has been to, and the first unknown beyond them', () => {
    play.play(en, 'open gate', 'n', 's')
    expect(describeMap(play.zone.view, play.me(en), 'en')).toBe(
      'The Dock\n.\n\n|\n\no+\n|\n@ - .\n@ you, o a place you know, . a place you have not been to, ^ v up or down, + in or out'.replaceAll(
        '\n\n',
        '\n',
      ),
    )
    expect(listMap(play.zone.view, play.me(en), 'ru')).toContain(
      '  Рынок: 1 шаг, сначала север\n  Пирс: 1 шаг, сначала восток, ещё не исследовано',
    )
  })
})
