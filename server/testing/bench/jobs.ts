/** The compute market: small jobs verified and paid on one node, the first result over a real node's surface, nodes that are lost, and pictures over more hosts. */
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEscrow } from '../../jobs/escrow.ts'
import { createJobs } from '../../jobs/jobs.ts'
import { toBytes } from '../../jobs/kinds/encoding.ts'
import { render } from '../../jobs/kinds/render.ts'
import { createPoster } from '../../jobs/poster.ts'
import { defaultOffer } from '../../jobs/settings.ts'
import { createStandings } from '../../jobs/standings.ts'
import { createMarket } from '../../jobs/testing/market.ts'
import type { Jobs } from '../../jobs/types.ts'
import { createExecutor } from '../../jobs/work/executor.ts'
import { createWorkPool } from '../../jobs/work/pool.ts'
import { createLedger } from '../../ledger/ledger.ts'
import { openDatabase } from '../../storage/database.ts'
import { createJobStore } from '../../storage/jobs.ts'
import { createLedgerStore } from '../../storage/ledger.ts'
import { startNodeProcess } from '../node-process.ts'
import { type Bench, type Figure, median, quantile } from './figures.ts'

const clock = { now: Date.now }
const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const ann = { id: 'player_bench', account: 'player:bench' }
/** Nobody may have more than so many jobs under way: several ask. */
const PEOPLE = Array.from({ length: 4 }, (_, i) => ({ id: `player_${i}`, account: `player:${i}` }))
/** Jobs under way at once: as many callers as a busy node has. */
const IN_FLIGHT = 256

export const bench: Bench = async ({ short, note }) => {
  note('small jobs, verified and paid, one node with the embedded database')
  const alone: number[] = []
  const batched: number[] = []
  for (let round = 0; round < (short ? 1 : 5); round++) {
    alone.push(await paidPerS(short ? 1_000 : 5_000, false))
    batched.push(await paidPerS(short ? 1_500 : 10_000, true))
  }
  note('time to the first result, over HTTP')
  const firstMs = await firstResults(short ? 40 : 300)
  note('a market of 40 nodes that loses two of them')
  const success = await successAtLoss(short ? 200 : 1_000)
  note('pictures over 1, 2 and 4 processes')
  const speedups = await renderSpeedups(short)
  return {
    paidJobsPerS: median(alone, '1/s'),
    paidJobsBatchedPerS: median(batched, '1/s'),
    firstResultP95Ms: quantile(firstMs, 95, 'ms'),
    firstResultP50Ms: quantile(firstMs, 50, 'ms'),
    successAtLossPct: { value: success, unit: '%' },
    ...speedups,
  }
}

/** Everything but HTTP: jobs written down, quoted, held, worked on in another process, committed, revealed, judged, paid. */
async function paidPerS(count: number, isBatched: boolean): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'academy-bench-jobs-'))
  try {
    await using database = await openDatabase({ dataDir: dir, log: quiet })
    const ledger = createLedger({ store: createLedgerStore(database), clock })
    await ledger.transfer(
      PEOPLE.map(({ account }) => ({
        id: `grant-${account}`,
        from: 'academy:grants',
        to: account,
        amountMicro: 50_000_000n,
        code: 'grant',
      })),
    )
    const store = createJobStore(database)
    await using pool = createWorkPool({ hosts: Math.max(1, Math.floor(availableParallelism() / 2)) })
    await using poster = createPoster({ ledger, store })
    await using jobs = await createJobs({
      self: { node: 'self', owner: 'self', account: 'node:self' },
      executor: createExecutor({ pool, sandbox: undefined as never, compile: undefined as never }),
      store,
      escrow: createEscrow(ledger),
      tabs: poster,
      standings: createStandings({ store, clock }),
      settings: { now: defaultOffer(availableParallelism()), keep: async () => {} },
      clock,
      random: Math.random,
      log: quiet,
    })
    await whole(jobs, 0, isBatched)
    const startedMs = performance.now()
    let next = 1
    await Promise.all(
      Array.from({ length: IN_FLIGHT }, async () => {
        while (next <= count) await whole(jobs, next++, isBatched)
      }),
    )
    // Until the last tab is posted too.
    await poster[Symbol.asyncDispose]()
    const perS = count / ((performance.now() - startedMs) / 1000)
    const { problems } = await ledger.audit()
    if (problems.length > 0) throw new Error(problems.join('\n'))
    return perS
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function whole(jobs: Jobs, n: number, batched: boolean): Promise<void> {
  const asker = PEOPLE[n % PEOPLE.length]!
  const id = `job-${n}`
  const made = await jobs.submit(asker, { id, kind: 'sum', input: [1, 2, 3], maxPriceMicro: 100_000n, batched })
  if (!made.ok) throw new Error(made.refusal.code)
  const ended = await jobs.ended(asker.id, id)
  if (!ended.ok || ended.value.status !== 'done' || ended.value.heldMicro !== '0' || ended.value.paidMicro === '0')
    throw new Error(JSON.stringify(ended))
}

async function firstResults(count: number): Promise<number[]> {
  await using node = await startNodeProcess()
  const call = async (path: string, body?: object, token?: string) => {
    const response = await fetch(`${node.url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    return (await response.json()) as Record<string, never>
  }
  const samples: number[] = []
  let token = ''
  for (let n = 0; n < count; n++) {
    if (n % 100 === 0) token = (await call('/auth/guest', {})).access_token!
    const startedMs = performance.now()
    await call('/api/v1/jobs', { id: `j${n}`, kind: 'sum', input: [1, 2, 3], maxPriceMicro: '10000' }, token)
    const job = await call(`/api/v1/jobs/j${n}?waitMs=20000`, undefined, token)
    if (job.status !== 'done') throw new Error(JSON.stringify(job))
    // The first one starts the process that works on it.
    if (n > 0) samples.push(performance.now() - startedMs)
  }
  return samples
}

/** A twentieth of the nodes vanish while they work; every job must come to the right end all the same. */
async function successAtLoss(count: number): Promise<number> {
  await using market = createMarket({ progressEveryMs: 200 })
  market.purse.give(ann.account, 10_000_000_000n)
  const buyer = await market.node('buyer', { offer: { prices: {} } })
  const sleep = (ms: number) => () => new Promise((resolve) => setTimeout(resolve, ms))
  const nodes = await Promise.all(Array.from({ length: 40 }, (_, i) => market.node(`n${i}`, { before: sleep(40) })))
  let done = 0
  let next = 0
  let lost = 0
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      while (next < count) {
        const n = next++
        if ((n === Math.floor(count / 3) || n === Math.floor(count / 2)) && lost < 2) void nodes[lost++]!.kill()
        const id = `job-${n}`
        await buyer.jobs.submit(ann, {
          id,
          kind: 'sum',
          input: [n, 1],
          maxPriceMicro: 1_000_000n,
          limits: { deadlineMs: 30_000 },
        })
        const ended = await buyer.jobs.ended(ann.id, id)
        if (ended.ok && ended.value.result === n + 1) done++
      }
    }),
  )
  return (done / count) * 100
}

/** The same picture by 1, 2 and 4 processes; on fewer cores than processes there is nothing to win. */
async function renderSpeedups(short: boolean): Promise<Record<string, Figure>> {
  const input = render.input.parse({ width: 256, height: 192, samples: short ? 24 : 96 })
  const tiles = render.parts(input, 0, []).map(toBytes)
  const timeMs = async (hosts: number): Promise<number> => {
    await using pool = createWorkPool({ hosts })
    const task = { kind: 'render', fuel: 1e9, memoryMb: 64, signal: new AbortController().signal, progress() {} }
    await Promise.all(Array.from({ length: hosts * 2 }, () => pool.run({ ...task, part: tiles[0]! })))
    const startedMs = performance.now()
    await Promise.all(tiles.map((part) => pool.run({ ...task, part })))
    return performance.now() - startedMs
  }
  const rounds: Record<number, number[]> = { 1: [], 2: [], 4: [] }
  for (let round = 0; round < (short ? 2 : 4); round++)
    for (const hosts of [1, 2, 4]) rounds[hosts]!.push(await timeMs(hosts))
  const best = (hosts: number) => Math.min(...rounds[hosts]!)
  return {
    renderMs: { value: best(1), unit: 'ms', samples: rounds[1]! },
    renderSpeedup2: { value: best(1) / best(2), unit: '×' },
    renderSpeedup4: { value: best(1) / best(4), unit: '×' },
  }
}
