/** Keeps accounts and entries. What may be posted is decided by server/ledger; here it is made whole and ordered. */
import type { PoolClient } from 'pg'
import type { LedgerStore } from '../ledger/types.ts'
import type { Database } from './database.ts'
import { createPosting } from './ledger-posting.ts'
import {
  type AccountRow,
  ENTRY,
  type EntryRow,
  type MintedRow,
  SELECT_ACCOUNT,
  type TotalRow,
  toAccount,
  toEntry,
  toTotal,
} from './ledger-rows.ts'
import { inTransaction } from './transaction.ts'

/** One moment for several statements. */
const BEGIN_LOOK = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'
const SELECT_ENTRY = `SELECT ${ENTRY} FROM "LedgerTransfer" e`

export function createLedgerStore({ pool }: Database): LedgerStore {
  const entries = async (sql: string, values: unknown[]) =>
    (await pool.query<EntryRow>(sql, values)).rows.map(toEntry)

  const atOneMoment = <T>(work: (client: PoolClient) => Promise<T>) => inTransaction(pool, work, BEGIN_LOOK)

  return {
    post: createPosting({ pool }),

    async account(id) {
      const { rows } = await pool.query<AccountRow>(`${SELECT_ACCOUNT} WHERE id = $1`, [id])
      return rows[0] && toAccount(rows[0])
    },

    statement(account, before, limit) {
      // Each half by its own index; an OR would read the whole table.
      const half = (side: string) =>
        `(${SELECT_ENTRY} WHERE e."${side}" = $1 AND e.index < $2 ORDER BY e.index DESC LIMIT $3)`
      return entries(`${half('from')} UNION ALL ${half('to')} ORDER BY index DESC LIMIT $3`, [account, before, limit])
    },

    async find(id) {
      return (await entries(`${SELECT_ENTRY} WHERE e.id = $1`, [id]))[0]
    },
    async endOf(pendingId) {
      return (await entries(`${SELECT_ENTRY} WHERE e."pendingId" = $1`, [pendingId]))[0]
    },
    async hasDue(nowMs) {
      const { rowCount } = await pool.query('SELECT FROM "LedgerPending" WHERE "expiresAtMs" <= $1 LIMIT 1', [nowMs])
      return (rowCount ?? 0) > 0
    },

    standing: () => atOneMoment(look),

    async totals(day) {
      return atOneMoment(async (client) => {
        const totals = await client.query<TotalRow>('SELECT * FROM "LedgerTotal" ORDER BY code, way')
        const { rows } = await client.query<Record<string, string>>(SUMS, [day])
        const sums = rows[0]!
        return {
          entries: Number(sums.entries),
          totals: totals.rows.map(toTotal),
          heldMicro: BigInt(sums.held!),
          burntMicro: BigInt(sums.burnt!),
          pendingMicro: BigInt(sums.pending!),
          mintedTodayMicro: BigInt(sums.minted!),
        }
      })
    },

    page(fromIndex, limit) {
      return entries(`${SELECT_ENTRY} WHERE e.index >= $1 ORDER BY e.index LIMIT $2`, [fromIndex, limit])
    },
  }
}

const COUNT = `(SELECT coalesce(max(index) + 1, 0) FROM "LedgerTransfer")`
const SUMS = `SELECT ${COUNT} AS entries,
    coalesce(sum("creditsPostedMicro" - "debitsPostedMicro") FILTER (WHERE NOT "mayGoNegative" AND id <> 'academy:burnt'), 0) AS held,
    coalesce(sum("creditsPostedMicro" - "debitsPostedMicro") FILTER (WHERE id = 'academy:burnt'), 0) AS burnt,
    coalesce(sum("debitsPendingMicro") FILTER (WHERE NOT "mayGoNegative"), 0) AS pending,
    (SELECT coalesce(sum("amountMicro"), 0) FROM "LedgerMinted" WHERE day = $1 AND account = '') AS minted
  FROM "LedgerAccount"`

async function look(client: PoolClient) {
  const accounts = await client.query<AccountRow>(`${SELECT_ACCOUNT} ORDER BY id`)
  const pending = await client.query<{ id: string }>('SELECT id FROM "LedgerPending" ORDER BY id')
  const totals = await client.query<TotalRow>('SELECT * FROM "LedgerTotal" ORDER BY code, way')
  const minted = await client.query<MintedRow>(`SELECT day, "amountMicro" FROM "LedgerMinted" WHERE account = ''`)
  const count = await client.query<{ n: string }>('SELECT count(*) AS n FROM "LedgerTransfer"')
  return {
    entries: Number(count.rows[0]!.n),
    accounts: accounts.rows.map(toAccount),
    pending: pending.rows.map(({ id }) => id),
    totals: totals.rows.map(toTotal),
    minted: new Map(minted.rows.map(({ day, amountMicro }) => [day, BigInt(amountMicro)])),
  }
}
