import { beforeEach, describe, expect, it } from 'vitest'
import { createPlay, type Play } from '../testing/play.ts'
import { FIXTURE_FILES, fixtureWorld } from '../testing/world.ts'

let play: Play
let en: string
let ru: string
beforeEach(() => {
  play = createPlay()
  en = play.join('Mira')
  ru = play.join('Лис', { locale: 'ru' })
})
const held = (id: string) => play.zone.view.itemsOf(id).map((i) => i.thing)

describe('taking', () => {
  it('brings a thing into the hands, told to both in their words', () => {
    const taken = play.type(ru, 'взять масло')
    expect(taken.text).toBe('Ты берёшь ламповое масло.')
    expect(play.seenBy(en, taken)).toBe('Лис takes some lamp oil.')
    expect(held(ru)).toEqual(['harbor:oil'])
  })

  it.each([
    'oil',
    'lamp oil',
    'the oil',
    'масло',
    'ламповое масло',
    'маслу',
    'лампового масла',
    'ламп',
    'OIL',
    'harbor:oil',
    '1.oil',
  ])('knows oil as "%s"', (name) => {
    expect(play.type(en, `take ${name}`)).toMatchObject({ ok: true })
  })

  it('takes the second with 2., every one with all., and what can be carried with all', () => {
    expect(play.type(en, 'take 3.crate')).toMatchObject({ code: 'no_such_thing' })
    expect(play.type(en, 'take 2.crate').ok).toBe(true)
    play.type(en, 'drop all')
    expect(play.type(en, 'take all.crates').events.filter((e) => e.type === 'item.moved')).toHaveLength(2)
    play.type(en, 'drop all')
    play.type(ru, 'взять все.ящики')
    expect(held(ru)).toEqual(['harbor:crate', 'harbor:crate'])
    play.type(en, 'take all')
    expect(held(en)).toEqual(['harbor:oil'])
  })

  it('asks which when a word fits two kinds', () => {
    const two = FIXTURE_FILES['zones/harbor/text/en.yaml']!.replace(
      'crate: { name: crate }',
      'crate: { name: crate, aliases: [oil box] }',
    ).replace('aliases: [oil]', 'aliases: [oil can]')
    const other = createPlay(fixtureWorld({ 'zones/harbor/text/en.yaml': two }))
    const id = other.join('Mira')
    expect(other.type(id, 'take oil')).toMatchObject({
      code: 'ambiguous',
      text: expect.stringMatching(/^Which one: the (crate|lamp oil) or the (crate|lamp oil)\?/),
    })
  })

  it('guesses at what was misspelt, among what is here', () => {
    expect(play.type(en, 'take crte')).toMatchObject({
      code: 'no_such_thing',
      text: expect.stringContaining('Did you mean the crate?'),
    })
    expect(play.type(ru, 'взять ящк').text).toContain('Может быть, нужно: ящик?')
  })

  it('leaves what is fixed, and says when it is in the hands already', () => {
    expect(play.type(en, 'take lamp')).toMatchObject({ code: 'not_takable' })
    play.type(en, 'take oil')
    expect(play.type(en, 'take oil')).toMatchObject({ code: 'already_have' })
  })

  it('stops at the weight one can carry', () => {
    const heavy = createPlay(
      fixtureWorld({
        'zones/harbor/items.yaml': FIXTURE_FILES['zones/harbor/items.yaml']!.replace('weight: 20', 'weight: 60'),
      }),
    )
    const id = heavy.join('Mira')
    heavy.type(id, 'take crate')
    expect(heavy.type(id, 'take crate')).toMatchObject({ code: 'too_heavy' })
    expect(heavy.zone.view.itemsOf(id)).toHaveLength(1)
  })

  it('takes out of an open container only', () => {
    play.type(en, 'e')
    expect(play.type(en, 'take key from chest')).toMatchObject({ code: 'closed' })
    expect(play.type(en, 'take key')).toMatchObject({ code: 'no_such_thing' })
    play.type(en, 'open chest')
    expect(play.type(en, 'look in chest').text).toContain('Inside:\n  a brass key')
    expect(play.type(en, 'take key from chest').text).toBe('You take the brass key out of the old chest.')
    expect(play.type(en, 'take oil from rat')).toMatchObject({ code: 'no_such_thing' })
  })
})

describe('putting down and giving', () => {
  it('drops what is held, and names what is not', () => {
    play.type(en, 'take crate')
    expect(play.type(en, 'drop crate').text).toBe('You put the crate down.')
    expect(play.type(en, 'drop crate')).toMatchObject({ code: 'not_holding' })
    expect(play.type(ru, 'бросить луну').text).toBe(
      'У тебя нет ничего похожего на «луну». «Инвентарь» покажет, что при тебе.',
    )
    expect(play.type(ru, 'бросить всё')).toMatchObject({ code: 'empty_hands' })
  })

  it('puts into an open container with room, never a box into itself', () => {
    play.play(en, 'take oil', 'e')
    expect(play.type(en, 'put oil in chest')).toMatchObject({ code: 'closed' })
    play.type(en, 'open chest')
    expect(play.type(en, 'put oil in chest').text).toBe('You put the lamp oil into the old chest.')
    expect(play.type(en, 'put oil in chest')).toMatchObject({ code: 'not_holding' })
    play.type(en, 'take oil')
    expect(play.type(en, 'put oil in rat')).toMatchObject({ code: 'no_such_thing' })
    expect(play.type(en, 'put oil').ok).toBe(true)
  })

  it('refuses a full container', () => {
    const small = createPlay(
      fixtureWorld({
        'zones/harbor/items.yaml': FIXTURE_FILES['zones/harbor/items.yaml']!.replace('capacity: 5', 'capacity: 1'),
      }),
    )
    const id = small.join('Mira')
    expect(small.play(id, 'take oil', 'e', 'open chest', 'put oil in chest')).toMatchObject({ code: 'full' })
  })

  it('gives to people who are here', () => {
    play.type(en, 'take oil')
    const given = play.type(en, 'give oil to Лис')
    expect(given.text).toBe('You give the lamp oil to Лис.')
    expect(play.seenBy(ru, given)).toBe('Mira отдаёт тебе ламповое масло.')
    expect(play.type(en, 'give oil to Лис')).toMatchObject({ code: 'no_such_thing' })
    expect(play.type(ru, 'дать масло Никто')).toMatchObject({ code: 'no_such_person' })
  })

  it('gives to the world’s people what they want, and nothing else', () => {
    play.play(ru, 'взять ящик', 'взять масло')
    expect(play.type(ru, 'дать масло смотрителю')).toMatchObject({ code: 'not_wanted' })
    const given = play.type(ru, 'дать ящик смотрителю')
    expect(given.text).toBe(
      'Ты отдаёшь ящик смотрителю.\nСмотритель: Ещё один «цел», говорит твой смотритель.\nТеперь у тебя есть хлеб.',
    )
    expect(held(ru)).toEqual(['harbor:oil', 'harbor:bread'])
  })
})

describe('clothes, food, doors', () => {
  it('wears clothing only, and takes off what is worn', () => {
    const id = play.join('Ada', { place: 'harbor:warehouse', locale: 'ru' })
    play.type(id, 'взять плащ')
    expect(play.type(id, 'снять плащ')).toMatchObject({ code: 'not_worn' })
    expect(play.type(id, 'надеть плащ').text).toBe('Ты надеваешь плащ.')
    expect(play.type(id, 'надеть плащ')).toMatchObject({ code: 'already_in_state' })
    expect(play.type(id, 'инвентарь').text).toContain('плащ (на тебе)')
    expect(play.type(id, 'снять плащ').text).toBe('Ты снимаешь плащ.')
    play.type(en, 'take oil')
    expect(play.type(en, 'wear oil')).toMatchObject({ code: 'not_wearable' })
  })

  it('eats food and drinks drinks', () => {
    play.play(en, 'take crate', 'give crate to keeper')
    expect(play.type(en, 'drink bread')).toMatchObject({ code: 'not_drinkable' })
    expect(play.type(en, 'eat bread').text).toBe('You eat the bread.')
    play.type(en, 'take oil')
    expect(play.type(en, 'eat oil')).toMatchObject({ code: 'not_edible' })
  })

  it('opens, closes, locks and unlocks a door from both sides', () => {
    const beyond = play.join('Ada', { place: 'harbor:market' })
    const opened = play.type(en, 'open gate')
    expect(opened.text).toBe('You open the iron gate.')
    expect(play.seenBy(beyond, opened)).toBe('The iron gate is opened from the other side.')
    expect(play.seenBy(ru, opened)).toBe('Mira открывает железные ворота.')
    expect(play.type(en, 'open gate')).toMatchObject({ code: 'already_open' })
    expect(play.type(beyond, 'close south').ok).toBe(true)
    expect(play.type(en, 'close gate')).toMatchObject({ code: 'already_closed' })
    expect(play.type(en, 'lock gate')).toMatchObject({
      code: 'wrong_key',
      text: expect.stringContaining('the brass key'),
    })
    play.play(en, 'e', 'open chest', 'take key', 'w')
    expect(play.type(en, 'lock north with key').ok).toBe(true)
    expect(play.type(en, 'lock gate')).toMatchObject({ code: 'already_locked' })
    expect(play.type(en, 'open gate')).toMatchObject({ code: 'locked' })
    expect(play.type(beyond, 'unlock gate')).toMatchObject({ code: 'wrong_key' })
    expect(play.type(en, 'unlock gate').ok).toBe(true)
    expect(play.type(en, 'unlock gate')).toMatchObject({ code: 'already_unlocked' })
  })

  it('opens no lamp and locks no chest without a lock', () => {
    expect(play.type(en, 'open lamp')).toMatchObject({ code: 'not_openable' })
    play.type(en, 'e')
    expect(play.type(en, 'lock chest')).toMatchObject({ code: 'not_lockable' })
  })
})
