import { describe, expect, it } from 'vitest'
import { ann, arrival, command, lying, startZone, types } from '../testing/engine.ts'
import { FIXTURE_FILES, fixtureWorld } from '../testing/world.ts'

const def = fixtureWorld()

describe('reload', () => {
  const without = (file: string, pattern: RegExp, to = '') => ({ [file]: FIXTURE_FILES[file]!.replace(pattern, to) })

  it('E26 those whose place is gone stand at the respawn, and nothing movable is lost', () => {
    const { zone, apply } = startZone()
    apply(arrival('ann', 'harbor:warehouse'))
    const next = fixtureWorld({
      'zones/harbor/places/warehouse.yaml': null,
      ...without('zones/harbor/places/market.yaml', / {2}in: .*\n/),
      ...without('zones/harbor/places/pier.yaml', /spawn:\n/, 'spawn:\n  - { thing: crank }\n'),
    })
    zone.adopt(next)
    const out = apply({ type: 'reload', digest: next.digest })
    expect(out.verdict.ok).toBe(true)
    expect(ann(zone).place).toBe('harbor:dock')
    expect(lying(zone, 'harbor:dock')).toContain('harbor:oilskin')
    expect(lying(zone, 'harbor:pier')).toContain('harbor:crank')
    expect(zone.view.itemsOfThing('harbor:crank')).toHaveLength(1)
    expect(zone.view.def.digest).toBe(next.digest)
    expect(apply({ type: 'reload', digest: next.digest }).events).toEqual([])
  })

  it('E26 new spawns and doors are there at once, and what was there is not doubled', () => {
    const { zone, apply } = startZone()
    apply(arrival('ann'))
    apply(command('ann', 'take', 'oil'))
    const next = fixtureWorld(
      without('zones/harbor/places/dock.yaml', / {2}- \{ thing: lamp \}/, '  - { thing: lamp }\n  - { thing: tea }'),
    )
    zone.adopt(next)
    expect(types(apply({ type: 'reload', digest: next.digest }))).toEqual(['item.created'])
    expect(zone.view.itemsOfThing('harbor:oil')).toHaveLength(1)
  })

  it('E26 a world without the zone is not taken over, and an unknown digest does nothing', () => {
    const { zone, apply } = startZone()
    const hash = zone.hash()
    const other = { ...def, zones: new Map([...def.zones].filter(([id]) => id !== 'harbor')) }
    expect(() => zone.adopt(other)).toThrow(/no such zone/)
    expect(apply({ type: 'reload', digest: 'unknown' }).events).toEqual([])
    expect(zone.view.def.digest).toBe(def.digest)
    expect(zone.hash()).toBe(hash)
  })
})
