/** Credits: one's own account and its statement, and transfers from it; where all credits came from and went. */

import type { Accounts, Principal } from '../../../accounts/types.ts'
import type { Agents } from '../../../agents/types.ts'
import type {
  Ledger,
  LedgerAccount,
  Supply,
  Transfer,
  TransferRefusal,
  TransferResult,
} from '../../../ledger/types.ts'
import { HTTP_PAGE_MAX, STATEMENT_CSV_MAX_LINES, STATEMENT_MAX_LINES, SUPPLY_FRESH_MS } from '../../../limits.ts'
import type { Network } from '../../../link/types.ts'
import * as api from '../../../protocol/api.ts'
import type { PlayerId } from '../../../protocol/ids.ts'
import type { ProblemCode } from '../../../protocol/problems.ts'
import { ownPrefix, shownId, statementCsv } from '../../../protocol/statement-csv.ts'
import { HttpProblem } from '../problem.ts'
import { type Answer, ok, type Route, route } from '../route.ts'

export type LedgerParts = {
  readonly ledger: Ledger
  readonly accounts: Pick<Accounts, 'person'>
  readonly agents?: Pick<Agents, 'get'>
  /** Whose nodes are known here. */
  readonly network?: Pick<Network, 'nodes'>
}

export function ledgerRoutes({ ledger, accounts, agents, network }: LedgerParts): readonly Route[] {
  const supply = fresh(SUPPLY_FRESH_MS, () => ledger.supply())
  return [
    route({
      method: 'get',
      path: '/api/v1/ledger/accounts/:id',
      access: 'person',
      summary: "Balance and statement of one's own account (`me`, `player:…`, or an agent's); staff see every one",
      query: api.StatementQuery,
      answers: { 200: api.LedgerAccount },
      run: async ({ me, params, query }) => {
        const account = await visible(params.id!, me)
        const limit = query.limit ?? HTTP_PAGE_MAX
        const [found, statement] = await Promise.all([
          ledger.account(account),
          ledger.statement(account, { before: query.before, limit }),
        ])
        const next = statement.length === limit ? statement.at(-1)!.index : undefined
        return ok({
          account,
          ...figuresOf(found),
          statement: statement.map((each) => shown(each, me.playerId)),
          ...(next === undefined || next === 0 ? {} : { next }),
        })
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/ledger/accounts/:id/statement.csv',
      access: 'person',
      summary: 'The statement as CSV, newest first, 10,000 lines at most; ask on with `before` = the last index',
      query: api.StatementQuery.pick({ before: true }),
      answers: { 200: 'text/csv' },
      run: async ({ me, params, query }) => {
        const account = await visible(params.id!, me)
        const entries: Transfer[] = []
        let before = query.before
        while (entries.length < STATEMENT_CSV_MAX_LINES) {
          const page = await ledger.statement(account, { before, limit: STATEMENT_MAX_LINES })
          entries.push(...page)
          before = page.at(-1)?.index
          if (page.length < STATEMENT_MAX_LINES) break
        }
        return {
          status: 200,
          text: { type: 'text/csv; charset=utf-8', value: statementCsv(account, entries, me.playerId) },
          headers: { 'content-disposition': 'attachment; filename="statement.csv"' },
        }
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/ledger/supply',
      access: 'public',
      summary: 'Where credits came from and went, by code, and that it comes to what there is',
      answers: { 200: api.Supply },
      run: async () => ok(supplyShown(await supply())),
    }),
    route({
      method: 'post',
      path: '/api/v1/ledger/transfers',
      access: 'person',
      summary: "Send credits from one's own account",
      body: api.TransferBody,
      answers: { 200: api.TransferAnswer, 201: api.TransferAnswer },
      run: async ({ me, body }) => {
        const to = accountOf(body.to)
        if (!(await exists(to))) throw new HttpProblem('unknown_account')
        const input = {
          id: ownId(me.playerId, body.id),
          from: accountOf(me.playerId),
          to,
          amountMicro: BigInt(body.amountMicro),
          code: 'transfer',
          memo: body.memo,
        } as const
        const [result] = await ledger.transfer([input])
        return answer(result!, me.playerId)
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/ledger/accounts/:id/freeze',
      access: 'admin',
      summary: 'Stop, or let on, whatever goes from and to an account',
      body: api.FreezeBody,
      answers: { 200: api.TransferAnswer, 201: api.TransferAnswer },
      run: async ({ me, params, body }) => {
        const kind = body.frozen ? 'freeze' : 'thaw'
        const input = {
          kind,
          id: ownId(me.playerId, body.id),
          account: accountOf(params.id!),
          memo: body.reason,
        } as const
        const [result] = await ledger.transfer([input])
        return answer(result!, me.playerId)
      },
    }),
  ]

  /** The account that is asked for, when it is one's own or one is of the staff. */
  async function visible(id: string, me: Principal): Promise<string> {
    const account = id === 'me' ? accountOf(me.playerId) : accountOf(id)
    if (!(await isMine(account, me)) && !isStaff(me)) throw new HttpProblem('forbidden')
    return account
  }

  async function isMine(account: string, { playerId }: Principal): Promise<boolean> {
    if (account === accountOf(playerId)) return true
    const agent = /^agent:(.+)$/.exec(account)?.[1]
    return agent !== undefined && agents !== undefined && (await agents.get(playerId, agent)).ok
  }

  /** Only people, and owners who have had credits before or have a node here, can be paid from here: a mistyped account would swallow them. */
  async function exists(account: string): Promise<boolean> {
    const owner = /^owner:([0-9a-f]{64})$/.exec(account)?.[1]
    if (owner !== undefined)
      return (
        (await ledger.account(account)) !== undefined ||
        ((await network?.nodes()) ?? []).some((node) => node.owner === owner)
      )
    const player = /^player:(.+)$/.exec(account)?.[1]
    return player !== undefined && (await accounts.person(player)) !== undefined
  }
}

const isStaff = ({ roles }: Principal) => roles.includes('moderator') || roles.includes('admin')

const accountOf = (id: string): string => (/^(player|agent)_/.test(id) ? `${id.slice(0, id.indexOf('_'))}:${id}` : id)

function figuresOf(found: LedgerAccount | undefined) {
  const {
    debitsPendingMicro = 0n,
    debitsPostedMicro = 0n,
    creditsPendingMicro = 0n,
    creditsPostedMicro = 0n,
  } = found ?? {}
  const balance = creditsPostedMicro - debitsPostedMicro
  return {
    balanceMicro: String(balance),
    availableMicro: String(balance - debitsPendingMicro),
    setAsideMicro: String(debitsPendingMicro),
    comingMicro: String(creditsPendingMicro),
    frozen: found?.frozen ?? false,
  }
}

function supplyShown({ totals, limits, atMs, entries, ...sums }: Supply) {
  const texts = Object.fromEntries(Object.entries(sums).map(([name, micro]) => [name, String(micro)]))
  return {
    atMs,
    entries,
    totals: totals.map((total) => ({ ...total, amountMicro: String(total.amountMicro) })),
    ...texts,
    limits: { accountDayMicro: String(limits.accountDayMicro), dayMicro: String(limits.dayMicro) },
  }
}

/** The last answer while it is fresh; those who ask meanwhile wait for the same one. */
function fresh<T>(forMs: number, ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly atMs: number; readonly answer: Promise<T> } | undefined
  return () => {
    if (last && performance.now() - last.atMs < forMs) return last.answer
    const answer = ask()
    last = { atMs: performance.now(), answer }
    answer.catch(() => {
      last = undefined
    })
    return answer
  }
}

/** The account was looked up before, and the id and memo parsed: what is left of those two is a body of the wrong shape. */
const REASONS: Readonly<Partial<Record<TransferRefusal, ProblemCode>>> = {
  insufficient_funds: 'insufficient_funds',
  id_taken_by_other_transfer: 'id_taken_by_other_transfer',
  same_account: 'same_account',
  bad_amount: 'bad_amount',
  unknown_account: 'unknown_account',
  account_frozen: 'account_frozen',
  mint_limit: 'mint_limit',
}

const ownId = (player: PlayerId, id: string): string => ownPrefix(player) + id

function shown({ memoSalt: _, ...transfer }: Transfer, player: PlayerId) {
  return { ...transfer, id: shownId(transfer.id, player), amountMicro: String(transfer.amountMicro) }
}

function answer(result: TransferResult, player: PlayerId): Answer {
  if (result.status === 'refused') throw new HttpProblem(REASONS[result.reason] ?? 'invalid_body')
  return {
    status: result.status === 'created' ? 201 : 200,
    body: { status: result.status, transfer: shown(result.transfer, player) },
  }
}
