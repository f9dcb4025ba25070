import { describe, expect, it } from 'vitest'
import { CHARACTER_VARS_MAX, PLACE_ITEMS_MAX } from '../limits.ts'
import type { WorldEvent } from '../protocol/events.ts'
import type { Json } from '../protocol/ids.ts'
import { ann, arrival, command, lying, pendingOf, person, startZone, tinyRun, types } from '../testing/engine.ts'

describe('inputs', () => {
  it('E5 a refusal changes nothing at all, chance included', () => {
    const { zone, apply } = startZone()
    apply(arrival('ann'))
    const before = zone.hash()
    expect(apply(command('ann', 'roll-no')).verdict.ok).toBe(false)
    expect(apply(command('ann', 'go', 'down', 'line-1')).verdict).toMatchObject({
      ok: false,
      refusal: { code: 'no_exit' },
    })
    expect(apply(command('nobody', 'say', 'x')).verdict).toMatchObject({ refusal: { code: 'not_in_world' } })
    expect(zone.hash()).toBe(before)
  })

  it('E5 a read is answered and changes nothing', () => {
    const { zone, apply } = startZone()
    apply(arrival('ann'))
    const before = zone.hash()
    expect(apply(command('ann', 'look', '', 'l1'))).toMatchObject({ verdict: { ok: true, value: 2 }, events: [] })
    expect(zone.hash()).toBe(before)
  })

  it('E6 a line sent again is accepted with no events', () => {
    const { zone, apply } = startZone()
    apply(arrival('ann'))
    expect(types(apply(command('ann', 'say', 'hello', 'l1')))).toEqual(['said'])
    const before = zone.hash()
    expect(apply(command('ann', 'say', 'hello', 'l1'))).toMatchObject({ verdict: { ok: true }, events: [] })
    expect(zone.hash()).toBe(before)
  })

  it('E6 the lines done travel with the character', () => {
    const { zone, apply } = startZone()
    apply(arrival('ann', 'harbor:market'))
    apply(command('ann', 'go', 'north', 'l7'))
    const [, { request }] = pendingOf(zone, 'handoff')
    expect(request.kind === 'handoff' && request.character.recent).toEqual(['l7'])
  })

  it('E6 the line that took somebody over the border is known while they are under way', () => {
    const { apply } = startZone()
    apply(arrival('ann', 'harbor:market'))
    apply(command('ann', 'go', 'north', 'l7'))
    expect(apply(command('ann', 'go', 'north', 'l7'))).toMatchObject({ verdict: { ok: true }, events: [] })
    expect(apply(command('ann', 'go', 'north', 'l8'))).toMatchObject({
      verdict: { refusal: { code: 'not_in_world' } },
    })
  })

  it('E7 an arrival sent again, and an answer to nothing, change nothing', () => {
    const { zone, apply } = startZone()
    apply(arrival('ann'))
    const before = zone.hash()
    expect(apply(arrival('ann')).events).toEqual([])
    expect(apply({ type: 'settle', id: 'never-asked', ok: true }).events).toEqual([])
    expect(apply(arrival('ann', undefined, 'another'))).toMatchObject({
      verdict: { refusal: { code: 'already_there' } },
    })
    expect(zone.hash()).toBe(before)
  })

  it('E8 an input that would bury a place is refused whole', () => {
    const { zone, apply, emit } = startZone()
    apply(arrival('ann'))
    const made = (n: number): WorldEvent => ({
      type: 'item.created',
      item: { id: `i${n}`, thing: 'harbor:bread', at: { place: 'harbor:pier' } },
      place: 'harbor:pier',
    })
    const room = PLACE_ITEMS_MAX - zone.view.itemsIn('harbor:pier').length
    const before = zone.hash()
    expect(emit(...Array.from({ length: room + 1 }, (_, n) => made(n))).verdict).toMatchObject({
      refusal: { code: 'full' },
    })
    expect(zone.hash()).toBe(before)
    expect(emit(...Array.from({ length: room }, (_, n) => made(n))).verdict.ok).toBe(true)
    expect(emit(made(9999)).verdict.ok).toBe(false)
  })

  it('E8 variables are bounded in number and size', () => {
    const { zone, apply, emit } = startZone()
    apply(arrival('ann'))
    const flag = (key: string, value: Json = 1): WorldEvent => ({ type: 'var', scope: 'player_ann', key, value })
    expect(emit(flag('a.b', 'x'.repeat(600))).verdict).toMatchObject({ refusal: { code: 'too_long' } })
    const room = CHARACTER_VARS_MAX - Object.keys(ann(zone).vars).length
    for (let n = 0; n < room; n++) emit(flag(`t.n${n}`))
    expect(emit(flag('t.more')).verdict).toMatchObject({ refusal: { code: 'full' } })
    expect(emit(flag('t.n0', 2)).verdict.ok).toBe(true)
    expect(types(apply(command('ann', 'go', 'east')))).toEqual(['moved'])
  })

  it('E9 a command that throws is refused as internal, changes nothing, and is reported', () => {
    const { zone, apply, faults } = startZone()
    apply(arrival('ann'))
    const before = zone.hash()
    expect(apply(command('ann', 'boom', '', 'l1')).verdict).toMatchObject({ refusal: { code: 'internal' } })
    expect(zone.hash()).toBe(before)
    expect(faults).toMatchObject([{ kind: 'command_threw' }])
  })

  it('E3 events about what is gone, or is not known, change nothing but the count', () => {
    const { zone, apply, emit, state } = startZone()
    apply(arrival('ann'))
    const before = { items: [...state.items], characters: [...state.characters] }
    const strange = [
      { type: 'item.moved', item: 'none', thing: 'x:y', from: { place: 'a' }, to: { place: 'b' }, place: 'a' },
      { type: 'item.destroyed', item: 'none', thing: 'x:y', place: 'a', how: 'gone' },
      { type: 'item.changed', item: 'none', thing: 'x:y', place: 'a', state: 'z' },
      { type: 'moved', who: 'nobody', from: 'harbor:dock', to: 'harbor:pier' },
      { type: 'moved', who: 'player_ann', from: 'harbor:dock', to: 'no:where' },
      { type: 'left', who: 'nobody', place: 'harbor:dock' },
      { type: 'var', scope: 'nobody', key: 'a.b', value: 1 },
      { type: 'posture', who: 'nobody', place: 'x', posture: 'sitting' },
      { type: 'followed', who: 'nobody', place: 'x' },
      { type: 'settled', id: 'none', ok: true },
      { type: 'timer.fired', id: 'none' },
      { type: 'never.heard.of' },
    ] as unknown as WorldEvent[]
    expect(emit(...strange).verdict.ok).toBe(true)
    expect({ items: [...state.items], characters: [...state.characters] }).toEqual(before)
    expect(zone.view.charactersIn('harbor:dock').map(({ id }) => id)).toContain('player_ann')
  })

  it('E12 whoever is removed leaves what they held', () => {
    const { zone, apply } = startZone()
    apply(arrival('ann'))
    apply(command('ann', 'take', 'oil'))
    expect(lying(zone, 'harbor:dock')).not.toContain('harbor:oil')
    expect(types(apply({ type: 'remove', actor: 'player_ann' }))).toEqual(['item.moved', 'left'])
    expect(lying(zone, 'harbor:dock')).toContain('harbor:oil')
    expect(ann(zone)).toBeUndefined()
  })

  it('E5 waking, sleeping and changing are done once', () => {
    const { zone, apply } = startZone()
    apply(arrival('ann'))
    expect(types(apply({ type: 'sleep', actor: 'player_ann' }))).toEqual(['slept'])
    expect(types(apply({ type: 'sleep', actor: 'player_ann' }))).toEqual([])
    expect(types(apply({ type: 'wake', actor: 'player_ann' }))).toEqual(['woke'])
    apply({ type: 'change', actor: 'player_ann', name: 'Anna', locale: 'ru', roles: ['mentor'] })
    expect(ann(zone)).toMatchObject({ name: 'Anna', locale: 'ru', roles: ['mentor'], awake: true })
  })
})

it('E4 an input said for another tick is a mistake of ours', () => {
  const { zone } = startZone()
  expect(() => zone.apply(arrival('ann'), 5, tinyRun)).toThrow(/at tick 0/)
  expect(() => zone.view.randomInt(6)).toThrow(/not for readers/)
  expect(person('ann').recent).toEqual([])
})
