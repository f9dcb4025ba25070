/** Who is here: a person with any connection, terminal or map, is awake; a while after the last one is gone they fall asleep where they stand. */
import type { Accounts } from '../accounts/types.ts'
import { PRESENCE_GRACE_MS } from '../limits.ts'
import type { PlayerId } from '../protocol/ids.ts'
import type { Seats, Zones } from '../rooms/types.ts'
import { HttpProblem } from './http/problem.ts'
import type { GatewayLog } from './types.ts'

export type Presence = {
  /** Puts the person's character into the world, or wakes it. */
  enter(id: PlayerId): Promise<void>
  /** Something about this person's connections has changed. */
  changed(id: PlayerId): void
  /** After a start: whoever is awake and does not come back is put to sleep. */
  settle(): void
  [Symbol.dispose](): void
}

export type PresenceParts = {
  readonly accounts: Pick<Accounts, 'person'>
  readonly zones: Pick<Zones, 'enter' | 'sleep' | 'awake' | 'whereIs'> & {
    readonly seats: Pick<Seats, 'connections'>
  }
  /** Terminals of a person. */
  readonly terminals: (id: PlayerId) => number
  readonly log: GatewayLog
  readonly graceMs?: number
}

export function createPresence({
  accounts,
  zones,
  terminals,
  log,
  graceMs = PRESENCE_GRACE_MS,
}: PresenceParts): Presence {
  const timers = new Map<PlayerId, NodeJS.Timeout>()
  const connected = (id: PlayerId) => terminals(id) + zones.seats.connections(id) > 0
  const cancel = (id: PlayerId) => {
    clearTimeout(timers.get(id))
    timers.delete(id)
  }
  const changed = (id: PlayerId) => {
    cancel(id)
    if (!connected(id)) timers.set(id, setTimeout(doze, graceMs, id).unref())
  }
  const doze = async (id: PlayerId) => {
    timers.delete(id)
    if (connected(id) || !zones.whereIs(id)) return
    await zones
      .sleep(id)
      .catch((error: unknown) => log.warn({ err: error, player: id }, 'somebody could not be put to sleep'))
  }
  return {
    async enter(id) {
      const person = await accounts.person(id)
      if (!person) throw new HttpProblem('unauthorized')
      cancel(id)
      const { name, locale, roles } = person
      await zones.enter({ id, kind: 'player', name, locale, roles })
      changed(id)
    },
    changed,
    settle() {
      for (const { id, kind } of zones.awake()) if (kind === 'player') changed(id as PlayerId)
    },
    [Symbol.dispose]() {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    },
  }
}
