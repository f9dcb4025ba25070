/** Writes of jobs and of work, in groups: whatever waits at once is one statement, and so one commit. */
import type { PoolClient } from 'pg'
import { JOB_WRITES_GROUP, JOB_WRITES_WAITING_MAX } from '../limits.ts'
import type { Database } from './database.ts'
import { createGroupCommit } from './group-commit.ts'

/** A row in the making. Of several of one table and key in one group the last counts. */
export type JobRow = {
  readonly table: keyof typeof TABLES
  readonly key: string
  readonly values: readonly unknown[]
}
/** Rows that are written together or not at all: asked for when it is their turn, for much may have changed while they waited. */
export type JobRows = { readonly size: number; rows(): readonly JobRow[] }

/** What of the market's records waits for the database at once has one limit. */
export const JOB_GROUP = {
  maxCommit: JOB_WRITES_GROUP,
  maxWaiting: JOB_WRITES_WAITING_MAX,
  overloaded: () =>
    Object.assign(new Error('Too many jobs are being written down or read.'), { code: 'busy', status: 503 }),
} as const

const TABLES = {
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
} as const satisfies Readonly<Record<string, { readonly types: readonly string[]; readonly text: string }>>
const NAMES = Object.keys(TABLES) as readonly (keyof typeof TABLES)[]

/** All tables at once; a job is created in an earlier group than the one that first saves it, for each part sees the tables as they were. */
const WRITE = { name: 'jobs-write', text: statement() }

function statement(): string {
  let n = 0
  const parts = NAMES.map((name) => {
    const { types, text } = TABLES[name]
    const columns = types.map((type) => `$${++n}::${type}[]`).join(', ')
    return `"${name}" AS (${text.replace('$', () => columns)})`
  })
  return `WITH ${parts.join(', ')} SELECT id FROM "create"`
}

/** Each resolves with the ids of the jobs that its group has made. */
export function createJobWrites({ pool }: Pick<Database, 'pool'>) {
  let client: PoolClient | undefined
  return createGroupCommit<JobRows, ReadonlySet<string>>({
    ...JOB_GROUP,
    sizeOf: ({ size }) => size,
    async ready() {
      client = await pool.connect()
    },
    async commit(group) {
      const held = client!
      try {
        const { rows } = await held.query<{ id: string }>({
          ...WRITE,
          values: valuesOf(group.flatMap((one) => one.rows())),
        })
        held.release()
        const made = new Set(rows.map(({ id }) => id))
        return group.map(() => ({ ok: true, value: made }))
      } catch (error) {
        held.release(true)
        throw error
      }
    },
  })
}

/** Columns of each table, its rows in the order of their keys: whoever writes the same rows takes their locks in the same order. */
function valuesOf(rows: readonly JobRow[]): unknown[] {
  return NAMES.flatMap((name) => {
    const last = new Map<string, readonly unknown[]>()
    for (const { table, key, values } of rows) if (table === name) last.set(key, values)
    const sorted = [...last].sort(([a], [b]) => (a < b ? -1 : 1))
    return TABLES[name].types.map((_, i) => sorted.map(([, values]) => values[i]))
  })
}
