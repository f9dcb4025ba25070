/** The registry's records in memory, for tests, simulations and the chaos harness, which gives a `save` that reaches the disk. */
import type { IntentRow, MigrationStore, OwnershipEntry } from './store.ts'
import type { Ownership, TripId } from './types.ts'

export type RegistryRecords = {
  readonly owners: Readonly<Record<string, Ownership>>
  readonly intents: Readonly<Record<string, IntentRow>>
  readonly entries: readonly OwnershipEntry[]
}

/** `save` is given all of it before anybody hears that it is so. */
export function createMemoryMigrationStore(
  start: RegistryRecords = { owners: {}, intents: {}, entries: [] },
  save: (records: RegistryRecords) => Promise<void> | void = () => {},
): MigrationStore {
  let records = start
  let last: Promise<unknown> = Promise.resolve()

  /** One after another; nothing is changed when saving fails. */
  function transaction<T>(
    work: (now: RegistryRecords) => { readonly next?: RegistryRecords; readonly answer: T },
  ): Promise<T> {
    const mine = last.then(async () => {
      const { next, answer } = work(records)
      if (next) {
        await save(next)
        records = next
      }
      return answer
    })
    last = mine.catch(() => {})
    return mine
  }

  const withIntent = (now: RegistryRecords, intent: IntentRow): RegistryRecords => ({
    ...now,
    intents: { ...now.intents, [intent.mid]: intent },
  })
  const withOwner = (now: RegistryRecords, owner: Ownership, entry: OwnershipEntry): RegistryRecords => ({
    ...now,
    owners: { ...now.owners, [owner.agentId]: owner },
    entries: [...now.entries, entry],
  })
  const endOpen = (now: RegistryRecords, agentId: string, reason: string, by = Number.POSITIVE_INFINITY) =>
    Object.values(now.intents)
      .filter((one) => one.agentId === agentId && one.status === 'open' && one.expiresAtMs <= by)
      .reduce((all, one) => withIntent(all, { ...one, status: 'aborted', reason }), now)

  return {
    begin: (trip, { expiresAtMs, nowMs }) =>
      transaction<IntentRow | 'conflict'>((now) => {
        const before = known(now, trip.mid)
        if (before) return { answer: before }
        const { agentId, epoch, src } = trip
        const owner = now.owners[agentId]
        if (owner && (owner.owner !== src || owner.epoch !== epoch)) return { answer: 'conflict' }
        const expired = endOpen(now, agentId, 'expired', nowMs)
        if (Object.values(expired.intents).some((one) => one.agentId === agentId && one.status === 'open'))
          return { answer: 'conflict' }
        const claimed = owner
          ? expired
          : withOwner(
              expired,
              { agentId, owner: src, epoch, home: src },
              { agentId, epoch, from: src, to: src, why: 'claimed', atMs: nowMs },
            )
        const { mid, dst } = trip
        const intent: IntentRow = { mid, agentId, epoch, src, dst, status: 'open', expiresAtMs }
        return { next: withIntent(claimed, intent), answer: intent }
      }),
    find: async (mid) => known(records, mid),
    prune: (beforeMs) =>
      transaction<number>((now) => {
        const kept = Object.values(now.intents).filter((one) => one.expiresAtMs >= beforeMs)
        const gone = Object.keys(now.intents).length - kept.length
        const intents = Object.fromEntries(kept.map((one) => [one.mid, one]))
        return gone === 0 ? { answer: 0 } : { next: { ...now, intents }, answer: gone }
      }),
    commit: (mid, { cid, nowMs }) =>
      transaction<IntentRow | undefined>((now) => {
        const intent = known(now, mid)
        if (intent?.status !== 'open' || intent.expiresAtMs <= nowMs) return { answer: intent }
        const { agentId, epoch, src, dst } = intent
        const owner = now.owners[agentId]
        if (owner?.owner !== src || owner.epoch !== epoch) {
          const ended: IntentRow = { ...intent, status: 'aborted', reason: 'conflict' }
          return { next: withIntent(now, ended), answer: ended }
        }
        const done: IntentRow = { ...intent, status: 'committed' }
        const next = withOwner(
          withIntent(now, done),
          { ...owner, owner: dst, epoch: epoch + 1 },
          { agentId, epoch: epoch + 1, from: src, to: dst, why: 'moved', mid, cid, atMs: nowMs },
        )
        return { next, answer: done }
      }),
    abort: (trip, reason, nowMs) =>
      transaction<IntentRow>((now) => {
        const before = known(now, trip.mid)
        if (before && before.status !== 'open') return { answer: before }
        const { mid, agentId, epoch, src, dst } = before ?? trip
        const ended: IntentRow = {
          mid,
          agentId,
          epoch,
          src,
          dst,
          status: 'aborted',
          reason,
          expiresAtMs: before?.expiresAtMs ?? nowMs,
        }
        return { next: withIntent(now, ended), answer: ended }
      }),
    owner: async (agentId) => records.owners[agentId],
    reclaim: ({ agentId, owner, epoch }, nowMs) =>
      transaction<Ownership | undefined>((now) => {
        const held = now.owners[agentId]
        if (held?.owner !== owner || held.epoch !== epoch) return { answer: undefined }
        const back: Ownership = { ...held, owner: held.home, epoch: epoch + 1 }
        const entry = {
          agentId,
          epoch: epoch + 1,
          from: owner,
          to: held.home,
          why: 'reclaimed',
          atMs: nowMs,
        } as const
        return { next: withOwner(endOpen(now, agentId, 'reclaimed'), back, entry), answer: back }
      }),
    entries: async (agentId) => records.entries.filter((entry) => entry.agentId === agentId),
  }
}

const known = (records: RegistryRecords, mid: TripId): IntentRow | undefined =>
  records.intents[mid] ?? records.entries.flatMap((entry) => committedBy(entry, mid) ?? [])[0]

/** The trip of an entry of the list of owners, which outlasts it. */
export const committedBy = (
  { agentId, epoch, from, to, mid, atMs }: OwnershipEntry,
  wanted: TripId,
): IntentRow | undefined =>
  mid === wanted
    ? { mid, agentId, epoch: epoch - 1, src: from, dst: to, status: 'committed', expiresAtMs: atMs }
    : undefined
