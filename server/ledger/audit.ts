/** Replays every entry from nothing and says where the books do not agree with it. */
import { AUDIT_PAGE_TRANSFERS } from '../limits.ts'
import { issues } from './names.ts'
import { createReplay, type Replay } from './replay.ts'
import { balanceOf } from './steps.ts'
import type { LedgerAccount, LedgerStanding, LedgerStore } from './types.ts'

export type AuditReport = { readonly transfers: number; readonly problems: readonly string[] }

/** May run while entries are posted: it looks at those that stood when it began. */
export async function audit(store: LedgerStore): Promise<AuditReport> {
  const standing = await store.standing()
  const replay = createReplay()
  for (let index = 0; index < standing.entries; ) {
    const page = await store.page(index, Math.min(AUDIT_PAGE_TRANSFERS, standing.entries - index))
    if (page.length === 0) break
    for (const entry of page) replay.take(entry)
    index = page.at(-1)!.index + 1
  }
  compare(replay, standing)
  return { transfers: standing.entries, problems: replay.problems() }
}

/** Everything that is kept, against what the entries come to. */
export function compare(replay: Replay, standing: LedgerStanding): void {
  const { report } = replay
  if (replay.entries() !== standing.entries)
    report(`${standing.entries} transfers are counted and ${replay.entries()} were read`)
  const sum = standing.accounts.reduce((total, account) => total + balanceOf(account), 0n)
  if (sum !== 0n) report(`the balances add up to ${sum} instead of 0`)
  compareAccounts(replay, standing.accounts)
  compareSets(replay, standing.pending)
  const totals = new Map(standing.totals.map(({ code, way, amountMicro }) => [`${code} ${way}`, amountMicro]))
  for (const { code, way, amountMicro } of replay.totals())
    if (totals.get(`${code} ${way}`) !== amountMicro)
      report(`${code} ${way} is kept at ${totals.get(`${code} ${way}`) ?? 0n} and its entries come to ${amountMicro}`)
  if (totals.size !== replay.totals().length)
    report(`${totals.size} totals are kept where ${replay.totals().length} are due`)
  for (const [day, micro] of replay.minted())
    if (standing.minted.get(day) !== micro)
      report(`day ${day} is kept at ${standing.minted.get(day) ?? 0n} issued and its entries come to ${micro}`)
}

function compareAccounts(replay: Replay, accounts: readonly LedgerAccount[]): void {
  const { report } = replay
  const replayed = new Map(replay.accounts())
  for (const kept of accounts) {
    const { id, mayGoNegative } = kept
    const counted = replayed.get(id)
    replayed.delete(id)
    if (mayGoNegative !== issues(id)) report(`${id} ${mayGoNegative ? 'may' : 'may not'} go negative`)
    if (!counted) {
      report(`${id} is kept and has no transfers`)
      continue
    }
    if (balanceOf(kept) !== balanceOf(counted))
      report(`${id} is kept at ${balanceOf(kept)} and its transfers come to ${balanceOf(counted)}`)
    else if (figuresOf(kept) !== figuresOf(counted))
      report(`${id} is kept as ${figuresOf(kept)} and its transfers come to ${figuresOf(counted)}`)
  }
  for (const id of replayed.keys()) report(`${id} has transfers and no account`)
}

const figuresOf = (account: LedgerAccount): string =>
  [
    account.debitsPendingMicro,
    account.debitsPostedMicro,
    account.creditsPendingMicro,
    account.creditsPostedMicro,
    account.frozen ? 'frozen' : 'open',
  ].join('/')

function compareSets({ report, pending }: Replay, kept: readonly string[]): void {
  const open = new Set(pending().keys())
  for (const id of kept) if (!open.delete(id)) report(`${id} is kept as pending and is not`)
  for (const id of open) report(`${id} is pending and not kept so`)
}
