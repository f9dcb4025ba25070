/** Appends journal records of all zones: one statement for whatever waits. */
import type { Pool } from 'pg'
import type { JournalRecord } from '../engine/types.ts'
import { JOURNAL_QUEUE_MAX_RECORDS, JOURNAL_STATEMENT_MAX_RECORDS } from '../limits.ts'
import type { ZoneId } from '../protocol/ids.ts'
import { StorageError } from './errors.ts'
import { createGroupCommit, type Settled } from './group-commit.ts'

/** A record as it is stored: `input` is the text that will be replayed, `events` what it must come to. */
type Row = {
  readonly zone: ZoneId
  readonly seq: number
  readonly tick: number
  readonly input: string
  readonly events: string | null
}

const INSERT = {
  name: 'journal-append',
  text: `INSERT INTO "JournalRecord" (zone, seq, tick, input, events)
         SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])
         ON CONFLICT DO NOTHING`,
}

const SELECT_DIFFERENT = `
  SELECT asked.zone, asked.seq::float8 AS seq
  FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[]) AS asked (zone, seq, tick, input, events)
  JOIN "JournalRecord" AS kept ON kept.zone = asked.zone AND kept.seq = asked.seq
  WHERE kept.tick <> asked.tick OR kept.input <> asked.input OR kept.events IS DISTINCT FROM asked.events`

/** Resolves when the records are committed. Appending the same records again does no harm. */
export function createJournalWriter(pool: Pool): (zone: ZoneId, records: readonly JournalRecord[]) => Promise<void> {
  const append = createGroupCommit<readonly Row[], void>({
    sizeOf: (rows) => rows.length,
    maxCommit: JOURNAL_STATEMENT_MAX_RECORDS,
    maxWaiting: JOURNAL_QUEUE_MAX_RECORDS,
    overloaded: () =>
      new StorageError('journal_overloaded', 'The journal takes no more: the database is not keeping up.'),
    commit: (appends) => write(pool, appends),
  })
  return async (zone, records) => {
    if (records.length === 0) return
    await append(records.map((record) => rowOf(zone, record)))
  }
}

const rowOf = (zone: ZoneId, { seq, tick, input, events }: JournalRecord): Row => ({
  zone,
  seq,
  tick,
  input: JSON.stringify(input),
  events: events ? JSON.stringify(events) : null,
})

async function write(pool: Pool, appends: readonly (readonly Row[])[]): Promise<readonly Settled<void>[]> {
  const rows = appends.flat()
  const { rowCount } = await pool.query({ ...INSERT, values: columns(rows) })
  const taken = rowCount === rows.length ? new Set<string>() : await takenByOthers(pool, rows)
  return appends.map((append) => settled(append, taken))
}

const columns = (rows: readonly Row[]) => [
  rows.map(({ zone }) => zone),
  rows.map(({ seq }) => seq),
  rows.map(({ tick }) => tick),
  rows.map(({ input }) => input),
  rows.map(({ events }) => events),
]

const keyOf = ({ zone, seq }: { zone: string; seq: number }) => `${zone} ${seq}`

/** Some numbers were in the journal already: fine when the records are the same. */
async function takenByOthers(pool: Pool, rows: readonly Row[]): Promise<ReadonlySet<string>> {
  const found = await pool.query<{ zone: string; seq: number }>(SELECT_DIFFERENT, columns(rows))
  return new Set(found.rows.map(keyOf))
}

function settled(rows: readonly Row[], taken: ReadonlySet<string>): Settled<void> {
  const other = rows.find((row) => taken.has(keyOf(row)))
  if (other === undefined) return { ok: true, value: undefined }
  const message = `Zone ${other.zone} has another record under ${other.seq}.`
  return { ok: false, error: new StorageError('journal_conflict', message) }
}
