/** The books while a batch is posted: what was found, and what has changed since. A chain that fails is taken back. */
import { isPublicMemo } from '../protocol/ledger-entry.ts'
import { issues, wayOf } from './names.ts'
import type { AccountId, LedgerAccount, LedgerChange, LedgerFound, Total, Transfer } from './types.ts'

type Figure = 'debitsPendingMicro' | 'debitsPostedMicro' | 'creditsPendingMicro' | 'creditsPostedMicro'

export type Book = ReturnType<typeof openBook>

export const opened = (id: AccountId): LedgerAccount => ({
  id,
  mayGoNegative: issues(id),
  debitsPendingMicro: 0n,
  debitsPostedMicro: 0n,
  creditsPendingMicro: 0n,
  creditsPostedMicro: 0n,
  frozen: false,
})

/** `salt`: fresh bytes for each memo that concerns its parties alone; without it memos stand in the log as they are. */
export function openBook(found: LedgerFound, salt?: () => Uint8Array) {
  const accounts = new Map<AccountId, LedgerAccount>()
  const entries = new Map<string, Transfer>()
  const ends = new Map<string, Transfer>()
  const minted = new Map<AccountId, bigint>()
  const created: Transfer[] = []
  /** How to take back what was done since the last mark; nothing is noted outside a chain. */
  let undo: (() => void)[] | undefined

  function put<K, V>(map: Map<K, V>, key: K, value: V): void {
    if (undo) {
      const before = map.get(key)
      undo.push(() => (before === undefined ? map.delete(key) : map.set(key, before)))
    }
    map.set(key, value)
  }
  const account = (id: AccountId) => accounts.get(id) ?? found.accounts.get(id) ?? opened(id)

  return {
    atMs: found.atMs,
    due: found.due,
    account,
    entry: (id: string) => entries.get(id) ?? found.transfers.get(id),
    endOf: (pendingId: string) => ends.get(pendingId) ?? found.ends.get(pendingId),
    minted: (payee: AccountId) => minted.get(payee) ?? found.minted.get(payee) ?? 0n,

    add(id: AccountId, figure: Figure, micro: bigint): void {
      const before = account(id)
      put(accounts, id, { ...before, [figure]: before[figure] + micro })
    },
    setFrozen: (id: AccountId, frozen: boolean) => put(accounts, id, { ...account(id), frozen }),
    mint: (payee: AccountId, micro: bigint) =>
      put(minted, payee, (minted.get(payee) ?? found.minted.get(payee) ?? 0n) + micro),

    /** The next entry, with its number and its time. */
    write(entry: Omit<Transfer, 'index' | 'atMs'>): Transfer {
      const isSalted = salt && entry.memo !== undefined && !isPublicMemo(entry.code)
      const whole = {
        ...entry,
        index: found.nextIndex + created.length,
        atMs: found.atMs,
        ...(isSalted && { memoSalt: salt() }),
      }
      put(entries, whole.id, whole)
      if (whole.pendingId !== undefined) put(ends, whole.pendingId, whole)
      undo?.push(() => created.pop())
      created.push(whole)
      return whole
    },

    /** From here on everything can be taken back, until `settle` or `takeBack`. */
    mark: () => void (undo = []),
    settle: () => void (undo = undefined),
    takeBack(): void {
      for (const step of undo?.reverse() ?? []) step()
      undo = undefined
    },

    change: (): Omit<LedgerChange, 'doubtful'> => ({
      transfers: created,
      accounts: [...accounts.values()],
      opened: created.filter(({ kind, id }) => kind === 'pending' && !ends.has(id)),
      ended: [...ends.keys()].filter((id) => !entries.has(id)),
      minted,
      totals: totalsOf(created),
    }),
  }
}

/** What entries add to the totals. */
export function totalsOf(entries: readonly Transfer[]): readonly Total[] {
  const totals = new Map<string, Total>()
  for (const { kind, from, to, code, amountMicro } of entries) {
    if (kind !== 'transfer' && kind !== 'post') continue
    const way = wayOf(from, to)
    const before = totals.get(`${code} ${way}`) ?? { code, way, entries: 0, amountMicro: 0n }
    totals.set(`${code} ${way}`, {
      ...before,
      entries: before.entries + 1,
      amountMicro: before.amountMicro + amountMicro,
    })
  }
  return [...totals.values()]
}
