/** Buyer, workers and the initial node's ledger over real stores, any of which can die at a chosen durable write and come back. */
import { serveCredits } from '../../ledger/door/door.ts'
import type { Ledger } from '../../ledger/types.ts'
import { createMemoryNetwork } from '../../link/memory-wire.ts'
import type { Wire } from '../../link/types.ts'
import { createAbroadEscrow } from '../abroad/abroad.ts'
import { createDoorClient } from '../abroad/door-client.ts'
import { createEscrow, createMoney } from '../escrow.ts'
import { createJobs } from '../jobs.ts'
import { createPoster } from '../poster.ts'
import { defaultOffer } from '../settings.ts'
import { createStandings } from '../standings.ts'
import type { JobRecord, JobRequest, JobStore, Jobs, JobView } from '../types.ts'
import { POLICY } from '../verify/policy.ts'
import { createLife, type Life } from './lives.ts'
import { inProcess } from './market.ts'

export type Mortal = 'buyer' | 'worker' | 'hub'
export type Scene = {
  /** Of this run alone. */
  readonly name: string
  /** The ledger that workers are paid on, and where their work is written down. */
  readonly hub: { readonly ledger: Ledger; readonly store: JobStore }
  /** The buying node's own, where it is not the initial one. */
  readonly node?: { readonly ledger: Ledger; readonly store: JobStore }
  readonly wish: JobRequest
  /** Who dies, and at which step. */
  readonly death?: { readonly who: Mortal; readonly step: number }
  /** Called off as soon as a worker is at it. */
  readonly isCancelled?: boolean
}
export type Played = {
  readonly view: JobView
  readonly record: JobRecord
  /** Durable writes of each in its first life. */
  readonly writes: Readonly<Record<Mortal, number>>
}

export const payerOf = (name: string) => `player:${name}`
export const buyerOf = (name: string) => `buyer-${name}`
const WORKERS = 3
const STORE_WRITES = [
  'create',
  'save',
  'savePiece',
  'saveWork',
  'openTab',
  'closeTab',
  'addReceipt',
  'addOutcomes',
] as const
const quiet = { debug() {}, warn() {}, error() {} }

export async function play({ name, hub, node, wish, death, isCancelled }: Scene): Promise<Played> {
  const network = createMemoryNetwork()
  const everybody = new Set<Jobs>()
  const lives = { buyer: lifeOf('buyer'), worker: lifeOf('worker'), hub: lifeOf('hub') }
  const buys = node ?? hub
  const asker = { id: `player_${name}`, account: payerOf(name) }

  function lifeOf(who: Mortal): Life {
    return createLife(death?.who === who ? death.step : undefined)
  }

  function startHub(life: Life): { leave(): void } {
    const wire = network.join({ id: 'hub', owner: 'owner-hub', role: 'initial' })
    const redeem = async () => ({ ok: false, reason: 'expired' }) as never
    serveCredits(wire, { ledger: life.lend(hub.ledger, ['transfer']), ious: { redeem } })
    return wire
  }

  async function start(id: string, life: Life, offers: boolean, { ledger, store }: NonNullable<Scene['node']>) {
    const wire: Wire & { leave(): void } = network.join({ id, owner: `owner-${id}`, role: 'trusted' })
    const clock = { now: Date.now }
    const books = life.lend(ledger, ['transfer'])
    const kept = life.lend(ofItsOwn(store, id), STORE_WRITES)
    const here = createEscrow(books)
    const door = createDoorClient({ wire, hub: () => 'hub', everyMs: 20 })
    const letGo = (own: string, pendingId: string) => door.submit([{ kind: 'void', id: own, pendingId }])
    const abroad = { setAside: door.pending, letGo }
    const escrow = node ? createAbroadEscrow({ here, door, node: `node:${id}`, owner: `owner:owner-${id}` }) : here
    const tabs = createPoster({ ledger: books, store: kept })
    if (!offers) await tabs.recover()
    const jobs = await createJobs(
      {
        self: { node: id, owner: `owner-${id}`, account: `node:${id}` },
        executor: inProcess({ before: isCancelled ? () => new Promise(() => {}) : async () => {} }),
        store: kept,
        escrow,
        ...(wish.batched && { tabs }),
        standings: createStandings({ store: kept, clock }),
        settings: {
          now: { ...defaultOffer(4), ...(!offers && !wish.batched && { prices: {} }) },
          keep: async () => {},
        },
        wire,
        money: node ? abroad : createMoney(books),
        clock,
        random: () => 0.5,
        log: quiet,
      },
      {
        policy: { ...POLICY, recheck: 0, canary: 0, newcomers: 0 },
        progressEveryMs: 2_000,
        quoteWindowMs: 5_000,
        askTimeoutMs: 5_000,
      },
    )
    everybody.add(jobs)
    /** As if its power had been cut: what it does from now on reaches nobody. */
    const leave = () => {
      wire.leave()
      everybody.delete(jobs)
      void jobs[Symbol.asyncDispose]()
    }
    return { jobs, leave, tabs }
  }

  /** Several nodes keep their work in one database here; each finds its own again. */
  function ofItsOwn(store: JobStore, id: string): JobStore {
    const own = works.get(id) ?? new Set<string>()
    works.set(id, own)
    return {
      ...store,
      saveWork(work) {
        own.add(work.work)
        return store.saveWork(work)
      },
      openWork: async () => (await store.openWork()).filter(({ work }) => own.has(work)),
      open: async () => (id === buyerOf(name) ? (await store.open()).filter((job) => job.asker === asker.id) : []),
      openTabs: async () => (await store.openTabs()).filter(({ from }) => from === asker.account),
    }
  }
  const works = new Map<string, Set<string>>()

  const initial = startHub(lives.hub)
  void lives.hub.ended.then(() => {
    initial.leave()
    startHub(createLife())
  })
  const workers = wish.batched ? 0 : WORKERS
  for (let n = 0; n < workers; n++) {
    const id = `${name}-w${n}`
    const life = n === 0 ? lives.worker : createLife()
    const worker = await start(id, life, true, hub)
    void life.ended.then(async () => {
      worker.leave()
      await start(id, createLife(), true, hub)
    })
  }

  let buyer = await Promise.race([start(buyerOf(name), lives.buyer, false, buys), lives.buyer.ended])
  async function carriedOut(): Promise<void> {
    const { jobs } = buyer!
    const handed = await jobs.submit(asker, wish)
    if (!handed.ok) throw new Error(JSON.stringify(handed.refusal))
    if (isCancelled) {
      while (![...works.values()].some((own) => own.size > 0) && (await isOpen(jobs))) await soon()
      await jobs.cancel(asker.id, wish.id)
    }
    await jobs.ended(asker.id, wish.id)
  }
  const isOpen = async (jobs: Jobs) => {
    const found = await jobs.get(asker.id, wish.id)
    return found.ok && (found.value.status === 'queued' || found.value.status === 'running')
  }
  if (buyer) await Promise.race([carriedOut(), lives.buyer.ended])
  if (lives.buyer.isOver()) {
    buyer?.leave()
    buyer = await start(buyerOf(name), createLife(), false, buys)
    await carriedOut()
  }
  const { jobs, tabs } = buyer!
  let record = (await buys.store.list(asker.id, 1))[0]!
  while (record.unsettled || record.status === 'running') {
    await soon()
    record = (await buys.store.list(asker.id, 1))[0]!
  }
  const view = await jobs.get(asker.id, wish.id)
  if (!view.ok) throw new Error(view.refusal.code)
  const writes = { buyer: lives.buyer.writes(), worker: lives.worker.writes(), hub: lives.hub.writes() }
  await tabs[Symbol.asyncDispose]()
  await Promise.all([...everybody].map((each) => each[Symbol.asyncDispose]()))
  return { view: view.value, record, writes }
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 20))
