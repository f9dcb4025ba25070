/** What the lessons keep; Prisma implements it in server/storage/lessons.ts, tests in memory. */

import type { Counted } from '../agents/simulation/match.ts'
import type { LessonId, PlayerId } from '../protocol/ids.ts'
import type { CheckReport } from './types.ts'

export type Progress = {
  readonly playerId: PlayerId
  readonly lessonId: LessonId
  readonly status: 'started' | 'passed'
  readonly startedAtMs: number
  readonly passedAtMs?: number
  /** Whether the reward has been paid; until then paying is tried again. */
  readonly paid: boolean
  /** Task id -> what has counted. */
  readonly counted: Readonly<Record<string, Counted>>
  readonly hintsShown: number
  readonly attempts: number
}
export type Attempt = {
  readonly id: string
  readonly playerId: PlayerId
  readonly lessonId: LessonId
  readonly atMs: number
  readonly passed: boolean
  readonly sources?: Readonly<Record<string, string>>
  readonly report: CheckReport
}

/** Every write may be repeated. */
export type LessonStore = {
  progress(player: PlayerId): Promise<readonly Progress[]>
  save(progress: Progress): Promise<void>
  addAttempt(attempt: Attempt): Promise<void>
  badges(player: PlayerId): Promise<readonly { readonly badge: string; readonly atMs: number }[]>
  addBadge(player: PlayerId, badge: string, atMs: number): Promise<void>
  /** Passed, but not yet paid. */
  unpaid(): Promise<readonly Progress[]>
}

export function createMemoryLessonStore(): LessonStore {
  const rows = new Map<string, Progress>()
  const attempts: Attempt[] = []
  const badges = new Map<string, { player: PlayerId; badge: string; atMs: number }>()
  return {
    progress: async (player) => [...rows.values()].filter((row) => row.playerId === player),
    save: async (row) => void rows.set(`${row.playerId}/${row.lessonId}`, row),
    addAttempt: async (attempt) => void attempts.push(attempt),
    badges: async (player) => [...badges.values()].filter((row) => row.player === player),
    addBadge: async (player, badge, atMs) => {
      const key = `${player}/${badge}`
      if (!badges.has(key)) badges.set(key, { player, badge, atMs })
    },
    unpaid: async () => [...rows.values()].filter((row) => row.status === 'passed' && !row.paid),
  }
}
