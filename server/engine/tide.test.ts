import { describe, expect, it } from 'vitest'
import type { WorldEvent } from '../protocol/events.ts'
import { arrival, command, lying, startZone } from '../testing/engine.ts'
import { FIXTURE_FILES, fixtureWorld } from '../testing/world.ts'

describe('tides', () => {
  it('E15 a fresh zone has all that its places spawn', () => {
    const { zone } = startZone()
    expect(lying(zone, 'harbor:dock')).toEqual(['harbor:crate', 'harbor:crate', 'harbor:lamp', 'harbor:oil'])
    expect(zone.view.charactersIn('harbor:pier').map(({ id }) => id)).toEqual([
      'npc:harbor:rat#1',
      'npc:harbor:rat#2',
    ])
    const chest = zone.view.itemsIn('harbor:pier')[0]!
    expect(zone.view.itemsInside(chest.id).map(({ thing }) => thing)).toEqual(['harbor:brass-key'])
    expect(zone.view.itemsOfThing('harbor:lamp')[0]).toMatchObject({ state: 'dark', origin: 'harbor:dock' })
  })

  it('E15 what was taken comes again, one each time, and never more', () => {
    const { zone, apply, tides } = startZone()
    apply(arrival('ann'))
    apply(command('ann', 'take', 'crate'))
    apply(command('ann', 'take', 'crate'))
    const crates = () => zone.view.itemsIn('harbor:dock').filter(({ thing }) => thing === 'harbor:crate').length
    expect(crates()).toBe(0)
    tides(100)
    expect(crates()).toBe(1)
    tides(1000)
    expect(crates()).toBe(2)
  })

  it('E16 a lamp goes out by itself, and a crate goes home unless its place is taken', () => {
    const { zone, apply, tides } = startZone()
    apply(arrival('ann'))
    apply(command('ann', 'light'))
    expect(zone.view.itemsOfThing('harbor:lamp')[0]!.state).toBe('lit')
    tides(599)
    expect(zone.view.itemsOfThing('harbor:lamp')[0]!.state).toBe('lit')
    tides(1)
    expect(zone.view.itemsOfThing('harbor:lamp')[0]!.state).toBe('dark')
    apply(command('ann', 'take', 'crate'))
    apply(command('ann', 'go', 'east'))
    apply(command('ann', 'drop', 'crate'))
    tides(400)
    expect(lying(zone, 'harbor:pier')).not.toContain('harbor:crate')
    expect(zone.view.itemsOfThing('harbor:crate')).toHaveLength(2)
    expect([...zone.view.state.timers]).toEqual([])
  })

  it('E16 nothing is taken out of hands', () => {
    const { zone, apply, tides } = startZone()
    apply(arrival('ann'))
    apply(command('ann', 'take', 'crate'))
    tides(2000)
    expect(zone.view.itemsOf('player_ann').map(({ thing }) => thing)).toEqual(['harbor:crate'])
  })

  it('E17 people greet each newcomer once, speak where somebody hears, and wander by open ways', () => {
    const { zone, apply, tides } = startZone()
    expect(tides(200)).toEqual([])
    const greeted = (events: readonly WorldEvent[]) =>
      events.flatMap((event) =>
        event.type === 'spoke' && event.textKey === 'harbor:keeper.greet' ? [[event.to, event.place]] : [],
      )
    expect(greeted(apply(arrival('ann')).events)).toEqual([['player_ann', 'harbor:dock']])
    expect(greeted(apply(arrival('bob', 'harbor:pier')).events)).toEqual([])
    apply(command('bob', 'go', 'west'))
    const seen = tides(300)
    expect(greeted(seen)).toEqual([['player_bob', 'harbor:dock']])
    expect(seen.some((event) => event.type === 'seen' && /rat\.(squeak|scratch)$/.test(event.textKey))).toBe(true)
    const walks = seen.filter((event) => event.type === 'moved')
    expect(walks.length).toBeGreaterThan(5)
    for (const walk of walks) expect(['harbor:dock', 'harbor:pier']).toContain(walk.to)
    expect(zone.view.state.characters.get('npc:harbor:keeper#1')!.place).toBe('harbor:dock')
  })

  it('E14 timer hooks have no actor, are seen by all, and stop when their condition does', () => {
    const dock = `${FIXTURE_FILES['zones/harbor/places/dock.yaml']!}
  - { verb: timer, every: 2s, when: "not zonevar(full, 2)", others: dock.crane, effects: [{ do: zonevar, key: full, value: 2 }] }
`.replace('doors:', 'doors: ')
    const [head, doors] = dock.split('doors: ')
    const [door, hook] = doors!.split('\n  - { verb: timer')
    const world = fixtureWorld({ 'zones/harbor/places/dock.yaml': `${head}  - { verb: timer${hook}doors: ${door}\n` })
    const { tides, state } = startZone({ world })
    const seen = tides(100).filter(({ type }) => type === 'seen' || type === 'var')
    expect(seen).toEqual([
      { type: 'seen', place: 'harbor:dock', textKey: 'harbor:dock.crane' },
      { type: 'var', scope: 'zone', key: 'full', value: 2 },
    ])
    expect(state.vars.get('full')).toBe(2)
  })
})
