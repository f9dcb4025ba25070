/** What the tests of the rooms share: a journal in memory that can be made to fail, and a world with a way between two zones. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { Client, type Room } from '@colyseus/sdk'
import { runCommand } from '../commands/index.ts'
import type { Journal, JournalRecord, ZoneSnapshot } from '../engine/types.ts'
import type { PlayerId } from '../protocol/ids.ts'
import type { ZoneRoomState } from '../protocol/state.ts'
import { FIXTURE_FILES, fixtureWorld } from '../testing/world.ts'
import type { RoomsLog, RoomsOptions, RoomsParts } from './parts.ts'
import { createRooms, type Rooms } from './rooms.ts'
import type { Entrant } from './types.ts'

export type MemoryJournal = Journal & {
  readonly records: Map<string, JournalRecord[]>
  /** Called before an append is kept; throw to fail it, wait to delay it. */
  before: (zone: string, records: readonly JournalRecord[]) => void | Promise<void>
  /** Called after it is kept, before anybody is told. */
  after: (zone: string, records: readonly JournalRecord[]) => void | Promise<void>
  /** What is on the disk of a node that dies now. */
  copy(): MemoryJournal
}

export function memoryJournal(
  records = new Map<string, JournalRecord[]>(),
  snapshots = new Map<string, ZoneSnapshot>(),
): MemoryJournal {
  const journal: MemoryJournal = {
    records,
    before: () => {},
    after: () => {},
    copy: () => memoryJournal(new Map([...records].map(([zone, kept]) => [zone, [...kept]])), new Map(snapshots)),
    async append(zone, added) {
      await journal.before(zone, added)
      records.set(zone, [...(records.get(zone) ?? []), ...structuredClone(added)])
      await journal.after(zone, added)
    },
    read: async (zone, afterSeq) => (records.get(zone) ?? []).filter(({ seq }) => seq > afterSeq),
    saveSnapshot: async (zone, snapshot) => void snapshots.set(zone, structuredClone(snapshot)),
    loadSnapshot: async (zone) => snapshots.get(zone),
  }
  return journal
}

export const quiet: RoomsLog = { info: () => {}, warn: () => {}, error: () => {} }

/** The gate stands open, the cellar is hidden, the market is the border. */
export const world = (changes: Readonly<Record<string, string | null>> = {}) =>
  fixtureWorld({
    'zones/harbor/places/dock.yaml': FIXTURE_FILES['zones/harbor/places/dock.yaml']!.replace(
      'closed: true, locked',
      'closed: false, locked',
    ).replace('  east: pier', '  east: pier\n  down: cellar'),
    'zones/harbor/places/cellar.yaml': 'id: cellar\nat: [0, 1, -1]\nhidden: true\nspawn: [{ thing: crate }]\n',
    'zones/harbor/text/en.yaml': FIXTURE_FILES['zones/harbor/text/en.yaml']!.replace(
      '  market:',
      '  cellar: { name: Cellar, text: Rats. }\n  market:',
    ),
    'zones/harbor/text/ru.yaml': FIXTURE_FILES['zones/harbor/text/ru.yaml']!.replace(
      '  market:',
      '  cellar: { name: Погреб, text: Крысы. }\n  market:',
    ),
    ...changes,
  })

export function startRooms(parts: Partial<RoomsParts> = {}, options: RoomsOptions = {}): Promise<Rooms> {
  return createRooms(
    { world: world(), journal: memoryJournal(), run: runCommand, log: quiet, ...parts },
    { tideEveryMs: 0, patchEveryMs: 10, ...options },
  )
}

export const player = (name: string): Entrant => ({
  id: `player_${name.toLowerCase()}`,
  kind: 'player',
  name,
  locale: 'en',
  roles: ['learner'],
})

/** Rooms behind a port, as the gateway serves them. */
export async function serve(rooms: Rooms, path?: string) {
  const server = createServer((_, response) => response.writeHead(404).end())
  const sockets = new Set<Duplex>()
  server.on('upgrade', (request, socket, head) => {
    sockets.add(socket)
    if (!rooms.seats.upgrade(request, socket, head)) socket.destroy()
  })
  await new Promise<void>((resolve) =>
    path === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve),
  )
  const port = path === undefined ? (server.address() as AddressInfo).port : 0
  const client = new Client(`http://127.0.0.1:${port}`)
  return {
    port,
    client,
    /** Takes a seat for a person who is in the world. */
    async join(entrant: Entrant): Promise<Room<object, ZoneRoomState>> {
      const seat = await rooms.seats.reserve({ playerId: entrant.id as PlayerId, sessionId: 's' })
      if (!seat) throw new Error('no seat')
      return (await client.consumeSeatReservation(seat as never)) as never
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
