/**
 * One posting: what it needs to see is read, what was decided is written, each in as few statements as can be. Only what is new to
 * this process is read: accounts stay in mind as long as the last entry is the one that this process wrote.
 */
import type { PoolClient } from 'pg'
import type {
  AccountId,
  LedgerAccount,
  LedgerAsked,
  LedgerChange,
  LedgerFound,
  LedgerStore,
  Transfer,
} from '../ledger/types.ts'
import { LEDGER_ACCOUNTS_IN_MIND_MAX, PENDING_EXPIRED_PER_COMMIT } from '../limits.ts'
import type { Database } from './database.ts'
import {
  type AccountRow,
  ENTRY,
  type EntryRow,
  type MintedRow,
  SELECT_ACCOUNT,
  toAccount,
  toEntry,
} from './ledger-rows.ts'
import { inTransaction } from './transaction.ts'

/**
 * Posting takes this lock, so entries have one order and no two batches wait for each other in a circle. Whole tables are never
 * the way: a plan that was made and kept while they were small would be.
 */
const BEGIN =
  'BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL enable_seqscan = off; SELECT pg_advisory_xact_lock(4705831)'

/** What stands under the ids, the ends of pending entries, those whose time is over, and the last entry, each said to be what. */
const FIND = {
  name: 'ledger-find',
  text: `SELECT ${ENTRY}, 'known' AS role FROM "LedgerTransfer" e WHERE e.id = ANY($1)
         UNION ALL SELECT ${ENTRY}, 'end' FROM "LedgerTransfer" e WHERE e."pendingId" IS NOT NULL AND e."pendingId" = ANY($2)
         UNION ALL SELECT * FROM (SELECT ${ENTRY}, 'due' FROM "LedgerPending" p JOIN "LedgerTransfer" e ON e.id = p.id
           WHERE p."expiresAtMs" <= $3 ORDER BY p."expiresAtMs", p.id LIMIT ${PENDING_EXPIRED_PER_COMMIT}) due
         UNION ALL SELECT * FROM (SELECT ${ENTRY}, 'last' FROM "LedgerTransfer" e ORDER BY e.index DESC LIMIT 1) last`,
}
const FIND_ACCOUNTS = { name: 'ledger-accounts', text: `${SELECT_ACCOUNT} WHERE id = ANY($1)` }
const FIND_MINTED = {
  name: 'ledger-minted',
  text: `SELECT account, "amountMicro" FROM "LedgerMinted" WHERE day = $1 AND account = ANY($2)`,
}

const INSERT_ENTRIES = `INSERT INTO "LedgerTransfer"
  (id, index, kind, "from", "to", "amountMicro", code, memo, "atMs", "pendingId", "expiresAtMs", "memoSalt")
  SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
    $9::bigint[], $10::text[], $11::bigint[], $22::bytea[])`
const SET_ACCOUNTS = `UPDATE "LedgerAccount" a SET "debitsPendingMicro" = n.dp, "debitsPostedMicro" = n.d,
    "creditsPendingMicro" = n.cp, "creditsPostedMicro" = n.c, frozen = n.frozen
  FROM unnest($12::text[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::boolean[]) AS n(id, dp, d, cp, c, frozen)
  WHERE a.id = n.id`
const ADD_TOTALS = `INSERT INTO "LedgerTotal" AS t (code, way, entries, "amountMicro")
  SELECT * FROM unnest($18::text[], $19::text[], $20::bigint[], $21::bigint[])
  ON CONFLICT (code, way) DO UPDATE SET entries = t.entries + EXCLUDED.entries, "amountMicro" = t."amountMicro" + EXCLUDED."amountMicro"`
const OPEN_PENDING = `INSERT INTO "LedgerPending" (id, "expiresAtMs") SELECT * FROM unnest($23::text[], $24::bigint[])`
const END_PENDING = `DELETE FROM "LedgerPending" WHERE id = ANY($25)`
/** One statement for a batch: every row once. */
const WRITE = {
  name: 'ledger-write',
  text: `WITH entries AS (${INSERT_ENTRIES}), accounts AS (${SET_ACCOUNTS}), opened AS (${OPEN_PENDING}), ended AS (${END_PENDING}) ${ADD_TOTALS}`,
}
const OPEN_ACCOUNTS = {
  name: 'ledger-accounts-new',
  text: `INSERT INTO "LedgerAccount" (id, "mayGoNegative") SELECT * FROM unnest($1::text[], $2::boolean[])`,
}
const SET_MINTED = {
  name: 'ledger-mint',
  text: `INSERT INTO "LedgerMinted" (day, account, "amountMicro") SELECT $1, * FROM unnest($2::text[], $3::bigint[])
         ON CONFLICT (day, account) DO UPDATE SET "amountMicro" = EXCLUDED."amountMicro"`,
}
const UNIQUE_VIOLATION = '23505'

const dayOf = (atMs: number) => Math.floor(atMs / 86_400_000)

/** `sure`: whether ids of new entries are looked up too. */
type Look = LedgerAsked & { readonly sure: boolean }

export function createPosting({ pool }: Pick<Database, 'pool'>): LedgerStore['post'] {
  const mind = createMind()

  async function attempt(asked: Look, decide: (found: LedgerFound) => LedgerChange): Promise<void> {
    const posted = async (client: PoolClient) => {
      let found = await read(client, asked, mind)
      let change = decide(found)
      if (change.doubtful && !found.sure) {
        found = await read(client, { ...asked, sure: true }, mind)
        change = decide(found)
      }
      if (change.transfers.length > 0) await write(client, change, found)
      return change
    }
    try {
      mind.keep(await inTransaction(pool, posted, BEGIN))
    } catch (error) {
      mind.forget()
      throw error
    }
  }

  /** Ids are nearly always new: whether one stands is looked up only where that was not so, or where something was refused. */
  return async (asked, decide) => {
    try {
      await attempt({ ...asked, sure: false }, decide)
    } catch (error) {
      if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error
      await attempt({ ...asked, sure: true }, decide)
    }
  }
}

/** Accounts as this process last wrote them: they are right as long as nobody has written an entry since. */
type Mind = ReturnType<typeof createMind>

function createMind() {
  const accounts = new Map<AccountId, LedgerAccount>()
  let last: Transfer | undefined
  const forget = () => {
    accounts.clear()
    last = undefined
  }
  return {
    forget,
    /** Those known under the last entry of the database. */
    under(entry: Transfer | undefined): ReadonlyMap<AccountId, LedgerAccount> {
      if (entry?.index !== last?.index || entry?.id !== last?.id || entry?.atMs !== last?.atMs) forget()
      return accounts
    },
    keep({ accounts: written, transfers }: LedgerChange): void {
      if (transfers.length === 0) return
      if (accounts.size + written.length > LEDGER_ACCOUNTS_IN_MIND_MAX) accounts.clear()
      for (const account of written) accounts.set(account.id, account)
      last = transfers.at(-1)
    },
  }
}

async function read(client: PoolClient, asked: Look, mind: Mind): Promise<LedgerFound> {
  const { pendingIds, payees, nowMs, sure } = asked
  const ids = sure ? asked.ids : []
  const { rows } = await client.query<EntryRow & { role: string }>({
    ...FIND,
    values: [pendingIds.length > 0 ? [...ids, ...pendingIds] : ids, pendingIds, nowMs],
  })
  const of = (role: string) => rows.filter((row) => row.role === role).map(toEntry)
  const [last] = of('last')
  const transfers = new Map(of('known').map((entry) => [entry.id, entry]))
  const due = of('due')
  const touched = [...pendingIds.flatMap((id) => transfers.get(id) ?? []), ...due].flatMap(({ from, to }) => [
    from,
    to,
  ])
  const atMs = Math.max(nowMs, last?.atMs ?? 0)
  return {
    sure,
    transfers,
    ends: new Map(of('end').map((entry) => [entry.pendingId!, entry])),
    due,
    accounts: await accountsOf(client, [...asked.accounts, ...touched], mind.under(last)),
    minted: payees.length === 0 ? new Map() : await mintedTo(client, dayOf(atMs), payees),
    nextIndex: last ? last.index + 1 : 0,
    atMs,
  }
}

async function accountsOf(
  client: PoolClient,
  ids: readonly AccountId[],
  known: ReadonlyMap<AccountId, LedgerAccount>,
) {
  const accounts = new Map<AccountId, LedgerAccount>()
  const unknown: AccountId[] = []
  for (const id of ids) {
    const account = known.get(id)
    if (account) accounts.set(id, account)
    else unknown.push(id)
  }
  if (unknown.length > 0) {
    const { rows } = await client.query<AccountRow>({ ...FIND_ACCOUNTS, values: [unknown] })
    for (const row of rows) accounts.set(row.id, toAccount(row))
  }
  return accounts
}

async function mintedTo(client: PoolClient, day: number, payees: readonly string[]) {
  const { rows } = await client.query<MintedRow>({ ...FIND_MINTED, values: [day, ['', ...payees]] })
  return new Map(rows.map(({ account, amountMicro }) => [account, BigInt(amountMicro)]))
}

async function write(
  client: PoolClient,
  change: LedgerChange,
  { accounts: known, atMs }: LedgerFound,
): Promise<void> {
  const { accounts, minted } = change
  const fresh = accounts.filter(({ id }) => !known.has(id))
  if (fresh.length > 0)
    await client.query({
      ...OPEN_ACCOUNTS,
      values: [fresh.map(({ id }) => id), fresh.map(({ mayGoNegative }) => mayGoNegative)],
    })
  await client.query({ ...WRITE, values: valuesOf(change) })
  if (minted.size > 0)
    await client.query({ ...SET_MINTED, values: [dayOf(atMs), [...minted.keys()], [...minted.values()]] })
}

const valuesOf = ({ transfers, accounts, totals, opened, ended }: LedgerChange): unknown[] => [
  transfers.map(({ id }) => id),
  transfers.map(({ index }) => index),
  transfers.map(({ kind }) => kind),
  transfers.map(({ from }) => from),
  transfers.map(({ to }) => to),
  transfers.map(({ amountMicro }) => amountMicro),
  transfers.map(({ code }) => code),
  transfers.map(({ memo }) => memo ?? null),
  transfers.map(({ atMs }) => atMs),
  transfers.map(({ pendingId }) => pendingId ?? null),
  transfers.map(({ expiresAtMs }) => expiresAtMs ?? null),
  accounts.map(({ id }) => id),
  accounts.map(({ debitsPendingMicro }) => debitsPendingMicro),
  accounts.map(({ debitsPostedMicro }) => debitsPostedMicro),
  accounts.map(({ creditsPendingMicro }) => creditsPendingMicro),
  accounts.map(({ creditsPostedMicro }) => creditsPostedMicro),
  accounts.map(({ frozen }) => frozen),
  totals.map(({ code }) => code),
  totals.map(({ way }) => way),
  totals.map(({ entries }) => entries),
  totals.map(({ amountMicro }) => amountMicro),
  transfers.map(({ memoSalt }) => (memoSalt ? Buffer.from(memoSalt) : null)),
  opened.map(({ id }) => id),
  opened.map(({ expiresAtMs }) => expiresAtMs),
  ended,
]
