/** The worker's side of the market: quotes, agreements, work, commitments, and what came of them. Rules J40–J49. */
import { randomBytes } from 'node:crypto'
import type { Bundles } from '../../bundles/types.ts'
import type { Clock } from '../../lib/clock.ts'
import {
  ESCROW_GRACE_MS,
  JOB_DEADLINE_MAX_MS,
  JOB_INLINE_MAX_BYTES,
  JOB_RESULT_MAX_BYTES,
  PROGRESS_EVERY_MS,
  QUOTE_TTL_MS,
  WORK_QUEUE_MAX,
} from '../../limits.ts'
import type { Caller, Frame, NodeId } from '../../link/types.ts'
import { cidOf, fromBytes, hex, sha256, toBytes } from '../kinds/encoding.ts'
import type { JobStore, Money, OfferSettings, WorkRecord } from '../types.ts'
import type { Executor } from '../work/executor.ts'
import { commitmentOf } from './commitment.ts'
import { type Agreement, agree, type ToBuyer, type ToWorker } from './frames.ts'
import type { Identity, MarketLog } from './identity.ts'
import { holdOf, releaseOf } from './owed.ts'
import { priceOf } from './price.ts'

export type SellerParts = {
  readonly self: Identity
  readonly executor: Executor
  readonly store: Pick<JobStore, 'saveWork' | 'work' | 'openWork'>
  readonly settings: () => OfferSettings
  readonly tell: (buyer: NodeId, message: ToBuyer) => Promise<unknown>
  readonly bundles?: Bundles
  /** What is set aside for this node on the ledger that it is paid on. Absent: agreements are believed, as between parts of one node. */
  readonly money?: Money
  readonly clock: Clock
  readonly log: MarketLog
  readonly progressEveryMs?: number
}
export type Seller = {
  answer(message: ToWorker, from: Caller): Promise<Frame>
  /** Takes up what was agreed on before a restart. */
  resume(): Promise<void>
  load(): { readonly working: number; readonly waiting: number; readonly hosts: number }
  [Symbol.asyncDispose](): Promise<void>
}

type Answer = { readonly bytes: Uint8Array; readonly digest: string; readonly salt: string; readonly meter: number }
type Live = {
  readonly agreement: Agreement
  readonly buyer: NodeId
  record: WorkRecord
  readonly stop: AbortController
  share: number
  toldMs: number
  answer?: Answer
  part?: Uint8Array
}

/** Made once: a reason of its own for each piece of work would cost more than a small one. */
const OVER = new Error('The work has ended.')
const NO = (reason: string): Frame => ({ t: 'NO', reason })
const ACK: Frame = { t: 'ACK' }

export function createSeller(parts: SellerParts): Seller {
  const { self, executor, store, settings, tell, bundles, money, clock, log } = parts
  const live = new Map<string, Live>()
  const beginning = new Map<string, Promise<Frame>>()
  const running = new Set<Promise<void>>()
  const everyMs = parts.progressEveryMs ?? PROGRESS_EVERY_MS
  const beat = setInterval(tellAll, everyMs)
  beat.unref()
  let closed = false

  /** A node need not tell itself twice what it would do again. */
  const isOwn = (buyer: NodeId) => buyer === self.node

  function refusalOf(kind: string, privacy: string, from: Caller): string | undefined {
    const { paused, prices, quiet } = settings()
    if (closed) return 'closing'
    if (prices[kind] === undefined || !executor.kinds.has(kind)) return 'kind_not_offered'
    if (privacy === 'own' && !isOwn(from.node)) return 'not_for_us'
    if (isOwn(from.node)) return live.size >= WORK_QUEUE_MAX ? 'busy' : undefined
    if (paused) return 'paused'
    if (quiet && isQuiet(quiet, new Date(clock.now()).getHours())) return 'quiet_hours'
    return live.size >= WORK_QUEUE_MAX ? 'busy' : undefined
  }

  function quote(rfq: Extract<ToWorker, { t: 'RFQ' }>, from: Caller): Frame {
    const reason = refusalOf(rfq.kind, rfq.privacy, from)
    if (reason) return NO(reason)
    if (executor.has?.(rfq.kind, rfq.needs ?? []) === false) return NO('lacks_what_it_needs')
    const { prices, baseMicro, memoryMb } = settings()
    if (rfq.memoryMb > memoryMb) return NO('too_much_memory')
    const rate = { perMFuelMicro: prices[rfq.kind]!, baseMicro }
    if (priceOf(rate, rfq.fuel) > BigInt(rfq.maxPriceMicro)) return NO('too_cheap')
    const { waiting, hosts } = executor.stats()
    const etaMs = clock.now() + Math.round((rfq.fuel / 5_000) * (1 + waiting / Math.max(1, hosts)))
    if (etaMs > rfq.deadlineMs) return NO('too_late')
    return { t: 'QUOTE', account: self.account, ...rate, etaMs, expiresMs: clock.now() + QUOTE_TTL_MS }
  }

  async function begin(agreement: Agreement, from: Caller): Promise<Frame> {
    const known = live.get(agreement.work)
    if (known) {
      if (known.answer) commit(known)
      return ACK
    }
    if (!isOwn(from.node) && (await store.work(agreement.work))) return ACK
    const reason = refusalOf(agreement.kind, agreement.privacy, from)
    if (reason) return NO(reason)
    const { prices, baseMicro } = settings()
    const rate = { perMFuelMicro: agreement.perMFuelMicro, baseMicro: agreement.baseMicro }
    const isFair =
      BigInt(rate.perMFuelMicro) >= BigInt(prices[agreement.kind]!) && BigInt(rate.baseMicro) >= BigInt(baseMicro)
    if (!isFair || priceOf(rate, agreement.fuel) > BigInt(agreement.priceMicro)) return NO('price_changed')
    if (!isOwn(from.node) && !(await isPaidFor(agreement, from))) return NO('no_escrow')
    const record: WorkRecord = {
      work: agreement.work,
      buyer: from.node,
      kind: agreement.kind,
      priceMicro: agreement.priceMicro,
      atMs: clock.now(),
      agreement: toBytes(agreement),
      status: 'agreed',
      paidMicro: '0',
    }
    if (!isOwn(from.node)) await store.saveWork(record)
    start({ agreement, buyer: from.node, record, stop: new AbortController(), share: 0, toldMs: clock.now() })
    return ACK
  }

  /** Set aside for this node, for this work, and enough of it. */
  async function isPaidFor({ hold, work, priceMicro }: Agreement, from: Caller): Promise<boolean> {
    if (!money) return true
    const name = holdOf({ work })
    if (hold !== name && hold !== `by:${from.node}:${name}`) return false
    const { state, to, amountMicro = 0n } = await money.setAside(hold)
    return state === 'open' && to === self.account && amountMicro >= BigInt(priceMicro)
  }

  function start(one: Live): void {
    live.set(one.agreement.work, one)
    const run = work(one)
      .catch((error: unknown) => fail(one, error))
      .finally(() => running.delete(run))
    running.add(run)
  }

  async function work(one: Live): Promise<void> {
    const { agreement, stop, buyer } = one
    one.part = agreement.part ?? (await pull(agreement.cid, buyer, stop.signal))
    if (agreement.part && cidOf(agreement.part) !== agreement.cid)
      throw new Error('The part is not what its name says.')
    const done = await executor.run({
      kind: agreement.kind,
      part: one.part,
      fuel: agreement.fuel,
      memoryMb: agreement.memoryMb,
      buyer,
      signal: stop.signal,
      progress(share) {
        one.share = share
      },
    })
    if (stop.signal.aborted) return
    const { bytes } = done
    if (bytes.length > JOB_RESULT_MAX_BYTES) throw new Error('The result is too large.')
    const meter = Math.min(done.fuel, agreement.fuel)
    one.answer = { bytes, digest: hex(sha256(bytes)), salt: hex(randomBytes(32)), meter }
    one.share = 1
    one.record = { ...one.record, status: 'committed', answer: toBytes(one.answer) }
    if (!isOwn(buyer)) await store.saveWork(one.record)
    commit(one)
  }

  async function pull(cid: string, buyer: NodeId, signal: AbortSignal): Promise<Uint8Array> {
    if (!bundles) throw new Error('This node keeps no bundles.')
    return (await bundles.get(cid)) ?? (await bundles.pull(cid, [buyer], { signal, owner: 'jobs' }))
  }

  /** Told again at each beat, until the buyer asks for the answer. */
  function commit(one: Live): void {
    const { work: id } = one.agreement
    const commitment = commitmentOf({ node: self.node, work: id, ...one.answer! })
    const signature = isOwn(one.buyer) ? undefined : self.sign?.(commitment)
    one.toldMs = clock.now()
    void tell(one.buyer, { t: 'COMMIT', work: id, commitment, ...(signature && { signature }) }).catch(() => {})
  }

  function fail(one: Live, error: unknown): void {
    if (closed || !live.delete(one.agreement.work)) return
    const reason = error instanceof Error ? error.message : String(error)
    log.debug({ work: one.agreement.work, reason }, 'work could not be done')
    void end(one, 'void')
    if (!one.stop.signal.aborted)
      void tell(one.buyer, { t: 'FAILED', work: one.agreement.work, reason: reason.slice(0, 300) }).catch(() => {})
  }

  async function end(one: Live, status: 'paid' | 'void', details: Partial<WorkRecord> = {}): Promise<void> {
    const { answer: _, ...rest } = one.record
    one.record = { ...rest, status, ...details }
    live.delete(one.agreement.work)
    one.stop.abort(OVER)
    if (status === 'paid' || !isOwn(one.buyer)) await store.saveWork(one.record)
    if (one.part) await executor.release(one.agreement.kind, one.part).catch(() => {})
  }

  /** Progress of what is at work, and of what waits: silence is how a buyer knows that a worker is gone. */
  function tellAll(): void {
    for (const one of live.values()) {
      if (one.answer) {
        if (!one.record.transferId && clock.now() - one.toldMs >= everyMs * 2) commit(one)
        continue
      }
      const meter = Math.round(one.share * one.agreement.fuel)
      void tell(one.buyer, { t: 'PROGRESS', work: one.agreement.work, share: one.share, meter }).catch(() => {})
    }
  }

  async function show(one: Live): Promise<Frame> {
    const { bytes, digest, salt, meter } = one.answer!
    one.toldMs = Number.POSITIVE_INFINITY
    const common = { t: 'REVEALED', salt, digest, meter, size: bytes.length }
    if (bytes.length <= JOB_INLINE_MAX_BYTES) return { ...common, bytes }
    if (!bundles) return NO('too_large')
    return { ...common, cid: await bundles.put('result', bytes, { owner: 'jobs' }) }
  }

  async function answer(message: ToWorker, from: Caller): Promise<Frame> {
    if (message.t === 'RFQ') return quote(message, from)
    if (message.t === 'AGREE') {
      // The same agreement may come twice at once.
      const under = beginning.get(message.work)
      if (under) return under
      const asked = begin(message, from).finally(() => beginning.delete(message.work))
      beginning.set(message.work, asked)
      return asked
    }
    const one = live.get(message.work)
    if (!one || one.buyer !== from.node) return message.t === 'VERDICT' ? ACK : NO('unknown_work')
    if (message.t === 'REVEAL') return one.answer ? show(one) : NO('not_ready')
    if (message.t === 'CANCEL') {
      one.stop.abort()
      return { t: 'METERED', meter: one.answer?.meter ?? Math.round(one.share * one.agreement.fuel) }
    }
    if (message.outcome === 'held') return ACK
    const { outcome, paidMicro, transfer, evidence } = message
    // Whoever is not paid lets go of what was set aside for it: only the payee can.
    if (outcome === 'void' && !isOwn(from.node) && money)
      void money.letGo(releaseOf(message), one.agreement.hold).catch(() => {})
    await end(one, outcome === 'void' ? 'void' : 'paid', {
      paidMicro,
      ...(transfer && { transferId: transfer }),
      ...(evidence && { evidence }),
    })
    return ACK
  }

  return {
    answer,
    async resume() {
      for (const record of await store.openWork()) {
        const agreement = agree.parse(fromBytes(record.agreement))
        const kept = record.answer && (fromBytes(record.answer) as unknown as Answer)
        const one: Live = {
          agreement,
          buyer: record.buyer,
          record,
          stop: new AbortController(),
          share: kept ? 1 : 0,
          toldMs: clock.now(),
          ...(kept && { answer: kept }),
        }
        if (record.atMs + JOB_DEADLINE_MAX_MS + ESCROW_GRACE_MS < clock.now()) await end(one, 'void')
        else if (kept) {
          live.set(record.work, one)
          commit(one)
        } else if (agreement.deadlineMs > clock.now()) start(one)
        else await end(one, 'void')
      }
    },
    load() {
      const { working, waiting, hosts } = executor.stats()
      return { working, waiting, hosts }
    },
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(beat)
      for (const one of live.values()) one.stop.abort()
      await Promise.allSettled(running)
    },
  }
}

/** From `fromHour` up to `toHour`, over midnight too. */
export const isQuiet = ({ fromHour, toHour }: { fromHour: number; toHour: number }, hour: number): boolean =>
  fromHour <= toHour ? hour >= fromHour && hour < toHour : hour >= fromHour || hour < toHour
