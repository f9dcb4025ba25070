import { expect, test } from 'vitest'
import { createFakeClock } from '../lib/clock.ts'
import { GUEST_BODY_KEPT_MS } from '../limits.ts'
import { player, startRooms } from './fixtures.ts'
import { createSweeper } from './sweeper.ts'

test('a guest who did nothing is taken out of the world when the last visit is long ago, and nobody else', async () => {
  await using rooms = await startRooms()
  const clock = createFakeClock()
  const visits = new Map<string, { guest: boolean; lastSeenMs: number }>()
  const come = async (name: string, guest = true) => {
    const one = player(name)
    await rooms.enter(one)
    visits.set(one.id, { guest, lastSeenMs: clock.now() })
    return one.id
  }
  const [idle, walker, member, awake] = [
    await come('Idle'),
    await come('Walker'),
    await come('Member', false),
    await come('Awake'),
  ]
  await rooms.submit(walker, 'go', { to: 'east' }, 'line-1')
  for (const id of [idle, walker, member]) await rooms.sleep(id)
  await using sweeper = createSweeper({
    rooms,
    person: async (id) => visits.get(id),
    clock,
    log: { info() {}, warn() {}, error() {} },
  })
  clock.advance(GUEST_BODY_KEPT_MS)
  expect(await sweeper.sweep()).toBe(0)
  clock.advance(1)
  expect(await sweeper.sweep()).toBe(1)
  expect([idle, walker, member, awake].map((id) => rooms.whereIs(id) !== undefined)).toEqual([
    false,
    true,
    true,
    true,
  ])
  expect(await sweeper.sweep()).toBe(0)
})
