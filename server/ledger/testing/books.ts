/** The books as plain maps, for tests of posting: what a store keeps, without a database. */
import { compare } from '../audit.ts'
import { dayOf } from '../names.ts'
import { post } from '../posting.ts'
import { createReplay } from '../replay.ts'
import { balanceOf } from '../steps.ts'
import type {
  LedgerAccount,
  LedgerFound,
  LedgerInput,
  MintLimits,
  Total,
  Transfer,
  TransferResult,
} from '../types.ts'

const NO_LIMITS: MintLimits = { accountDayMicro: 10n ** 18n, dayMicro: 10n ** 18n }

export function createBooks(limits: MintLimits = NO_LIMITS) {
  const accounts = new Map<string, LedgerAccount>()
  const transfers = new Map<string, Transfer>()
  const ends = new Map<string, Transfer>()
  const open = new Map<string, Transfer>()
  const minted = new Map<string, bigint>()
  const totals = new Map<string, Total>()
  let lastAtMs = 0

  function found(nowMs: number): LedgerFound {
    const atMs = Math.max(nowMs, lastAtMs)
    const due = [...open.values()].filter(({ expiresAtMs }) => expiresAtMs! <= atMs)
    const today = new Map(
      [...minted].flatMap(([key, micro]) => {
        const [day, account] = key.split(' ')
        return Number(day) === dayOf(atMs) ? [[account!, micro] as const] : []
      }),
    )
    return { sure: true, accounts, transfers, ends, due, minted: today, nextIndex: transfers.size, atMs }
  }

  return {
    accounts,
    transfers,
    /** Each batch in one commit of its own. */
    post(inputs: readonly LedgerInput[], nowMs = 0): readonly TransferResult[] {
      const { results, change } = post([inputs], found(nowMs), limits)
      for (const account of change.accounts) accounts.set(account.id, account)
      for (const entry of change.transfers) {
        transfers.set(entry.id, entry)
        if (entry.pendingId !== undefined) ends.set(entry.pendingId, entry)
        lastAtMs = entry.atMs
      }
      for (const entry of change.opened) open.set(entry.id, entry)
      for (const id of change.ended) open.delete(id)
      for (const [account, micro] of change.minted) minted.set(`${dayOf(lastAtMs)} ${account}`, micro)
      for (const { code, way, entries, amountMicro } of change.totals) {
        const before = totals.get(`${code} ${way}`)
        totals.set(`${code} ${way}`, {
          code,
          way,
          entries: entries + (before?.entries ?? 0),
          amountMicro: amountMicro + (before?.amountMicro ?? 0n),
        })
      }
      return results[0]!
    },
    balance: (id: string) => (accounts.has(id) ? balanceOf(accounts.get(id)!) : 0n),
    /** What an audit would say. */
    problems(): readonly string[] {
      const replay = createReplay({ rememberIds: true })
      for (const entry of transfers.values()) replay.take(entry)
      const days = [...minted].flatMap(([key, micro]) =>
        key.endsWith(' ') ? [[Number(key.trim()), micro] as const] : [],
      )
      compare(replay, {
        entries: transfers.size,
        accounts: [...accounts.values()],
        pending: [...open.keys()],
        totals: [...totals.values()],
        minted: new Map(days),
      })
      return replay.problems()
    },
  }
}
