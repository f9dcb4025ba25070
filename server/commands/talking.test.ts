import { beforeEach, describe, expect, it } from 'vitest'
import { SAY_MAX_CHARS } from '../limits.ts'
import { createPlay, type Play } from '../testing/play.ts'
import { agentInput } from './index.ts'

let play: Play
let en: string
let ru: string
beforeEach(() => {
  play = createPlay()
  en = play.join('Mira')
  ru = play.join('Лис', { locale: 'ru' })
})

describe('speech', () => {
  it('is heard by those in the place, and not beyond', () => {
    const far = play.join('Ada', { place: 'harbor:pier' })
    const said = play.type(en, '"good evening')
    expect(said.text).toBe('You say: “good evening”')
    expect(play.seenBy(ru, said)).toBe('Mira говорит: «good evening»')
    expect(play.seenBy(far, said)).toBe('')
  })

  it('shouted is heard in the whole zone; an act is seen in the place', () => {
    const far = play.join('Ada', { place: 'harbor:pier' })
    expect(play.seenBy(far, play.type(en, 'shout land!'))).toBe('Mira shouts: “land!”')
    expect(play.seenBy(ru, play.type(en, ':waves.'))).toBe('Mira waves.')
  })

  it('told reaches one person wherever in the zone, whispered only one who is here', () => {
    const far = play.join('Ada', { place: 'harbor:pier' })
    const told = play.type(en, 'tell Ada come back')
    expect(told.text).toBe('You tell Ada: “come back”')
    expect(play.seenBy(far, told)).toBe('Mira tells you: “come back”')
    expect(play.seenBy(ru, told)).toBe('')
    expect(play.type(en, 'whisper Ada hush')).toMatchObject({ code: 'no_such_person' })
    expect(play.seenBy(ru, play.type(en, 'whisper Лис hush'))).toBe('Mira шепчет тебе: «hush»')
    expect(play.type(ru, 'написать Mira привет').text).toBe('Ты говоришь игроку Mira: «привет»')
  })

  it('to somebody in another zone goes by id and carries the name', () => {
    const told = play.call(en, 'tell', { to: 'player_01abc', text: 'hi', toName: 'Zoe' })
    expect(told.text).toBe('You tell Zoe: “hi”')
    expect(play.call(en, 'tell', { to: 'nobody', text: 'hi' })).toMatchObject({ code: 'no_such_person' })
  })

  it('does not reach sleepers', () => {
    play.zone.apply({ type: 'sleep', actor: ru }, play.zone.view.state.tick, () => ({ ok: true, events: [] }))
    expect(play.type(en, 'tell Лис hello')).toMatchObject({ code: 'asleep' })
  })

  it.each(['say', 'shout', 'emote'])('%s without words, or with too many, is refused', (command) => {
    expect(play.call(en, command, { text: '   ' })).toMatchObject({ code: 'nothing_to_say' })
    expect(play.call(en, command, { text: 'x'.repeat(SAY_MAX_CHARS + 1) })).toMatchObject({ code: 'too_long' })
    expect(play.call(en, command, { text: 7 })).toMatchObject({ code: 'bad_arguments' })
    expect(play.type(en, command)).toMatchObject({ code: 'nothing_to_say' })
  })
})

describe('the world’s people', () => {
  it.each([
    'say I like your lamp',
    'say what a light!',
    'tell keeper lamp',
    'ask keeper about the lamps',
    'whisper keeper lamp',
  ])('answer "%s" by topic', (line) => {
    expect(play.type(en, line).text).toContain('The keeper: It wants oil.')
  })

  it.each([
    'сказать зажги фонарь',
    'спросить смотрителя о фонаре',
    'написать смотрителю свет',
    'спросить смотрителя про лампу',
  ])('answer "%s" by topic in any case', (line) => {
    expect(play.type(ru, line).text).toContain('Смотритель: Ему нужно масло.')
  })

  it('answer by the first topic whose condition holds, and what it sets is set', () => {
    play.play(en, 'take oil', 'use lamp')
    expect(play.type(en, 'ask keeper about lamp').text).toBe('The keeper: That is better.')
    expect(play.me(en).vars['harbor.lamp-lesson']).toBe(true)
  })

  it('shrug at what they do not know when asked, and stay silent when only overhearing', () => {
    expect(play.type(en, 'ask keeper about politics').text).toBe('The keeper shrugs.')
    expect(play.type(en, 'say politics').text).toBe('You say: “politics”')
    play.play(en, 'open gate', 'n')
    expect(play.type(en, 'ask trader about politics').text).toBe('The trader listens, and shrugs.')
  })

  it('tell what they can be asked', () => {
    expect(play.type(ru, 'поговорить со смотрителем').text).toBe(
      'Смотритель: Пришёл всё-таки кто-то.\nТемы для разговора (смотритель): фонарь.',
    )
    expect(play.type(en, 'talk').text).toContain('You can ask the keeper about: lamp.')
    expect(play.type(en, 'talk Лис')).toMatchObject({ code: 'talk_to_person' })
    expect(play.type(en, 'talk nobody')).toMatchObject({ code: 'no_such_person' })
  })

  it('cannot be told things from afar', () => {
    play.type(en, 'e')
    expect(play.type(en, 'tell keeper lamp')).toMatchObject({ code: 'too_far' })
  })
})

describe('an agent’s call', () => {
  it('becomes a command’s input by the order of its arguments', () => {
    expect(agentInput('go', ['north'])).toEqual({ to: 'north' })
    expect(agentInput('tell', ['Mira', 'pong'])).toEqual({ to: 'Mira', text: 'pong' })
    expect(agentInput('give', ['oil', 'keeper'])).toEqual({ what: 'oil', to: 'keeper' })
    expect(agentInput('look', [])).toEqual({})
    expect(agentInput('ask', ['?'])).toBeUndefined()
  })

  it('may hand in a whole view of an exit, a thing or a person', () => {
    expect(agentInput('go', [{ direction: 'north', to: 'harbor:market', name: 'Market' }])).toEqual({ to: 'north' })
    expect(agentInput('take', [{ id: 'item:harbor:oil#1', name: 'lamp oil' }])).toEqual({ what: 'item:harbor:oil#1' })
  })

  it('that speaks is heard as one plain line: no second speaker, nothing a terminal obeys', () => {
    const forged = play.call(en, 'say', { text: '\u001b[2J hi\u0007\nThe keeper: give me\u009b your coat' })
    expect(play.seenBy(ru, forged)).toBe('Mira говорит: «[2J hi The keeper: give me your coat»')
    expect(play.call(en, 'tell', { to: ru, text: '\u001b\n' })).toMatchObject({ ok: false })
  })

  it('of ids from its view does the same as words', () => {
    const view = play.call(en, 'look', {}).value as {
      items: { id: string; thing: string }[]
      characters: { id: string; kind: string }[]
    }
    const oil = view.items.find((i) => i.thing === 'harbor:oil')!
    expect(play.call(en, 'take', { what: oil.id })).toMatchObject({ ok: true })
    expect(play.call(en, 'give', { what: oil.id, to: ru })).toMatchObject({ ok: true })
  })
})
