/** Mutes, bans and blocks in memory, for the hot path of talk; kept fresh by whoever changes them. */
import type { Clock } from '../lib/clock.ts'
import type { PlayerId } from '../protocol/ids.ts'
import type { AccountOperations, BlockRow, Sanction, SanctionRow } from './types.ts'

export type ModerationCache = {
  inForce(id: PlayerId, kind: 'mute' | 'ban'): Sanction | undefined
  isBlocked(listener: PlayerId, speaker: PlayerId): boolean
  load(): Promise<void>
  reloadSanctions(id: PlayerId): Promise<void>
  reloadBlocks(by: PlayerId): Promise<void>
}

export const sanctionOf = ({ kind, reason, untilMs }: SanctionRow): Sanction => ({
  kind,
  reason,
  ...(untilMs !== undefined && { untilMs }),
})

export function createModerationCache({
  store,
  clock,
}: {
  store: Pick<AccountOperations, 'sanctionsInForce' | 'blocks'>
  clock: Clock
}): ModerationCache {
  const sanctions = new Map<PlayerId, readonly Sanction[]>()
  const blocked = new Map<PlayerId, ReadonlySet<PlayerId>>()

  // One after another, so that an older reading never lands on a newer one.
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = (read: () => Promise<void>): Promise<void> => {
    const next = last.then(read)
    last = next.catch(() => {})
    return next
  }

  return {
    inForce(id, kind) {
      const known = sanctions.get(id)
      if (!known) return undefined
      const nowMs = clock.now()
      return longest(
        known.filter((sanction) => sanction.kind === kind && (sanction.untilMs ?? Number.POSITIVE_INFINITY) > nowMs),
      )
    },
    isBlocked: (listener, speaker) => blocked.get(listener)?.has(speaker) ?? false,
    load: () =>
      inTurn(async () => {
        const [rows, blocks] = await Promise.all([store.sanctionsInForce(clock.now()), store.blocks()])
        for (const [id, group] of Map.groupBy(rows, (row) => row.playerId)) sanctions.set(id, group.map(sanctionOf))
        for (const [by, group] of Map.groupBy(blocks, (row) => row.by)) blocked.set(by, targetsOf(group))
      }),
    reloadSanctions: (id) =>
      inTurn(async () => {
        const rows = await store.sanctionsInForce(clock.now(), id)
        if (rows.length === 0) sanctions.delete(id)
        else sanctions.set(id, rows.map(sanctionOf))
      }),
    reloadBlocks: (by) =>
      inTurn(async () => {
        const rows = await store.blocks(by)
        if (rows.length === 0) blocked.delete(by)
        else blocked.set(by, targetsOf(rows))
      }),
  }
}

const targetsOf = (rows: readonly BlockRow[]): ReadonlySet<PlayerId> => new Set(rows.map((row) => row.target))

const longest = (sanctions: readonly Sanction[]): Sanction | undefined =>
  sanctions.reduce<Sanction | undefined>(
    (best, next) => (best && endOf(best) >= endOf(next) ? best : next),
    undefined,
  )

const endOf = ({ untilMs }: Sanction): number => untilMs ?? Number.POSITIVE_INFINITY
