import { beforeEach, describe, expect, it } from 'vitest'
import { FOLLOWERS_MAX } from '../limits.ts'
import { createPlay, type Play } from '../testing/play.ts'

let play: Play
let en: string
let ru: string
beforeEach(() => {
  play = createPlay()
  en = play.join('Mira')
  ru = play.join('Лис', { locale: 'ru' })
})

describe('going', () => {
  it('moves through an exit and shows the place', () => {
    const gone = play.type(en, 'e')
    expect(gone.events).toContainEqual({
      type: 'moved',
      who: en,
      from: 'harbor:dock',
      to: 'harbor:pier',
      direction: 'east',
    })
    expect(gone.text).toMatch(/^The Pier\nThe end of the land\./)
    expect(play.me(en).place).toBe('harbor:pier')
  })

  it('is seen by those left behind and by those ahead', () => {
    const other = play.join('Ada', { place: 'harbor:pier' })
    const gone = play.type(en, 'east')
    expect(play.seenBy(ru, gone)).toBe('Mira уходит на восток.')
    expect(play.seenBy(other, gone)).toBe('Mira arrives from the west.')
  })

  it.each(['go pier', 'go to the pier', 'walk harbor:pier', 'иди на пирс', 'в', 'восток', 'east'])(
    'takes "%s" for the way to the pier',
    (line) => {
      expect(play.type(en, line).ok).toBe(true)
      expect(play.me(en).place).toBe('harbor:pier')
    },
  )

  it('takes "leave" for the only way there is, and says how to end the visit where there are several', () => {
    for (const line of ['leave', 'выйти', 'уйти']) {
      const id = play.join(`Ada ${line}`, { place: 'harbor:pier' })
      expect(play.type(id, line).ok).toBe(true)
      expect(play.me(id).place).toBe('harbor:dock')
    }
    expect(play.type(en, 'leave')).toMatchObject({ code: 'no_exit', text: expect.stringContaining('“quit”') })
    expect(play.type(ru, 'выйти').text).toContain('«Выход» закончит игру')
    expect(play.type(en, 'west').text).not.toContain('quit')
  })

  it('names the ways there are when there is none as asked', () => {
    expect(play.type(en, 'west')).toMatchObject({
      code: 'no_exit',
      text: 'There is no way to the west from here. Ways out: north and east.',
    })
    expect(play.type(ru, 'з')).toMatchObject({
      code: 'no_exit',
      text: 'Отсюда нет пути на запад. Пути отсюда: север и восток.',
    })
    expect(play.type(ru, 'идти луна').text).toContain('луна')
  })

  it('stops at a closed door, and at a locked one names the key', () => {
    expect(play.type(en, 'n')).toMatchObject({ code: 'door_closed', text: expect.stringContaining('open iron gate') })
    expect(play.type(ru, 'с').text).toBe('Дорогу закрывают железные ворота. Попробуй «открыть железные ворота».')
    play.join('Key', { place: 'harbor:pier' })
    play.play(en, 'e', 'open chest', 'get key from chest', 'w', 'lock gate')
    expect(play.type(en, 'n')).toMatchObject({ code: 'locked', text: expect.stringContaining('the brass key') })
    expect(play.type(ru, 'с').text).toContain('медный ключ')
  })

  it('stops where a lock says no, in the words of the author', () => {
    play.play(en, 'open gate', 'n')
    expect(play.type(en, 'in')).toMatchObject({ code: 'not_allowed', text: 'The brass key would open it.' })
    const mentor = play.join('Ada', { place: 'harbor:market', roles: ['mentor'] })
    expect(play.type(mentor, 'in').ok).toBe(true)
  })

  it('is refused to whoever sits', () => {
    play.type(en, 'sit')
    expect(play.type(en, 'e')).toMatchObject({ code: 'sitting' })
    expect(play.type(en, 'home')).toMatchObject({ code: 'already_there' })
  })

  it('into another zone is asked for like any other', () => {
    play.play(en, 'open gate', 'n')
    const gone = play.type(en, 'n')
    expect(gone.events.map((e) => e.type)).toEqual(['left', 'requested'])
  })
})

describe('following', () => {
  it('takes those who follow along, and those who follow them', () => {
    const third = play.join('Ada')
    play.type(ru, 'следовать за Mira')
    play.type(third, 'follow Лис')
    play.type(en, 'e')
    expect([ru, third].map((id) => play.me(id).place)).toEqual(['harbor:pier', 'harbor:pier'])
  })

  it('leaves behind who sits, sleeps, cannot pass, or follows no more', () => {
    const [sitting, stopped] = [play.join('Sit'), play.join('Stop')]
    for (const id of [ru, sitting, stopped]) play.call(id, 'follow', { whom: en })
    play.type(sitting, 'sit')
    expect(play.type(stopped, 'follow').text).toBe('You follow nobody now.')
    play.zone.apply({ type: 'sleep', actor: ru }, play.zone.view.state.tick, () => ({ ok: true, events: [] }))
    play.type(en, 'e')
    expect([ru, sitting, stopped].map((id) => play.me(id).place)).toEqual(Array(3).fill('harbor:dock'))
  })

  it('in a circle moves each once, and never more than so many', () => {
    const crowd = Array.from({ length: FOLLOWERS_MAX + 3 }, (_, i) => play.join(`F${i}`))
    for (const id of crowd) play.call(id, 'follow', { whom: en })
    play.call(en, 'follow', { whom: crowd[0]! })
    const moved = play.type(en, 'e').events.filter((e) => e.type === 'moved')
    expect(new Set(moved.map((e) => e.who)).size).toBe(moved.length)
    expect(moved).toHaveLength(FOLLOWERS_MAX + 1)
  })

  it('needs somebody who is here', () => {
    expect(play.type(en, 'follow Nobody')).toMatchObject({ code: 'no_such_person' })
    expect(play.type(en, 'follow')).toMatchObject({ code: 'nobody_to_follow' })
  })
})

describe('the rest of moving', () => {
  it('home leads home from anywhere', () => {
    play.type(en, 'e')
    expect(play.type(en, 'home').ok).toBe(true)
    expect(play.me(en).place).toBe('harbor:dock')
  })

  it('sits on the ground or on a seat, and stands up again', () => {
    expect(play.type(ru, 'сесть').text).toBe('Ты садишься.')
    expect(play.type(ru, 'сесть')).toMatchObject({ code: 'already_in_posture', text: 'Ты уже сидишь.' })
    expect(play.type(ru, 'встать').ok).toBe(true)
    expect(play.type(en, 'stand')).toMatchObject({ code: 'already_in_posture' })
    expect(play.type(en, 'sit on lamp')).toMatchObject({ code: 'not_a_seat' })
    play.play(en, 'open gate', 'n')
    expect(play.type(en, 'sit on bench').ok).toBe(true)
  })

  it('enters what is inside, by the way in or by name', () => {
    const mentor = play.join('Ada', { place: 'harbor:market', roles: ['mentor'] })
    expect(play.type(mentor, 'enter warehouse').ok).toBe(true)
    expect(play.type(mentor, 'enter')).toMatchObject({ code: 'no_exit' })
  })

  it('waits without a word to the world', () => {
    expect(play.type(en, 'wait')).toMatchObject({ ok: true, events: [] })
    expect(play.call(en, 'wait', { ticks: 10 })).toMatchObject({ ok: true })
    expect(play.call(en, 'wait', { ticks: 1e9 })).toMatchObject({ code: 'bad_arguments' })
  })

  it('lists the ways out', () => {
    expect(play.type(ru, 'выходы').text).toBe(
      'Пути отсюда:\n  север: Рынок (железные ворота, закрыты)\n  восток: Пирс',
    )
  })
})
