/** Counts the entries of a ledger from the first on, and says what no honest ledger would hold. Needs no database. */
import { AUDIT_MAX_PROBLEMS } from '../limits.ts'
import { opened } from './book.ts'
import { DESK, dayOf, EXPIRE, issues, wayOf } from './names.ts'
import { availableOf } from './steps.ts'
import type { AccountId, LedgerAccount, Total, Transfer } from './types.ts'

export type Replay = ReturnType<typeof createReplay>
export type ReplayOptions = {
  /** Also notices an id that stands twice; costs the memory of all ids. */
  readonly rememberIds?: boolean
}

export function createReplay({ rememberIds = false }: ReplayOptions = {}) {
  const accounts = new Map<AccountId, LedgerAccount>()
  const pending = new Map<string, Transfer>()
  const totals = new Map<string, Total>()
  const minted = new Map<number, bigint>()
  const ids = rememberIds ? new Set<string>() : undefined
  const problems: string[] = []
  let count = 0
  let nextIndex = 0
  let lastAtMs = 0

  const report = (problem: string) => void (problems.length < AUDIT_MAX_PROBLEMS && problems.push(problem))
  const account = (id: AccountId) => accounts.get(id) ?? opened(id)
  type Figure = 'debitsPendingMicro' | 'debitsPostedMicro' | 'creditsPendingMicro' | 'creditsPostedMicro'
  function add(id: AccountId, figure: Figure, micro: bigint): void {
    const before = account(id)
    accounts.set(id, { ...before, [figure]: before[figure] + micro })
  }

  function setAside({ from, to, amountMicro }: Transfer, sign: 1n | -1n): void {
    add(from, 'debitsPendingMicro', sign * amountMicro)
    add(to, 'creditsPendingMicro', sign * amountMicro)
  }

  function moved({ id, from, to, amountMicro, code }: Transfer): void {
    add(from, 'debitsPostedMicro', amountMicro)
    add(to, 'creditsPostedMicro', amountMicro)
    if (!issues(from) && availableOf(account(from)) < 0n)
      report(`${id} left ${from} at ${availableOf(account(from))}`)
    const way = wayOf(from, to)
    const before = totals.get(`${code} ${way}`) ?? { code, way, entries: 0, amountMicro: 0n }
    const entries = before.entries + 1
    totals.set(`${code} ${way}`, { code, way, entries, amountMicro: before.amountMicro + amountMicro })
  }

  function promised({ from, to, amountMicro, atMs }: Transfer): void {
    if (!issues(from) || issues(to)) return
    minted.set(dayOf(atMs), (minted.get(dayOf(atMs)) ?? 0n) + amountMicro)
  }

  function ends(entry: Transfer): Transfer | undefined {
    const { id, kind, pendingId, from, to, amountMicro, atMs } = entry
    const open = pendingId === undefined ? undefined : pending.get(pendingId)
    if (!open) {
      report(`${id} is a ${kind} of ${pendingId}, which is not pending`)
      return undefined
    }
    pending.delete(open.id)
    if (open.from !== from || open.to !== to) report(`${id} is a ${kind} between other accounts than ${open.id}`)
    if (kind === 'post' ? amountMicro > open.amountMicro : amountMicro !== open.amountMicro)
      report(`${id} is a ${kind} of ${amountMicro} where ${open.amountMicro} was set aside`)
    if (kind === 'expire' ? atMs < open.expiresAtMs! : atMs >= open.expiresAtMs!)
      report(`${id} is a ${kind} at ${atMs}, and ${open.id} is over at ${open.expiresAtMs}`)
    if (kind === 'expire' && id !== EXPIRE + open.id) report(`${id} is the expiry of ${open.id}`)
    return open
  }

  function apply(entry: Transfer): void {
    const { id, kind, from, to } = entry
    const stopped = kind !== 'void' && kind !== 'expire' && (account(from).frozen || account(to).frozen)
    switch (kind) {
      case 'freeze':
      case 'thaw':
        accounts.set(from, { ...account(from), frozen: kind === 'freeze' })
        if (to !== DESK || entry.amountMicro !== 0n) report(`${id} is a ${kind} that moves ${entry.amountMicro}`)
        return
      case 'transfer':
        moved(entry)
        promised(entry)
        break
      case 'pending':
        pending.set(id, entry)
        setAside(entry, 1n)
        promised(entry)
        if (!issues(from) && availableOf(account(from)) < 0n) report(`${id} set aside more than ${from} had`)
        break
      default: {
        const open = ends(entry)
        if (open) setAside(open, -1n)
        if (kind === 'post') moved(entry)
      }
    }
    if (stopped) report(`${id} is a ${kind} of a frozen account`)
    if (entry.amountMicro <= 0n || from === to) report(`${id} moves ${entry.amountMicro} from ${from} to ${to}`)
  }

  return {
    take(entry: Transfer): void {
      const { id, index, atMs } = entry
      if (index !== nextIndex) report(`${id} has index ${index} where ${nextIndex} was due`)
      if (atMs < lastAtMs) report(`${id} was made at ${atMs}, before the one before it`)
      if (ids?.has(id)) report(`${id} stands twice`)
      ids?.add(id)
      nextIndex = index + 1
      lastAtMs = Math.max(lastAtMs, atMs)
      count += 1
      apply(entry)
    },
    report,
    entries: () => count,
    accounts: (): ReadonlyMap<AccountId, LedgerAccount> => accounts,
    pending: (): ReadonlyMap<string, Transfer> => pending,
    totals: (): readonly Total[] => [...totals.values()],
    minted: (): ReadonlyMap<number, bigint> => minted,
    problems: (): readonly string[] => problems,
  }
}
