import { expect, test } from 'vitest'
import { portalWorld } from '../testing/portal-world.ts'
import { memoryJournal, player, startRooms } from './fixtures.ts'
import type { Rooms } from './rooms.ts'
import type { PortalAbout, PortalAnswer, PortalRequest } from './types.ts'

const POLL = { timeout: 20_000, interval: 5 }
const ada = player('Ada')

/** Visits that the test ends. */
function visits() {
  const asked: (PortalAbout & { readonly request: PortalRequest; readonly end: (answer: PortalAnswer) => void })[] =
    []
  const portal = (request: PortalRequest, about: PortalAbout) =>
    new Promise<PortalAnswer>((resolve, reject) => {
      asked.push({ ...about, request, end: resolve })
      about.signal.addEventListener('abort', () => reject(about.signal.reason))
    })
  return { asked, settle: { portal } }
}

async function aboard(rooms: Rooms, id: string): Promise<void> {
  await rooms.submit(id, 'go', { to: 'east' })
  await rooms.submit(id, 'enter', { what: 'launch', to: 'Reef' })
}

test('E28 V1 who has left by a portal is nowhere here; a page that opens makes no second body', async () => {
  const { asked, settle } = visits()
  await using rooms = await startRooms({ world: portalWorld(), settle })
  await rooms.enter(ada)
  await aboard(rooms, ada.id)
  await expect.poll(() => asked.length, POLL).toBe(1)
  expect(asked[0]).toMatchObject({ again: false, zone: 'harbor', request: { to: 'Reef', epoch: 1 } })
  expect(rooms.whereIs(ada.id)).toBeUndefined()
  expect(rooms.findByName('Ada')).toBeUndefined()
  expect(await rooms.enter(ada)).toEqual({ zone: 'harbor', place: 'harbor:pier' })
  expect(rooms.awake()).toEqual([])
  await rooms.change(ada.id, { name: 'Ada L' })
  await rooms.sleep(ada.id)
  asked[0]!.end({ ok: true })
  await expect.poll(() => rooms.whereIs(ada.id)?.place, POLL).toBe('harbor:pier')
  expect(await rooms.enter(ada)).toEqual({ zone: 'harbor', place: 'harbor:pier' })
  expect(rooms.awake()).toHaveLength(1)
})

test('V1 a visit that never began ends where it would have, with its reason', async () => {
  const { asked, settle } = visits()
  await using rooms = await startRooms({ world: portalWorld(), settle })
  const refused: unknown[] = []
  rooms.onTurn(({ outcomes }) => {
    for (const { events } of outcomes) refused.push(...events.filter(({ type }) => type === 'refused'))
  })
  await rooms.enter(ada)
  await aboard(rooms, ada.id)
  await expect.poll(() => asked.length, POLL).toBe(1)
  asked[0]!.end({ ok: false, code: 'portal_refused', params: { name: 'Reef', reason: 'capacity' } })
  await expect.poll(() => rooms.whereIs(ada.id)?.place, POLL).toBe('harbor:pier')
  expect(refused).toMatchObject([{ code: 'portal_refused', params: { name: 'Reef', reason: 'capacity' } }])
})

test('V13 E28 killed meanwhile, the node asks again, and says that it does; a stop ends no visit', async () => {
  const journal = memoryJournal()
  const first = visits()
  const rooms = await startRooms({ world: portalWorld(), journal, settle: first.settle })
  await rooms.enter(ada)
  await aboard(rooms, ada.id)
  await expect.poll(() => first.asked.length, POLL).toBe(1)
  const disk = journal.copy()
  await rooms[Symbol.asyncDispose]()
  const again = visits()
  await using restarted = await startRooms({ world: portalWorld(), journal: disk, settle: again.settle })
  await expect.poll(() => again.asked.length, POLL).toBe(1)
  expect(again.asked[0]).toMatchObject({ id: first.asked[0]!.id, again: true, request: { epoch: 1 } })
  expect(await restarted.enter(ada)).toEqual({ zone: 'harbor', place: 'harbor:pier' })
  expect(restarted.whereIs(ada.id)).toBeUndefined()
  again.asked[0]!.end({ ok: true })
  await expect.poll(() => restarted.whereIs(ada.id)?.place, POLL).toBe('harbor:pier')
})

test('V13 visitors of an earlier run are found, awake or asleep; without a way out a portal leads nowhere', async () => {
  await using rooms = await startRooms({ world: portalWorld() })
  const visitor = { ...player('Far'), id: 'visitor_far' }
  await rooms.enter(visitor)
  await rooms.enter(ada)
  await rooms.sleep(visitor.id)
  expect(rooms.visitors()).toEqual([visitor.id])
  await aboard(rooms, ada.id)
  await expect.poll(() => rooms.whereIs(ada.id)?.place, POLL).toBe('harbor:pier')
})
