/** Runs a zone against its journal: applied at once in order of arrival, told when committed, many in one commit. */
import {
  ZONE_APPEND_MAX_RECORDS,
  ZONE_QUEUE_MAX,
  ZONE_SNAPSHOT_EVERY_RECORDS,
  ZONE_SNAPSHOT_EVERY_TICKS,
} from '../limits.ts'
import { ZoneUnavailable } from './errors.ts'
import { recoverZone } from './recover.ts'
import {
  type CommandRunner,
  type Journal,
  type JournalRecord,
  type Outcome,
  refuse,
  type WorldDef,
  type ZoneInput,
  type ZoneSnapshot,
  type ZoneView,
} from './types.ts'
import type { Zone, ZoneOptions } from './zone.ts'

export type CommittedTurn = { readonly zone: string; readonly tick: number; readonly outcomes: readonly Outcome[] }

export type RunnerDeps = {
  readonly zone: Zone
  readonly run: CommandRunner
  readonly journal: Pick<Journal, 'append' | 'saveSnapshot'>
  /** What has happened, in order, once it will survive a crash. Must not throw. */
  readonly onTurn?: (turn: CommittedTurn, world: ZoneView) => void
  /** The zone has stopped and must be opened again from its journal. */
  readonly onCrash?: (error: unknown) => void
  /** A snapshot could not be kept; play goes on, a replay only takes longer. */
  readonly onSnapshotFailed?: (error: unknown) => void
}
export type RunnerLimits = {
  readonly queueMax?: number
  readonly appendMaxRecords?: number
  readonly snapshotEveryRecords?: number
  readonly snapshotEveryTicks?: number
}

export type ZoneRunner = AsyncDisposable & {
  readonly id: string
  /** Resolves when the outcome is committed; rejects with ZoneUnavailable when that can no more be. */
  submit(input: ZoneInput): Promise<Outcome>
  /** Looks at the zone as it stands. The view must not be kept. */
  read<T>(look: (world: ZoneView) => T): T
  /** One beat of time. The caller keeps the time. */
  tide(): void
  /** Takes a newly loaded world over with people inside, or rejects and changes nothing. */
  reload(def: WorldDef): Promise<Outcome>
  isRunning(): boolean
}

type Waiting = {
  readonly outcome: Outcome
  readonly resolve?: (outcome: Outcome) => void
  readonly reject?: (error: unknown) => void
}
/** What one append will commit: records, and everybody who is told then. */
type Batch = { readonly records: JournalRecord[]; readonly waiting: Waiting[]; snapshot?: ZoneSnapshot }

const newBatch = (): Batch => ({ records: [], waiting: [] })

export function createZoneRunner(deps: RunnerDeps, limits: RunnerLimits = {}): ZoneRunner {
  const { zone, run, journal } = deps
  const {
    queueMax = ZONE_QUEUE_MAX,
    appendMaxRecords = ZONE_APPEND_MAX_RECORDS,
    snapshotEveryRecords = ZONE_SNAPSHOT_EVERY_RECORDS,
    snapshotEveryTicks = ZONE_SNAPSHOT_EVERY_TICKS,
  } = limits
  /** Gathering; the last one takes what comes. */
  let batches: Batch[] = []
  let inFlight: Batch | undefined
  let flushing: Promise<void> | undefined
  let queued = 0
  let crash: ZoneUnavailable | undefined
  let closing = false
  let saving: Promise<void> | undefined
  let last = { seq: zone.view.state.seq, tick: zone.view.state.tick, changed: false }

  function submit(input: ZoneInput): Promise<Outcome> {
    if (crash || closing) return Promise.reject(crash ?? new ZoneUnavailable(zone.id))
    const { state } = zone.view
    if (queued >= queueMax)
      return Promise.resolve({ seq: state.seq, tick: state.tick, verdict: refuse('busy'), events: [] })
    const { seq } = state
    const outcome = step(() => zone.apply(input, state.tick, run))
    if (!outcome) return Promise.reject(crash)
    const changed = state.seq !== seq
    if (!changed && !inFlight && batches.length === 0) return Promise.resolve(outcome)
    return new Promise((resolve, reject) => {
      const record = changed ? { seq: outcome.seq, tick: outcome.tick, input, events: outcome.events } : undefined
      enqueue({ outcome, resolve, reject }, record)
      snapshotIfDue()
    })
  }

  function tide(): void {
    if (crash || closing) return
    const outcome = step(() => zone.tide())
    if (!outcome) return
    if (outcome.events.length > 0) {
      if (inFlight || batches.length > 0) enqueue({ outcome })
      else tell([outcome])
    }
    snapshotIfDue()
  }

  /** A rule that breaks means we were wrong: this zone ends, the server lives. */
  function step(work: () => Outcome): Outcome | undefined {
    try {
      const outcome = work()
      if (outcome.events.length > 0) last.changed = true
      return outcome
    } catch (error) {
      fail(error)
      return undefined
    }
  }

  function enqueue(waiting: Waiting, record?: JournalRecord): void {
    let batch = batches.at(-1)
    if (!batch || batch.records.length >= appendMaxRecords) batches.push((batch = newBatch()))
    if (record) batch.records.push(record)
    batch.waiting.push(waiting)
    queued++
    flushing ??= Promise.resolve().then(flush)
  }

  async function flush(): Promise<void> {
    while (batches.length > 0 && !crash) {
      inFlight = batches.shift()!
      try {
        if (inFlight.records.length > 0) await journal.append(zone.id, inFlight.records)
        if (crash) break
        const done = inFlight
        inFlight = undefined
        commit(done)
      } catch (error) {
        fail(error)
      }
    }
    flushing = undefined
  }

  function commit({ waiting, snapshot }: Batch): void {
    queued -= waiting.length
    tell(waiting.map(({ outcome }) => outcome).filter(({ events }) => events.length > 0))
    for (const { outcome, resolve } of waiting) resolve?.(outcome)
    if (snapshot) save(snapshot)
  }

  function tell(outcomes: readonly Outcome[]): void {
    if (outcomes.length > 0) deps.onTurn?.({ zone: zone.id, tick: outcomes.at(-1)!.tick, outcomes }, zone.view)
  }

  function fail(error: unknown): void {
    if (crash) return
    crash = new ZoneUnavailable(zone.id, { cause: error })
    const lost = [...(inFlight ? [inFlight] : []), ...batches]
    batches = []
    inFlight = undefined
    for (const { waiting } of lost) for (const { reject } of waiting) reject?.(crash)
    deps.onCrash?.(error)
  }

  function snapshotIfDue(): void {
    const { seq, tick } = zone.view.state
    const due = seq - last.seq >= snapshotEveryRecords || (last.changed && tick - last.tick >= snapshotEveryTicks)
    if (!due || saving || crash) return
    last = { seq, tick, changed: false }
    const snapshot = zone.snapshot()
    const batch = batches.at(-1)
    if (batch) batch.snapshot = snapshot
    else if (!inFlight) save(snapshot)
    else batches.push({ ...newBatch(), snapshot })
  }

  function save(snapshot: ZoneSnapshot): void {
    saving = journal
      .saveSnapshot(zone.id, snapshot)
      .catch((error) => deps.onSnapshotFailed?.(error))
      .finally(() => {
        saving = undefined
      })
  }

  return {
    id: zone.id,
    submit,
    tide,
    read(look) {
      if (crash) throw crash
      return look(zone.view)
    },
    async reload(def) {
      if (crash || closing) throw crash ?? new ZoneUnavailable(zone.id)
      zone.adopt(def)
      const outcome = await submit({ type: 'reload', digest: def.digest })
      last = { ...last, changed: true, tick: zone.view.state.tick - snapshotEveryTicks }
      snapshotIfDue()
      return outcome
    },
    isRunning: () => !crash && !closing,
    async [Symbol.asyncDispose]() {
      if (closing) return
      closing = true
      await flushing
      await saving
      if (!crash && last.changed) await journal.saveSnapshot(zone.id, zone.snapshot())
    },
  }
}

export type OpenOptions = Omit<RunnerDeps, 'zone' | 'journal'> &
  Omit<ZoneOptions, 'snapshot'> & { readonly journal: Journal }

/** Rebuilds a zone, or makes it afresh, and sets it running under the world given. */
export async function openZoneRunner(options: OpenOptions, limits: RunnerLimits = {}): Promise<ZoneRunner> {
  const { zone, worldDigest, hadSnapshot, byEvents } = await recoverZone(options, options.run, options.journal)
  if (!hadSnapshot) await options.journal.saveSnapshot(zone.id, zone.snapshot())
  const runner = createZoneRunner({ ...options, zone }, limits)
  if (byEvents || (hadSnapshot && worldDigest !== options.def.digest)) await runner.reload(options.def)
  return runner
}
