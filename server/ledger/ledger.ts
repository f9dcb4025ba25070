/** Credits: posts entries in one order, answers what stands, and checks its own books. Rules in SPEC.md. */
import { randomBytes } from 'node:crypto'
import type { Clock } from '../lib/clock.ts'
import {
  AUDIT_PAGE_TRANSFERS,
  MINT_ACCOUNT_DAY_MAX_MICRO,
  MINT_DAY_MAX_MICRO,
  STATEMENT_DEFAULT_LINES,
  STATEMENT_MAX_LINES,
  TRANSFER_BATCH_MAX,
  TRANSFER_QUEUE_MAX,
} from '../limits.ts'
import { MEMO_SALT_BYTES } from '../protocol/ledger-entry.ts'
import { createGroupCommit } from '../storage/group-commit.ts'
import { audit } from './audit.ts'
import { LedgerError } from './errors.ts'
import { flaw } from './flaw.ts'
import { issues } from './names.ts'
import { post } from './posting.ts'
import { balanceOf } from './steps.ts'
import { supplyOf } from './supply.ts'
import type { Ledger, LedgerAsked, LedgerInput, LedgerStore, MintLimits, Transfer, TransferResult } from './types.ts'

type Batch = readonly LedgerInput[]
type Listener = (entries: readonly Transfer[]) => void

const MINT_LIMITS: MintLimits = { accountDayMicro: MINT_ACCOUNT_DAY_MAX_MICRO, dayMicro: MINT_DAY_MAX_MICRO }
const ENDS = { post: 'posted', void: 'voided', expire: 'expired' } as const

export type LedgerParts = { readonly store: LedgerStore; readonly clock: Clock }
export type LedgerOptions = { readonly mint?: MintLimits }

export function createLedger({ store, clock }: LedgerParts, { mint = MINT_LIMITS }: LedgerOptions = {}): Ledger {
  const listeners = new Set<Listener>()
  let stopped: string | undefined
  const transfer = createGroupCommit<Batch, readonly TransferResult[]>({
    sizeOf: (batch) => batch.length,
    maxCommit: TRANSFER_BATCH_MAX,
    maxWaiting: TRANSFER_QUEUE_MAX,
    overloaded: () => new LedgerError('ledger_overloaded', 'Too many transfers wait; send them again later.'),
    commit: async (batches) => (await postAll(batches)).map((value) => ({ ok: true, value })),
  })

  /** All batches that waited, in one transaction. */
  async function postAll(batches: readonly Batch[]): Promise<readonly (readonly TransferResult[])[]> {
    if (stopped !== undefined) throw new LedgerError('ledger_stopped', `Nothing is posted any more: ${stopped}`)
    let results: readonly (readonly TransferResult[])[] = []
    let entries: readonly Transfer[] = []
    await store.post(askedBy(batches, clock.now()), (found) => {
      const posted = post(batches, found, mint, () => new Uint8Array(randomBytes(MEMO_SALT_BYTES)))
      results = posted.results
      entries = posted.change.transfers
      return posted.change
    })
    if (entries.length > 0) for (const listener of listeners) listener(entries)
    return results
  }

  return {
    async transfer(inputs) {
      if (inputs.length > TRANSFER_BATCH_MAX) {
        throw new LedgerError('batch_too_large', `A batch carries at most ${TRANSFER_BATCH_MAX} transfers.`)
      }
      return inputs.length === 0 ? [] : await transfer(inputs)
    },
    async balance(account) {
      const found = await store.account(account)
      return found ? balanceOf(found) : 0n
    },
    account: (account) => store.account(account),
    statement(account, { before = Number.MAX_SAFE_INTEGER, limit = STATEMENT_DEFAULT_LINES } = {}) {
      return store.statement(account, before, Math.max(0, Math.min(limit, STATEMENT_MAX_LINES)))
    },
    find: (id) => store.find(id),
    async pending(id) {
      if ((await store.find(id))?.kind !== 'pending') return undefined
      const end = await store.endOf(id)
      return end ? ENDS[end.kind as keyof typeof ENDS] : 'open'
    },
    entries: (fromIndex, limit) => store.page(fromIndex, Math.max(0, Math.min(limit, AUDIT_PAGE_TRANSFERS))),
    onCommitted(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async expireDue() {
      let ended = 0
      const count: Listener = (entries) => {
        ended += entries.filter(({ kind }) => kind === 'expire').length
      }
      listeners.add(count)
      try {
        // Other postings end some of them meanwhile, so the books are asked each time.
        while (await store.hasDue(clock.now())) await transfer([])
      } finally {
        listeners.delete(count)
      }
      return ended
    },
    supply: () => supplyOf(store, clock.now(), mint),
    stop(why) {
      stopped ??= why
    },
    audit: () => audit(store),
  }
}

/** What the inputs need to see of the books. What is refused at sight is not looked up: it may hold what the database cannot even read. */
function askedBy(batches: readonly Batch[], nowMs: number): LedgerAsked {
  const ids = new Set<string>()
  const pendingIds = new Set<string>()
  const accounts = new Set<string>()
  const payees = new Set<string>()
  for (const input of batches.flat()) {
    if (flaw(input) !== undefined) continue
    ids.add(input.id)
    if (input.kind === 'post' || input.kind === 'void') pendingIds.add(input.pendingId)
    else if (input.kind === 'freeze' || input.kind === 'thaw') accounts.add(input.account)
    else {
      accounts.add(input.from).add(input.to)
      if (issues(input.from) && !issues(input.to)) payees.add(input.to)
    }
  }
  return { ids: [...ids], pendingIds: [...pendingIds], accounts: [...accounts], payees: [...payees], nowMs }
}
