/** Takes out of the world the bodies of guests who looked in once, did nothing, and have not come back. Who does come back begins anew. */
import type { Clock } from '../lib/clock.ts'
import { GUEST_BODY_KEPT_MS, GUEST_SWEEP_EVERY_MS } from '../limits.ts'
import type { PlayerId } from '../protocol/ids.ts'
import type { RoomsLog } from './parts.ts'
import type { Rooms } from './rooms.ts'

export type SweeperParts = {
  readonly rooms: Pick<Rooms, 'untouched' | 'remove'>
  readonly person: (id: PlayerId) => Promise<{ readonly guest: boolean; readonly lastSeenMs: number } | undefined>
  readonly clock: Clock
  readonly log: RoomsLog
}
export type Sweeper = AsyncDisposable & {
  /** Once over all zones; how many were taken out. */
  sweep(): Promise<number>
}

export function createSweeper({ rooms, person, clock, log }: SweeperParts): Sweeper {
  let under: Promise<unknown> = Promise.resolve()
  let closed = false
  const timer = setInterval(() => {
    under = sweep().catch((err: unknown) => log.warn({ err }, 'sleeping guests could not be looked through'))
  }, GUEST_SWEEP_EVERY_MS)
  timer.unref()

  async function sweep(): Promise<number> {
    let count = 0
    for (const id of rooms.untouched()) {
      if (closed) break
      const row = await person(id)
      if (!row?.guest || clock.now() - row.lastSeenMs <= GUEST_BODY_KEPT_MS) continue
      // They may have come in meanwhile.
      if (!rooms.untouched().includes(id)) continue
      await rooms.remove(id)
      count++
    }
    return count
  }

  return {
    sweep,
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(timer)
      await under
    },
  }
}
