/** Jobs, the work done for others' jobs, and what is known of workers. */
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
import type { Database } from './database.ts'
import { createGroupCommit } from './group-commit.ts'
import { createJobWrites, JOB_GROUP, type JobRow } from './jobs-writes.ts'

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

export function createJobStore({ pool }: Pick<Database, 'pool'>): JobStore {
  const write = createJobWrites({ pool })
  const writeOne = async (row: JobRow) => void (await write({ size: 1, rows: () => [row] }))

  /** States that wait for their turn: a job that is saved again meanwhile is written once, as it is by then. */
  type Waiting = { job: JobRecord; readonly receipts: Receipt[]; readonly done: Promise<unknown> }
  const waiting = new Map<string, Waiting>()
  async function save(job: JobRecord, receipts: readonly Receipt[] = []): Promise<void> {
    const there = waiting.get(job.id)
    if (there) {
      there.job = job
      there.receipts.push(...receipts)
      await there.done
      return
    }
    const rows = (): readonly JobRow[] => {
      if (waiting.get(job.id) === mine) waiting.delete(job.id)
      return [stateRow(mine.job), ...mine.receipts.map(receiptRow)]
    }
    const mine: Waiting = { job, receipts: [...receipts], done: write({ size: 1 + receipts.length, rows }) }
    waiting.set(job.id, mine)
    try {
      await mine.done
    } finally {
      // Where it failed before its turn had come.
      if (waiting.get(job.id) === mine) waiting.delete(job.id)
    }
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
    ...JOB_GROUP,
    sizeOf: () => 1,
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
    async create(job) {
      const fixed = Object.fromEntries(FIXED.map((key) => [key, job[key]]))
      const { id, asker, status, createdAtMs } = job
      const values = [id, asker, status, isOpen(job), createdAtMs, encode(fixed), encode(stateOf(job))]
      const made = await write({ size: 1, rows: () => [{ table: 'create', key: id, values }] })
      return made.has(id)
    },
    save,
    async savePiece({ id, parts }, index) {
      const outcome = parts[index]!.outcome!
      if (!isInline(outcome))
        await writeOne({ table: 'piece', key: `${id}/${index}`, values: [id, index, encode(outcome)] })
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
      await writeOne({
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
    addReceipt: (receipt) => writeOne(receiptRow(receipt)),
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

const stateRow = (job: JobRecord): JobRow => ({
  table: 'save',
  key: job.id,
  values: [job.id, job.status, isOpen(job), encode(stateOf(job))],
})
const receiptRow = ({ id, tab, amountMicro, memo }: Receipt): JobRow => ({
  table: 'receipt',
  key: id,
  values: [id, tab, amountMicro, memo],
})

function stateOf(job: JobRecord) {
  const { status, updatedAtMs, unsettled, stages, error, resultCid, finishedAtMs, parts } = job
  const state = { status, updatedAtMs, unsettled, stages, error, resultCid, finishedAtMs, parts: parts.map(partOf) }
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined))
}

/** A large outcome has a row of its own. */
function partOf({ outcome, ...part }: PartState) {
  return { ...part, ...(outcome && isInline(outcome) && { outcome }) }
}
/** Found out once: an outcome does not change. */
const inline = new WeakMap<Outcome, boolean>()
function isInline(outcome: Outcome): boolean {
  const known = inline.get(outcome) ?? encode(outcome).length <= INLINE_BYTES
  inline.set(outcome, known)
  return known
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
