/**
 * Batched receipts: small payments of one payer to one payee share a tab. The tab is one pending transfer; each payment is a receipt
 * of its own, written down before it is told of; the tab is posted once, for what its receipts come to, under their common name.
 */
import { randomBytes } from 'node:crypto'
import type { Ledger } from '../ledger/types.ts'
import { JOB_DEADLINE_MAX_MS, JOB_TAB_DRAWS, JOB_TAB_IDLE_MS } from '../limits.ts'
import { createEscrow } from './escrow.ts'
import { cidOf, toBytes } from './kinds/encoding.ts'
import { feeOf } from './market/price.ts'
import type { Hold, JobStore, Receipt, Settlement, TabRecord, Tabs } from './types.ts'

export type Poster = Tabs & {
  /** Posts what an earlier process left open. */
  recover(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
type Tab = TabRecord & {
  left: bigint
  readonly drawn: Map<string, bigint>
  timer?: NodeJS.Timeout
  closing?: Promise<void>
}

export function createPoster({
  ledger,
  store,
}: {
  ledger: Pick<Ledger, 'transfer' | 'pending'>
  store: JobStore
}): Poster {
  const direct = createEscrow(ledger)
  const open = new Map<string, Tab>()
  const opening = new Map<string, Promise<Tab | undefined>>()
  const byHold = new Map<string, Tab>()
  const closing = new Set<Promise<void>>()

  async function begin(from: string, to: string, amountMicro: bigint): Promise<Tab | undefined> {
    const record = {
      id: `tab:${randomBytes(12).toString('hex')}`,
      from,
      to,
      heldMicro: amountMicro * BigInt(JOB_TAB_DRAWS),
    }
    await store.openTab(record)
    const held = await direct.hold({
      id: record.id,
      from,
      to,
      amountMicro: record.heldMicro,
      timeoutMs: JOB_DEADLINE_MAX_MS,
      memo: 'small jobs',
    })
    if (held === 'held') return { ...record, left: record.heldMicro, drawn: new Map() }
    await store.closeTab(record.id)
    return undefined
  }

  /** False when the payer cannot fill a tab. What was drawn stays drawn, however often it is asked for. */
  async function draw({ id, from, to, amountMicro }: Omit<Hold, 'timeoutMs' | 'memo'>): Promise<boolean> {
    const key = `${from}>${to}`
    for (;;) {
      if (byHold.has(id)) return true
      const there = open.get(key)
      // Looked at and taken at one moment: others draw from it too.
      if (there && !there.closing && there.left >= amountMicro) {
        take(there, id, amountMicro)
        return true
      }
      const coming = opening.get(key)
      if (coming) {
        if (!(await coming)) return false
        continue
      }
      if (there) finish(key, there)
      // In its place before anybody who waits for it looks again.
      const made = begin(from, to, amountMicro).then((tab) => {
        opening.delete(key)
        if (tab) open.set(key, tab)
        return tab
      })
      opening.set(key, made)
      made.catch(() => opening.delete(key))
      if (!(await made)) return false
    }
  }

  function take(tab: Tab, holdId: string, amountMicro: bigint): void {
    clearTimeout(tab.timer)
    tab.left -= amountMicro
    tab.drawn.set(holdId, amountMicro)
    byHold.set(holdId, tab)
  }

  /** Settled: what was drawn and not paid is left for others, and a tab that is full is posted with its last receipt. */
  function release({ holdId, amountMicro, fee }: Settlement): void {
    const tab = byHold.get(holdId)
    if (!tab) return
    byHold.delete(holdId)
    tab.left += tab.drawn.get(holdId)! - amountMicro - (fee?.amountMicro ?? 0n)
    tab.drawn.delete(holdId)
    if (tab.drawn.size > 0) return
    clearTimeout(tab.timer)
    if (full.has(tab)) close(tab)
    else tab.timer = setTimeout(() => tab.drawn.size === 0 && finish(`${tab.from}>${tab.to}`, tab), JOB_TAB_IDLE_MS)
  }

  /** Takes no more; posted as soon as everything drawn from it is settled. */
  function finish(key: string, tab: Tab): void {
    if (open.get(key) === tab) open.delete(key)
    full.add(tab)
    if (tab.drawn.size === 0) close(tab)
  }
  const full = new Set<Tab>()

  function close(tab: Tab): void {
    clearTimeout(tab.timer)
    full.delete(tab)
    tab.closing ??= post(tab)
    const done = tab.closing.catch(() => {}).finally(() => closing.delete(done))
    closing.add(done)
  }

  async function post({ id, from, to }: Pick<TabRecord, 'id' | 'from' | 'to'>): Promise<void> {
    const receipts = await store.receipts(id)
    const sum = receipts.reduce((total, { amountMicro }) => total + amountMicro, 0n)
    const name = cidOf(toBytes(receipts.map((one) => [one.id, String(one.amountMicro), one.memo])))
    const memo = `${receipts.length} receipts ${name}`
    const fees = receipts.reduce((total, { amountMicro }) => total + feeOf(amountMicro), 0n)
    const fee = { id: `${id}:fee`, from, amountMicro: fees }
    await direct.settle({ id: `${id}:post`, holdId: id, to, amountMicro: sum, ...(fees > 0n && { fee }), memo })
    await store.closeTab(id)
  }

  const receiptOf = ({ id, holdId, amountMicro, memo }: Settlement): Receipt => ({
    id,
    tab: byHold.get(holdId)!.id,
    amountMicro,
    memo,
  })

  return {
    nameOf: direct.nameOf,
    draw,
    hold: async (asked) => ((await draw(asked)) ? 'held' : direct.hold(asked)),
    receiptsOf(settlements) {
      if (!settlements.every(({ holdId }) => byHold.has(holdId))) return undefined
      return settlements.filter(isPaid).map(receiptOf)
    },
    written: (settlements) => settlements.forEach(release),
    async settle(asked) {
      if (!byHold.has(asked.holdId)) {
        if (await store.hasReceipt(asked.id)) return 'settled'
        const done = await direct.settle(asked)
        // Drawn before a restart, which closed its tab: out of another one.
        const { fee } = asked
        if (
          done === 'settled' ||
          !fee ||
          !(await draw({
            id: asked.holdId,
            from: fee.from,
            to: asked.to,
            amountMicro: asked.amountMicro + fee.amountMicro,
          }))
        )
          return done
      }
      if (isPaid(asked)) await store.addReceipt(receiptOf(asked))
      release(asked)
      return 'settled'
    },
    async recover() {
      for (const tab of await store.openTabs()) await post(tab)
    },
    async [Symbol.asyncDispose]() {
      for (const [key, tab] of [...open]) finish(key, tab)
      await Promise.all(closing)
    },
  }
}

const isPaid = ({ amountMicro }: Settlement): boolean => amountMicro > 0n
