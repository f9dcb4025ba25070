/** Rebuilds a zone from its last snapshot and the records after it. */
import { ZoneDamaged } from './errors.ts'
import { canonicalJson } from './snapshot.ts'
import type { CommandRunner, Journal, JournalRecord, ZoneSnapshot } from './types.ts'
import { createZone, type Zone, type ZoneOptions } from './zone.ts'

export type Recovered = {
  readonly zone: Zone
  readonly replayed: number
  /** False for a zone that has no snapshot yet. */
  readonly hadSnapshot: boolean
  /** Digest of the world that the snapshot was taken under. */
  readonly worldDigest?: string
  /** True when files or rules have changed so much that the journal's own events were taken (E27). */
  readonly byEvents: boolean
}

export async function recoverZone(
  options: Omit<ZoneOptions, 'snapshot'>,
  run: CommandRunner,
  journal: Journal,
): Promise<Recovered> {
  const snapshot = await journal.loadSnapshot(options.zone)
  const records = await journal.read(options.zone, snapshot?.seq ?? 0)
  checkUnbroken(options.zone, snapshot, records)
  const about = { replayed: records.length, hadSnapshot: snapshot !== undefined, worldDigest: snapshot?.worldDigest }
  const zone = createZone({ ...options, snapshot })
  if (records.every((record) => redo(zone, record, run))) return { ...about, zone, byEvents: false }
  const again = createZone({ ...options, snapshot })
  for (const record of records) redoByEvents(again, record, run)
  return { ...about, zone: again, byEvents: true }
}

/** Runs the tides up to the record and applies its input. False when it comes to something else than it did. */
export function redo(zone: Zone, { tick, seq, input, events }: JournalRecord, run: CommandRunner): boolean {
  tidesUpTo(zone, tick)
  const outcome = zone.apply(input, zone.view.state.tick, run)
  return outcome.seq === seq && (events === undefined || canonicalJson(outcome.events) === canonicalJson(events))
}

function redoByEvents(zone: Zone, record: JournalRecord, run: CommandRunner): void {
  tidesUpTo(zone, record.tick)
  const { events } = record
  if (!events && zone.apply(record.input, zone.view.state.tick, run).seq === record.seq) return
  zone.applyRecorded({ ...record, events: events ?? [] })
}

function tidesUpTo(zone: Zone, tick: number): void {
  while (zone.view.state.tick < tick) zone.tide()
}

function checkUnbroken(zone: string, snapshot: ZoneSnapshot | undefined, records: readonly JournalRecord[]): void {
  let seq = snapshot?.seq ?? 0
  for (const record of records) {
    if (record.seq !== seq + 1) throw new ZoneDamaged(zone, `the journal goes from ${seq} to ${record.seq}`)
    seq = record.seq
  }
}
