import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arrival, command, memoryJournal, tinyRun } from '../testing/engine.ts'
import { fixtureWorld } from '../testing/world.ts'
import { recoverZone, redo } from './recover.ts'
import type { JournalRecord, ZoneInput } from './types.ts'
import { createZone, type Zone } from './zone.ts'

const def = fixtureWorld()
const fresh = () => createZone({ def, zone: 'harbor', seed: 'prop' })

/** A step of a random play: an input, or a number of tides. */
type Step = ZoneInput | number

const who = fc.constantFrom('ann', 'bob', 'cid')
const lineId = fc.option(fc.integer({ min: 0, max: 9 }).map(String), { nil: undefined })
const acts = fc.oneof(
  fc.tuple(fc.constant('go'), fc.constantFrom('north', 'south', 'east', 'west', 'in', 'out', 'down')),
  fc.tuple(fc.constantFrom('take', 'drop'), fc.constantFrom('crate', 'oil', 'key', 'oilskin', 'bread', 'lamp')),
  fc.tuple(fc.constantFrom('put', 'light', 'roll', 'roll-no', 'make', 'look', 'boom'), fc.constant('')),
  fc.tuple(fc.constant('say'), fc.string({ maxLength: 10 })),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(who, acts, lineId)
      .map(([name, [verb, input], line]): Step => command(name, verb, input, line)),
  },
  { weight: 2, arbitrary: who.map((name): Step => arrival(name)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(who, fc.constantFrom('wake', 'sleep', 'remove'))
      .map(([name, type]) => ({ type, actor: `player_${name}` }) as Step),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.boolean(), fc.nat(3)).map(([ok, n]) => ({ type: 'settle', id: `nth:${n}`, ok }) as Step),
  },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 150 }).map((n): Step => n) },
)
const play = fc
  .tuple(fc.constant([arrival('ann'), arrival('bob', 'harbor:pier')] as Step[]), fc.array(step, { maxLength: 80 }))
  .map((parts) => parts.flat())

/** Random plays cannot know ids of requests: `nth:2` means the third that is pending. */
function real(zone: Zone, input: ZoneInput): ZoneInput {
  if (input.type !== 'settle') return input
  const ids = [...zone.view.state.pending.keys()]
  return { ...input, id: ids[Number(input.id.slice(4)) % Math.max(1, ids.length)] ?? 'none' }
}

/** Plays a step; the record of it when it changed something. */
function take(zone: Zone, one: Step): JournalRecord | undefined {
  const { state } = zone.view
  if (typeof one === 'number') {
    for (let n = 0; n < one; n++) zone.tide()
    return undefined
  }
  const { seq } = state
  const input = real(zone, one)
  const outcome = zone.apply(input, state.tick, tinyRun)
  return state.seq === seq ? undefined : { seq: outcome.seq, tick: outcome.tick, input, events: outcome.events }
}

const runs = { numRuns: 60 }

describe('any play', () => {
  it('E1 played twice has one hash', () => {
    fc.assert(
      fc.property(play, (steps) => {
        const hashes = [fresh(), fresh()].map((zone) => {
          for (const one of steps) take(zone, one)
          return zone.hash()
        })
        expect(hashes[0]).toBe(hashes[1])
      }),
      runs,
    )
  })

  it('E2 goes on the same from a snapshot taken anywhere in it', () => {
    fc.assert(
      fc.property(play, fc.nat(80), (steps, cut) => {
        const whole = fresh()
        let resumed: Zone | undefined
        steps.forEach((one, index) => {
          if (index === cut % steps.length) {
            const snapshot = JSON.parse(JSON.stringify(whole.snapshot()))
            resumed = createZone({ def, zone: 'harbor', seed: 'other', snapshot })
            expect(resumed.hash()).toBe(whole.hash())
          }
          take(whole, one)
          if (resumed) take(resumed, one)
        })
        expect(resumed!.hash()).toBe(whole.hash())
      }),
      runs,
    )
  })

  it('E22 comes back from the journal as it was, from the start or from a snapshot', async () => {
    await fc.assert(
      fc.asyncProperty(play, fc.nat(80), async (steps, cut) => {
        const journal = memoryJournal()
        const zone = fresh()
        for (const [index, one] of steps.entries()) {
          if (index === cut % steps.length) await journal.saveSnapshot('harbor', zone.snapshot())
          const record = take(zone, one)
          if (record) await journal.append('harbor', [record])
        }
        const { zone: again, byEvents } = await recoverZone({ def, zone: 'harbor', seed: 'prop' }, tinyRun, journal)
        while (again.view.state.tick < zone.view.state.tick) again.tide()
        expect(byEvents).toBe(false)
        expect(again.hash()).toBe(zone.hash())
      }),
      runs,
    )
  })

  it('E27 comes to the journal’s own events when the rules have changed', async () => {
    await fc.assert(
      fc.asyncProperty(play, async (steps) => {
        const journal = memoryJournal()
        const zone = fresh()
        for (const one of steps) {
          const record = take(zone, one)
          if (record) await journal.append('harbor', [record])
        }
        const nothingWorks = () => ({ ok: false, refusal: { code: 'forbidden' } }) as const
        const { zone: again } = await recoverZone({ def, zone: 'harbor', seed: 'prop' }, nothingWorks, journal)
        while (again.view.state.tick < zone.view.state.tick) again.tide()
        const held = (z: Zone) =>
          [...z.view.state.items.values()]
            .filter((item) => 'holder' in item.at)
            .map(({ id }) => id)
            .sort()
        expect(held(again)).toEqual(held(zone))
        const places = (z: Zone) =>
          [...z.view.state.characters.values()]
            .filter((c) => c.kind === 'player')
            .map(({ id, place, recent }) => ({ id, place, recent }))
        expect(places(again)).toEqual(places(zone))
      }),
      { numRuns: 30 },
    )
  })

  it('E27 a journal without events, under other rules, still ends at its last number', async () => {
    const journal = memoryJournal()
    const zone = fresh()
    for (const one of [arrival('ann'), command('ann', 'take', 'oil', 'l1'), arrival('bob')]) {
      const { events: _, ...record } = take(zone, one)!
      await journal.append('harbor', [record])
    }
    const nothingWorks = () => ({ ok: false, refusal: { code: 'forbidden' } }) as const
    const { zone: again, byEvents } = await recoverZone({ def, zone: 'harbor', seed: 'prop' }, nothingWorks, journal)
    expect(byEvents).toBe(true)
    expect(again.view.state.seq).toBe(3)
    expect([...again.view.state.characters.keys()].slice(-2)).toEqual(['player_ann', 'player_bob'])
    expect(again.view.state.characters.get('player_ann')!.recent).toEqual(['l1'])
  })

  it('E10 loses and doubles nothing: every item is in one spot that exists, and indexes agree with the state', () => {
    fc.assert(
      fc.property(play, (steps) => {
        const zone = fresh()
        for (const one of steps) {
          take(zone, one)
          expectWhole(zone)
        }
      }),
      runs,
    )
  })

  it('E10 moving conserves: with no tides and nothing made, the same things are there at the end', () => {
    const moving = play.map((steps) =>
      steps.filter((one) => typeof one !== 'number' && !(one.type === 'command' && one.command === 'make')),
    )
    fc.assert(
      fc.property(moving, (steps) => {
        const zone = fresh()
        const before = allItems(zone)
        for (const one of steps) take(zone, one)
        expect(allItems(zone)).toEqual(before)
      }),
      runs,
    )
  })
})

/** In the zone or under way out of it. */
function allItems(zone: Zone): string[] {
  const under = [...zone.view.state.pending.values()].flatMap(({ request }) =>
    request.kind === 'handoff' ? request.items : [],
  )
  return [...zone.view.state.items.values(), ...under].map(({ id }) => id).sort()
}

function expectWhole({ view }: Zone): void {
  const { state } = view
  let indexed = 0
  for (const item of state.items.values()) {
    if ('place' in item.at) expect(view.def.places.has(item.at.place)).toBe(true)
    else if ('holder' in item.at) expect(state.characters.has(item.at.holder)).toBe(true)
    else expect(state.items.has(item.at.inside)).toBe(true)
    const list =
      'place' in item.at
        ? view.itemsIn(item.at.place)
        : 'holder' in item.at
          ? view.itemsOf(item.at.holder)
          : view.itemsInside(item.at.inside)
    expect(list.filter((other) => other === item)).toHaveLength(1)
    expect(view.itemsOfThing(item.thing)).toContain(item)
    indexed++
  }
  const listed = [...view.def.things.keys()].reduce((sum, thing) => sum + view.itemsOfThing(thing).length, 0)
  expect(listed).toBe(indexed)
  const people = [...view.def.places.keys()].flatMap((place) => view.charactersIn(place))
  expect(people).toHaveLength(state.characters.size)
  for (const c of people) expect(state.characters.get(c.id)).toBe(c)
}

describe('a recorded session', () => {
  const session: Step[] = [
    arrival('ann'),
    3,
    command('ann', 'take', 'oil', 'a1'),
    arrival('bob'),
    command('bob', 'say', 'ahoy', 'b1'),
    40,
    command('ann', 'go', 'east', 'a2'),
    command('ann', 'put', '', 'a3'),
    200,
    command('bob', 'light', '', 'b2'),
    command('bob', 'roll', '', 'b3'),
    command('ann', 'go', 'west', 'a4'),
    command('bob', 'take', 'crate', 'b4'),
    command('bob', 'go', 'north', 'b5'),
    command('bob', 'go', 'north', 'b6'),
    700,
    { type: 'settle', id: 'nth:0', ok: false, code: 'draining' },
    command('bob', 'drop', 'crate', 'b7'),
    500,
  ]

  it('E1 replays to the hash it had at every step', () => {
    const zone = fresh()
    const recording: { record: JournalRecord; hash: string }[] = []
    for (const one of session) {
      const record = take(zone, one)
      if (record) recording.push({ record: JSON.parse(JSON.stringify(record)), hash: zone.hash() })
    }
    expect(recording.length).toBeGreaterThan(12)
    const again = fresh()
    for (const { record, hash } of recording) {
      expect(redo(again, record, tinyRun)).toBe(true)
      expect(again.hash()).toBe(hash)
    }
  })

  it('E1 is noticed when it comes to something else', () => {
    const zone = fresh()
    const record = take(zone, arrival('ann'))!
    expect(redo(createZone({ def, zone: 'harbor', seed: 'prop' }), { ...record, events: [] }, tinyRun)).toBe(false)
  })
})
