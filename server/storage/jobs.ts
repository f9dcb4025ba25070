/** Jobs, the work done for others' jobs, and what is known of workers. Written in groups: many small jobs are one commit. */
import { decode, encode } from '@ipld/dag-cbor'
import type {
  JobRecord,
  JobStore,
  Outcome,
  PartState,
  Receipt,
  Standing,
  TabRecord,
  WorkRecord,
} from '../jobs/types.ts'
import { JOB_WRITES_GROUP, JOB_WRITES_WAITING_MAX } from '../limits.ts'
import type { Database } from './database.ts'
import { createGroupCommit } from './group-commit.ts'

/** An outcome up to this size is kept in its job's own row. */
const INLINE_BYTES = 2_048
const RECENT = 20
const DAY_MS = 86_400_000

/** Everything of a record that never changes; the rest is its state. */
const FIXED = [
  'name',
  'asker',
  'payer',
  'kind',
  'inputCid',
  'inputBytes',
  'verify',
  'privacy',
  'batched',
  'limits',
  'maxPriceMicro',
  'createdAtMs',
] as const

const isOpen = (job: JobRecord) => job.status === 'queued' || job.status === 'running' || job.unsettled

type Row = {
  id: string
  asker: string
  status: string
  open: boolean
  createdAtMs: string
  request: Buffer
  state: Buffer
}
type Write = {
  readonly table: 'create' | 'save' | 'piece' | 'work' | 'receipt'
  readonly values: readonly unknown[]
  readonly key: string
}

const STATEMENTS: Readonly<Record<Write['table'], { readonly types: readonly string[]; readonly text: string }>> = {
  create: {
    types: ['text', 'text', 'text', 'boolean', 'bigint', 'bytea', 'bytea'],
    text: `INSERT INTO "Job" (id, asker, status, open, "createdAtMs", request, state) SELECT * FROM unnest($) ON CONFLICT (id) DO NOTHING RETURNING id`,
  },
  save: {
    types: ['text', 'text', 'boolean', 'bytea'],
    text: `UPDATE "Job" SET status = w.status, open = w.open, state = w.state FROM (SELECT * FROM unnest($)) AS w(id, status, open, state) WHERE "Job".id = w.id`,
  },
  piece: {
    types: ['text', 'int', 'bytea'],
    text: `INSERT INTO "JobPiece" ("jobId", index, outcome) SELECT * FROM unnest($) ON CONFLICT ("jobId", index) DO UPDATE SET outcome = EXCLUDED.outcome`,
  },
  receipt: {
    types: ['text', 'text', 'bigint', 'text'],
    text: `INSERT INTO "JobReceipt" (id, tab, "amountMicro", memo) SELECT * FROM unnest($) ON CONFLICT (id) DO NOTHING`,
  },
  work: {
    types: [
      'text',
      'text',
      'text',
      'text',
      'boolean',
      'bigint',
      'bigint',
      'bigint',
      'bytea',
      'bytea',
      'text',
      'text',
    ],
    text: `INSERT INTO "JobWork" (id, buyer, kind, status, open, "priceMicro", "paidMicro", "atMs", agreement, answer, "transferId", evidence)
           SELECT * FROM unnest($) ON CONFLICT (id) DO UPDATE SET status = EXCLUDED.status, open = EXCLUDED.open, "paidMicro" = EXCLUDED."paidMicro",
             answer = EXCLUDED.answer, "transferId" = EXCLUDED."transferId", evidence = EXCLUDED.evidence`,
  },
}

const GROUP = {
  sizeOf: () => 1,
  maxCommit: JOB_WRITES_GROUP,
  maxWaiting: JOB_WRITES_WAITING_MAX,
  overloaded: () =>
    Object.assign(new Error('Too many jobs are being written down or read.'), { code: 'busy', status: 503 }),
} as const

export function createJobStore({ pool }: Pick<Database, 'pool'>): JobStore {
  const write = createGroupCommit<Write, boolean>({
    ...GROUP,
    commit: async (writes) => {
      const made = await commitAll(writes)
      return writes.map(({ table, key }) => ({ ok: true, value: table !== 'create' || made.has(key) }))
    },
  })

  /** One statement for each table; of several writes of one row the last counts. */
  async function commitAll(writes: readonly Write[]): Promise<ReadonlySet<string>> {
    const made = new Set<string>()
    const groups = Object.keys(STATEMENTS).map((table) => writes.filter((one) => one.table === table))
    const full = groups.filter((group) => group.length > 0)
    const client = await pool.connect()
    try {
      if (full.length > 1) await client.query('BEGIN')
      for (const group of full) {
        const { types, text } = STATEMENTS[group[0]!.table]
        const last = [...new Map(group.map((one) => [one.key, one])).values()].sort((a, b) =>
          a.key < b.key ? -1 : 1,
        )
        const rowsOf = last.map(({ values }) => values)
        const columns = types.map((type, i) => `$${i + 1}::${type}[]`).join(', ')
        const { rows } = await client.query<{ id: string }>({
          name: `jobs-${group[0]!.table}`,
          text: text.replace('$', () => columns),
          values: types.map((_, i) => rowsOf.map((row) => row[i])),
        })
        for (const { id } of rows) made.add(id)
      }
      if (full.length > 1) await client.query('COMMIT')
      client.release()
      return made
    } catch (error) {
      client.release(true)
      throw error
    }
  }

  /** A job's state as it is now; while one write of it is under way, the next takes whatever has become of it by then. */
  const saving = new Map<string, { running: Promise<unknown>; next?: Promise<void> }>()
  function save(job: JobRecord): Promise<void> {
    const under = saving.get(job.id)
    if (!under) {
      const entry = { running: write(saveOf(job)) as Promise<unknown> } as {
        running: Promise<unknown>
        next?: Promise<void>
      }
      saving.set(job.id, entry)
      const done = entry.running.then(() => undefined)
      void done.catch(() => {}).then(() => !entry.next && saving.get(job.id) === entry && saving.delete(job.id))
      return done
    }
    under.next ??= under.running
      .catch(() => {})
      .then(() => {
        saving.delete(job.id)
        return save(job)
      })
    return under.next
  }

  /** With those outcomes that have rows of their own. */
  async function load(rows: readonly Row[]): Promise<readonly JobRecord[]> {
    const jobs = new Map(rows.map((row) => [row.id, toJob(row)]))
    const lacking = [...jobs.values()].filter(({ parts }) =>
      parts.some(({ digest, outcome }) => digest !== undefined && outcome === undefined),
    )
    if (lacking.length > 0) {
      const { rows: pieces } = await pool.query<{ jobId: string; index: number; outcome: Buffer }>({
        name: 'jobs-pieces',
        text: `SELECT "jobId", index, outcome FROM "JobPiece" WHERE "jobId" = ANY($1)`,
        values: [lacking.map(({ id }) => id)],
      })
      for (const { jobId, index, outcome } of pieces) {
        const part = jobs.get(jobId)!.parts[index]
        if (part?.digest) part.outcome = decode<Outcome>(outcome)
      }
    }
    return [...jobs.values()]
  }

  /** Those asked for while one reading is under way are the next one. */
  const get = createGroupCommit<string, JobRecord | undefined>({
    ...GROUP,
    async commit(ids) {
      const { rows } = await pool.query<Row>({
        name: 'jobs-get',
        text: `SELECT * FROM "Job" WHERE id = ANY($1)`,
        values: [[...new Set(ids)]],
      })
      const found = new Map((await load(rows)).map((job) => [job.id, job]))
      return ids.map((id) => ({ ok: true, value: found.get(id) }))
    },
  })

  return {
    create(job) {
      const fixed = Object.fromEntries(FIXED.map((key) => [key, job[key]]))
      return write({
        table: 'create',
        key: job.id,
        values: [job.id, job.asker, job.status, isOpen(job), job.createdAtMs, encode(fixed), encode(stateOf(job))],
      })
    },
    save,
    async savePiece({ id, parts }, index) {
      const outcome = encode(parts[index]!.outcome!)
      if (outcome.length > INLINE_BYTES)
        await write({ table: 'piece', key: `${id}/${index}`, values: [id, index, outcome] })
    },
    get,
    async list(asker, limit) {
      const { rows } = await pool.query<Row>(
        `SELECT * FROM "Job" WHERE asker = $1 ORDER BY "createdAtMs" DESC, id LIMIT $2`,
        [asker, limit],
      )
      return rows.map(toJob)
    },
    async open() {
      const { rows } = await pool.query<Row>(`SELECT * FROM "Job" WHERE open ORDER BY "createdAtMs", id`)
      return load(rows)
    },
    async saveWork(work) {
      await write({
        table: 'work',
        key: work.work,
        values: [
          work.work,
          work.buyer,
          work.kind,
          work.status,
          work.status === 'agreed' || work.status === 'committed',
          work.priceMicro,
          work.paidMicro,
          work.atMs,
          work.agreement,
          work.answer ?? null,
          work.transferId ?? null,
          work.evidence ?? null,
        ],
      })
    },
    async work(id) {
      const { rows } = await pool.query<WorkRow>(`SELECT * FROM "JobWork" WHERE id = $1`, [id])
      return rows[0] && toWork(rows[0])
    },
    async openWork() {
      const { rows } = await pool.query<WorkRow>(`SELECT * FROM "JobWork" WHERE open ORDER BY "atMs", id`)
      return rows.map(toWork)
    },
    async earnings(sinceMs) {
      const [byDay, total, recent] = await Promise.all([
        pool.query<{ day: string; kind: string; micro: string; parts: string }>(
          `SELECT "atMs" / ${DAY_MS} AS day, kind, sum("paidMicro") AS micro, count(*) AS parts FROM "JobWork"
           WHERE status = 'paid' AND "atMs" >= $1 GROUP BY 1, 2 ORDER BY 1, 2`,
          [sinceMs],
        ),
        pool.query<{ micro: string | null }>(`SELECT sum("paidMicro") AS micro FROM "JobWork" WHERE status = 'paid'`),
        pool.query<WorkRow>(`SELECT * FROM "JobWork" WHERE status = 'paid' ORDER BY "atMs" DESC, id LIMIT ${RECENT}`),
      ])
      return {
        rows: byDay.rows.map(({ day, kind, micro, parts }) => ({
          day: Number(day),
          kind,
          micro: BigInt(micro),
          parts: Number(parts),
        })),
        totalMicro: BigInt(total.rows[0]?.micro ?? '0'),
        recent: recent.rows.map(toWork),
      }
    },
    async openTab({ id, from, to, heldMicro }) {
      await pool.query(
        `INSERT INTO "JobTab" (id, "from", "to", "heldMicro", open) VALUES ($1, $2, $3, $4, true) ON CONFLICT (id) DO NOTHING`,
        [id, from, to, heldMicro],
      )
    },
    async openTabs() {
      const { rows } = await pool.query<Omit<TabRecord, 'heldMicro'> & { heldMicro: string }>(
        `SELECT id, "from", "to", "heldMicro" FROM "JobTab" WHERE open ORDER BY id`,
      )
      return rows.map((row) => ({ ...row, heldMicro: BigInt(row.heldMicro) }))
    },
    async closeTab(id) {
      await pool.query(`UPDATE "JobTab" SET open = false WHERE id = $1`, [id])
    },
    async addReceipt({ id, tab, amountMicro, memo }) {
      await write({ table: 'receipt', key: id, values: [id, tab, amountMicro, memo] })
    },
    async hasReceipt(id) {
      return ((await pool.query(`SELECT 1 FROM "JobReceipt" WHERE id = $1`, [id])).rowCount ?? 0) > 0
    },
    async receipts(tab) {
      const { rows } = await pool.query<Omit<Receipt, 'amountMicro'> & { amountMicro: string }>(
        `SELECT id, tab, "amountMicro", memo FROM "JobReceipt" WHERE tab = $1 ORDER BY id`,
        [tab],
      )
      return rows.map((row) => ({ ...row, amountMicro: BigInt(row.amountMicro) }))
    },
    async standing(owner, kind): Promise<Standing> {
      const { rows } = await pool.query<{ passed: number; failed: number; provenMicro: string }>(
        `SELECT passed, failed, "provenMicro" FROM "JobStanding" WHERE owner = $1 AND kind = $2`,
        [owner, kind],
      )
      const row = rows[0]
      return row ? { ...row, provenMicro: Number(row.provenMicro) } : { passed: 0, failed: 0, provenMicro: 0 }
    },
    async addOutcomes(outcomes, nowMs) {
      for (const { owner, kind, outcome, valueMicro, why } of outcomes)
        await pool.query(
          `INSERT INTO "JobStanding" (owner, kind, passed, failed, lost, "provenMicro", "updatedAtMs", why)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT (owner, kind) DO UPDATE SET passed = CASE WHEN $4 > 0 THEN 0 ELSE "JobStanding".passed + $3 END,
             failed = "JobStanding".failed + $4, lost = "JobStanding".lost + $5,
             "provenMicro" = "JobStanding"."provenMicro" + $6, "updatedAtMs" = $7, why = $8`,
          [
            owner,
            kind,
            outcome === 'confirmed' ? 1 : 0,
            outcome === 'wrong' ? 1 : 0,
            outcome === 'lost' ? 1 : 0,
            outcome === 'confirmed' ? valueMicro : 0n,
            nowMs,
            why,
          ],
        )
    },
  }
}

const toJob = ({ id, request, state }: Row): JobRecord =>
  ({ id, ...decode<object>(request), ...decode<object>(state) }) as JobRecord

const saveOf = (job: JobRecord): Write => ({
  table: 'save',
  key: job.id,
  // Encoded when it is its turn, not before: it may have changed while it waited.
  get values() {
    return [job.id, job.status, isOpen(job), encode(stateOf(job))]
  },
})

function stateOf(job: JobRecord) {
  const { status, updatedAtMs, unsettled, stages, error, resultCid, finishedAtMs, parts } = job
  const state = { status, updatedAtMs, unsettled, stages, error, resultCid, finishedAtMs, parts: parts.map(partOf) }
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined))
}

/** A large outcome has a row of its own. */
function partOf({ outcome, ...part }: PartState) {
  const small = outcome !== undefined && encode(outcome).length <= INLINE_BYTES
  return { ...part, ...(small && { outcome }) }
}

type WorkRow = Omit<WorkRecord, 'work' | 'atMs' | 'answer' | 'transferId' | 'evidence'> & {
  id: string
  atMs: string
  answer: Uint8Array | null
  transferId: string | null
  evidence: string | null
}
const toWork = ({ id, atMs, answer, transferId, evidence, ...row }: WorkRow): WorkRecord => ({
  work: id,
  buyer: row.buyer,
  kind: row.kind,
  status: row.status,
  priceMicro: String(row.priceMicro),
  paidMicro: String(row.paidMicro),
  atMs: Number(atMs),
  agreement: row.agreement,
  ...(answer && { answer }),
  ...(transferId && { transferId }),
  ...(evidence && { evidence }),
})
