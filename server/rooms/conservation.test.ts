import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import type { ZoneView } from '../engine/types.ts'
import { memoryJournal, player, startRooms } from './fixtures.ts'
import type { Rooms } from './rooms.ts'

const people = ['Ada', 'Bob', 'Cy'].map(player)
const act = fc.record({
  who: fc.constantFrom(...people.map(({ id }) => id)),
  what: fc.oneof(
    fc.constantFrom('north', 'south', 'east', 'west', 'up').map((to) => ({ command: 'go', input: { to } })),
    fc.constantFrom('oil', 'crate').map((what) => ({ command: 'take', input: { what } })),
    fc.constantFrom('oil', 'crate').map((what) => ({ command: 'drop', input: { what } })),
  ),
})
/** Whether an append goes well, fails before anything is kept, or fails when all is kept. */
const fate = fc.constantFrom('well', 'well', 'well', 'well', 'before', 'after')

function views(rooms: Rooms): ZoneView[] {
  const seen: ZoneView[] = []
  const stop = rooms.onTide((_zone, _tick, view) => void seen.push(view))
  rooms.beat()
  stop()
  return seen
}

const idsOf = (rooms: Rooms) => ({
  bodies: views(rooms)
    .flatMap((view) => [...view.state.characters.keys()])
    .filter((id) => id.startsWith('player_'))
    .sort(),
  items: views(rooms)
    .flatMap((view) => [...view.state.items.keys()])
    .sort(),
})

test('whatever zones crash while people walk and carry: nobody and nothing is lost or doubled', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 5, maxLength: 40 }),
      fc.array(fate, { minLength: 1, maxLength: 60 }),
      async (acts, fates) => {
        const journal = memoryJournal()
        await using rooms = await startRooms({ journal })
        for (const person of people) await rooms.enter(person)
        const before = idsOf(rooms)
        let appends = 0
        let fails = true
        const failing = (when: 'before' | 'after') => () => {
          if (fails && fates[appends % fates.length] === when) {
            appends++
            throw new Error('the disk is gone')
          }
          if (when === 'after') appends++
        }
        journal.before = failing('before')
        journal.after = failing('after')
        for (const { who, what } of acts) await rooms.submit(who, what.command, what.input).catch(() => {})
        fails = false
        await vi.waitFor(
          () => {
            expect(rooms.list().every(({ ready }) => ready)).toBe(true)
            expect(views(rooms).reduce((sum, view) => sum + view.state.pending.size, 0)).toBe(0)
          },
          { timeout: 30_000, interval: 5 },
        )
        expect(idsOf(rooms)).toEqual(before)
        for (const { id } of people) expect(rooms.whereIs(id)).toBeDefined()
      },
    ),
    { numRuns: 25 },
  )
})
