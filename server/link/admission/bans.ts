/** Bans with an end, kept over restarts; each further one of the same subject is longer. */
import { BAN_FORGOTTEN_MS, BAN_STEPS_MS, BANS_MAX } from '../../limits.ts'
import type { Ban, BanStore, BanSubject } from './types.ts'

export type Bans = {
  readonly of: (subject: BanSubject) => Ban | undefined
  readonly list: () => readonly Ban[]
  /** Holds at once; the promise is about the disk. */
  put(subject: BanSubject, reason: string, detail: string, forMs?: number): { ban: Ban; kept: Promise<void> }
  remove(subject: BanSubject): Promise<boolean>
}

export async function openBans(store: BanStore, now: () => number): Promise<Bans> {
  const bans = new Map<BanSubject, Ban>()
  for (const ban of await store.list(now() - BAN_FORGOTTEN_MS)) bans.set(ban.subject, ban)
  const holds = (ban: Ban | undefined): ban is Ban => ban !== undefined && ban.untilMs > now()

  return {
    of(subject) {
      const ban = bans.get(subject)
      return holds(ban) ? ban : undefined
    },
    list: () => [...bans.values()].filter(holds).sort((a, b) => b.sinceMs - a.sinceMs),
    put(subject, reason, detail, forMs) {
      const nowMs = now()
      const before = bans.get(subject)
      const times = before && before.untilMs > nowMs - BAN_FORGOTTEN_MS ? before.times + 1 : 1
      const lastsMs = forMs ?? BAN_STEPS_MS[Math.min(times, BAN_STEPS_MS.length) - 1]!
      const ban: Ban = { subject, reason, detail, sinceMs: nowMs, untilMs: nowMs + lastsMs, times }
      bans.delete(subject)
      bans.set(subject, ban)
      if (bans.size > BANS_MAX) bans.delete(bans.keys().next().value!)
      return { ban, kept: store.put(ban) }
    },
    async remove(subject) {
      const held = holds(bans.get(subject))
      bans.delete(subject)
      await store.remove(subject)
      return held
    },
  }
}

/** For nodes and tests without a database. */
export function memoryBanStore(): BanStore {
  const bans = new Map<BanSubject, Ban>()
  return {
    list: async (sinceMs) => [...bans.values()].filter((ban) => ban.untilMs > sinceMs),
    put: async (ban) => void bans.set(ban.subject, ban),
    remove: async (subject) => void bans.delete(subject),
  }
}
