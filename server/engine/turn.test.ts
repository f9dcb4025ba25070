import { describe, expect, it } from 'vitest'
import { ann, arrival, command, lying, pendingOf, startZone, types } from '../testing/engine.ts'
import { FIXTURE_FILES, fixtureWorld } from '../testing/world.ts'
import type { ZoneInput } from './types.ts'

describe('people and things', () => {
  it('E13 first visits are marked, and hooks run on entering', () => {
    const { zone, apply } = startZone()
    const first = apply(arrival('ann'))
    expect(first.events).toMatchObject([
      { type: 'joined' },
      { type: 'var', key: 'seen:harbor:dock', value: true },
      { type: 'seen', textKey: 'harbor:dock.arrive', to: 'player_ann' },
      { type: 'var', key: 'harbor.arrived', value: true },
      { type: 'var', key: 'greeted:harbor:keeper', value: true },
      { type: 'spoke', textKey: 'harbor:keeper.greet', to: 'player_ann' },
    ])
    expect(types(apply(command('ann', 'go', 'east')))).toEqual(['moved', 'var'])
    expect(types(apply(command('ann', 'go', 'west')))).toEqual(['moved'])
    expect(ann(zone).vars).toEqual({
      'seen:harbor:dock': true,
      'harbor.arrived': true,
      'greeted:harbor:keeper': true,
      'seen:harbor:pier': true,
    })
  })

  it('E13 whoever came last is last, and a change of name moves nobody', () => {
    const { zone, apply } = startZone()
    for (const name of ['ann', 'bob', 'cid']) apply(arrival(name, 'harbor:market'))
    apply(command('ann', 'go', 'south'))
    apply(command('ann', 'go', 'north'))
    apply({ type: 'change', actor: 'player_bob', name: 'Bobby' })
    expect(zone.view.charactersIn('harbor:market').map(({ name }) => name)).toEqual(['trader', 'Bobby', 'cid', 'ann'])
  })

  it('E11 walking over the border carries everything, and a no brings it all back', () => {
    const { zone, apply } = startZone()
    apply(arrival('ann'))
    apply(command('ann', 'take', 'oil'))
    apply(command('ann', 'go', 'north'))
    const out = apply(command('ann', 'go', 'north'))
    expect(out.events).toMatchObject([
      { type: 'left', who: 'player_ann', toZone: 'loopworks', direction: 'north' },
      {
        type: 'requested',
        request: { kind: 'handoff', to: 'loopworks:road', from: 'harbor:market', items: [{ thing: 'harbor:oil' }] },
      },
    ])
    expect(zone.view.itemsOf('player_ann')).toEqual([])
    const [id] = pendingOf(zone, 'handoff')
    expect(apply({ type: 'settle', id, ok: false, code: 'draining' }).events).toMatchObject([
      { type: 'settled', ok: false },
      { type: 'joined', character: { place: 'harbor:market' } },
      { type: 'refused', code: 'draining' },
    ])
    expect(zone.view.itemsOf('player_ann').map(({ thing }) => thing)).toEqual(['harbor:oil'])
    expect(zone.view.state.pending.size).toBe(0)
  })

  it('E11 the other zone takes them in with everything, once', () => {
    const from = startZone()
    from.apply(arrival('ann'))
    from.apply(command('ann', 'take', 'oil'))
    from.apply(command('ann', 'go', 'north'))
    from.apply(command('ann', 'go', 'north'))
    const [id, { request }] = pendingOf(from.zone, 'handoff')
    if (request.kind !== 'handoff') throw new Error('no handoff')
    const to = startZone({ id: 'loopworks' })
    const arrive: ZoneInput = {
      type: 'arrive',
      id,
      character: request.character,
      items: request.items,
      from: request.direction,
    }
    expect(types(to.apply(arrive))).toEqual(['joined', 'var'])
    expect(to.apply(arrive).events).toEqual([])
    expect(to.zone.view.itemsOf('player_ann').map(({ thing }) => thing)).toEqual(['harbor:oil'])
    expect(types(from.apply({ type: 'settle', id, ok: true }))).toEqual(['settled'])
    expect(from.apply({ type: 'settle', id, ok: true }).events).toEqual([])
  })

  it('E10 a box never ends up in itself, and what was in a thing that is gone lies where it lay', () => {
    const { zone, emit, apply } = startZone()
    apply(arrival('ann'))
    const chest = zone.view.itemsOfThing('harbor:chest')[0]!
    emit({
      type: 'item.moved',
      item: chest.id,
      thing: chest.thing,
      from: chest.at,
      to: { inside: chest.id },
      place: 'harbor:pier',
    })
    expect(zone.view.itemsOfThing('harbor:chest')[0]!.at).toEqual({ place: 'harbor:pier' })
    emit({ type: 'item.destroyed', item: chest.id, thing: chest.thing, place: 'harbor:pier', how: 'gone' })
    expect(lying(zone, 'harbor:pier')).toEqual(['harbor:brass-key'])
  })
  it('E7 flags from outside are set once, survive walking over a border, and open what they should', () => {
    const world = fixtureWorld({
      'zones/harbor/places/market.yaml': FIXTURE_FILES['zones/harbor/places/market.yaml']!.replace(
        'lock: "has(brass-key) or role(mentor)"',
        'lock: "flag(lesson.first-lamp)"',
      ),
    })
    const { zone, apply } = startZone({ world })
    apply(arrival('ann', 'harbor:market'))
    const change: ZoneInput = { type: 'change', actor: 'player_ann', flags: { 'lesson.first-lamp': true } }
    const lock = zone.view.def.places.get('harbor:market')!.exits.get('in')!.lock!
    expect(zone.view.holds(lock, ann(zone))).toBe(false)
    expect(apply(change).events).toEqual([
      { type: 'var', scope: 'player_ann', key: 'lesson.first-lamp', value: true },
    ])
    expect(zone.view.holds(lock, ann(zone))).toBe(true)
    const { seq } = zone.view.state
    expect(apply(change).events).toEqual([])
    expect(zone.view.state.seq).toBe(seq)
    const left = apply(command('ann', 'go', 'north')).events.find(({ type }) => type === 'requested')
    expect(left).toMatchObject({ request: { kind: 'handoff', character: { vars: { 'lesson.first-lamp': true } } } })
  })
})
