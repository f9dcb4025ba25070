import { afterEach, describe, expect, test } from 'vitest'
import { createMarkets, got, type MarketNode } from './testing/market.ts'
import type { JobRequest, JobView, Outcome } from './types.ts'

const ann = { id: 'player_ann', account: 'player:ann' }
const { market, closeAll } = createMarkets(ann.account, 10_000_000n)
afterEach(closeAll)

const request = (id: string, more: Partial<JobRequest> = {}): JobRequest => ({
  id,
  kind: 'sum',
  input: [1, 2, 3],
  maxPriceMicro: 100_000n,
  ...more,
})
async function whole(node: MarketNode, wish: JobRequest): Promise<JobView> {
  got(await node.jobs.submit(ann, wish))
  return got(await node.jobs.ended(ann.id, wish.id))
}
/** A host that offers nothing itself: everything is done by others. */
const BUYS = { offer: { prices: {} } }
const wrong = (): Outcome => ({ ok: true, value: 666 })
const until = (what: () => unknown) => expect.poll(what).toBeTruthy()
const never = () => new Promise<never>(() => {})

describe('one node by itself', () => {
  test('J1 does the work, believes itself, and is paid what the meter says', async () => {
    const m = market()
    const node = await m.node('a')
    const job = await whole(node, request('s'))
    expect(job).toMatchObject({ status: 'done', result: 6, workers: 1, verified: { mode: 'own', credibility: 1 } })
    expect(m.purse.balance('node:a')).toBe(BigInt(job.paidMicro))
    expect([m.purse.held(), m.purse.isWhole()]).toEqual([0n, true])
  })

  test('J2 the same id is the same job, another wish under it is refused', async () => {
    const m = market()
    const node = await m.node('a')
    const both = await Promise.all([node.jobs.submit(ann, request('s')), node.jobs.submit(ann, request('s'))])
    expect(both.map((each) => got(each).created).sort()).toEqual([false, true])
    await node.jobs.ended(ann.id, 's')
    expect(got(await node.jobs.submit(ann, request('s'))).created).toBe(false)
    expect(await node.jobs.submit(ann, request('s', { input: [4] }))).toMatchObject({
      refusal: { code: 'job_id_taken' },
    })
    expect(got(await node.jobs.submit({ id: 'player_ben', account: 'player:ben' }, request('s'))).created).toBe(true)
    expect(await node.jobs.get('player_eve', 's')).toMatchObject({ refusal: { code: 'no_such_job' } })
  })

  test('J3 replicas that nobody else can make are made here, each by itself', async () => {
    const m = market()
    const node = await m.node('a')
    const job = await whole(node, request('s', { replicas: 3 }))
    expect(job).toMatchObject({ status: 'done', result: 6, owners: 1 })
    expect(BigInt(job.paidMicro)).toBe(3n * BigInt((await whole(node, request('t'))).paidMicro))
  })

  test('J4 what is wrong with the wish is said at once, what it cannot pay when it is tried', async () => {
    const m = market()
    const node = await m.node('a')
    expect(await node.jobs.submit(ann, request('s', { kind: 'dream' }))).toMatchObject({
      refusal: { code: 'no_such_kind' },
    })
    expect(await node.jobs.submit(ann, request('s', { input: 'x' }))).toMatchObject({
      refusal: { code: 'bad_job_input' },
    })
    expect(await node.jobs.submit(ann, request('s s'))).toMatchObject({ refusal: { code: 'bad_job_id' } })
    expect(await whole(node, request('cheap', { maxPriceMicro: 3n }))).toMatchObject({
      status: 'failed',
      error: { code: 'price_cap' },
    })
    const ben = { id: 'player_ben', account: 'player:ben' }
    await node.jobs.submit(ben, request('poor'))
    expect(got(await node.jobs.ended(ben.id, 'poor'))).toMatchObject({ error: { code: 'insufficient_funds' } })
    expect([m.purse.held(), m.purse.isWhole()]).toEqual([0n, true])
  })
})

describe('a market of strangers', () => {
  test('J10 newcomers are believed together, and each is paid', async () => {
    const m = market()
    const buyer = await m.node('buyer', BUYS)
    for (const id of ['a', 'b', 'c', 'd']) await m.node(id)
    const job = await whole(buyer, request('s'))
    expect(job).toMatchObject({ status: 'done', result: 6, verified: { mode: 'quorum' } })
    expect(job.owners).toBeGreaterThanOrEqual(2)
    await until(() => m.purse.held() === 0n)
    expect(m.purse.isWhole()).toBe(true)
    expect(buyer.store.standings.size).toBe(job.owners)
  })

  test('J11 a liar is outvoted, not paid, and asked no more', async () => {
    const m = market()
    const buyer = await m.node('buyer', BUYS)
    await m.node('liar', { lie: wrong })
    for (const id of ['a', 'b', 'c', 'd', 'e']) await m.node(id)
    for (let n = 0; n < 8; n++)
      expect(await whole(buyer, request(`s${n}`))).toMatchObject({ status: 'done', result: 6 })
    expect(m.purse.balance('node:liar')).toBe(0n)
    expect(buyer.store.standings.get('owner-liar/sum')).toMatchObject({ failed: 1, passed: 0 })
    expect(m.purse.isWhole()).toBe(true)
  })

  test('J12 a worker that falls silent is replaced, and gets nothing', async () => {
    const m = market()
    const buyer = await m.node('buyer', BUYS)
    const dead = await m.node('dead', { before: never })
    for (const id of ['a', 'b', 'c']) await m.node(id)
    got(await buyer.jobs.submit(ann, request('s', { replicas: 4 })))
    await until(() => dead.jobs.host.load().working > 0)
    await m.node('late')
    await dead.kill()
    expect(got(await buyer.jobs.ended(ann.id, 's'))).toMatchObject({ status: 'done', result: 6, owners: 4 })
    expect(m.purse.balance('node:dead')).toBe(0n)
  })

  test('J13 a job that is called off pays for what was done, no more', async () => {
    const m = market({ policy: { cheats: 0 } })
    const buyer = await m.node('buyer', BUYS)
    const slow = await m.node('slow', { before: never })
    got(await buyer.jobs.submit(ann, request('s', { kind: 'hash', input: { text: 'x', rounds: 100_000 } })))
    await until(() => slow.jobs.host.load().working > 0)
    await until(async () => got(await buyer.jobs.get(ann.id, 's')).parts.progress > 0)
    const job = got(await buyer.jobs.cancel(ann.id, 's'))
    expect(job.status).toBe('cancelled')
    await until(() => m.purse.held() === 0n)
    const paid = m.purse.balance('node:slow')
    expect(paid).toBeGreaterThan(0n)
    expect(paid).toBeLessThan(10_000n)
    expect(m.purse.isWhole()).toBe(true)
  })

  test('J14 past its deadline a job fails, and everything goes back', async () => {
    const m = market()
    const buyer = await m.node('buyer', BUYS)
    await m.node('slow', { before: never })
    const job = await whole(buyer, request('s', { limits: { deadlineMs: 400 } }))
    expect(job).toMatchObject({ status: 'failed', error: { code: 'deadline' }, paidMicro: '0' })
    expect([m.purse.held(), m.purse.balance(ann.account)]).toEqual([0n, 10_000_000n])
  })

  test('J15 what is private stays here', async () => {
    const m = market()
    const buyer = await m.node('buyer')
    for (const id of ['a', 'b']) await m.node(id)
    const seen: string[] = []
    m.network.onPassage(({ protocol, to }) => {
      if (protocol === 'market') seen.push(to)
      return { copies: 1, delayMs: 0 }
    })
    expect(await whole(buyer, request('s', { privacy: 'own' }))).toMatchObject({ result: 6, owners: 1 })
    expect(seen).toEqual([])
  })

  test('J16 nobody shows an answer before all have promised theirs', async () => {
    const m = market()
    const buyer = await m.node('buyer', BUYS)
    for (const id of ['a', 'b', 'c']) await m.node(id)
    const order: string[] = []
    m.network.onPassage(({ frame, what }) => {
      if (what === 'request' && (frame.t === 'COMMIT' || frame.t === 'REVEAL')) order.push(frame.t)
      return { copies: 1, delayMs: 0 }
    })
    await whole(buyer, request('s', { replicas: 3 }))
    expect(order.slice(0, 6)).toEqual(['COMMIT', 'COMMIT', 'COMMIT', 'REVEAL', 'REVEAL', 'REVEAL'])
  })

  test('J17 messages that are lost or come twice change nothing but the time', async () => {
    const m = market({ progressEveryMs: 40 })
    const buyer = await m.node('buyer', BUYS)
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) await m.node(id)
    let n = 0
    m.network.onPassage(() => ({ copies: [1, 2, 1, 1, 0, 1, 1, 2, 1, 1, 1][n++ % 11]!, delayMs: 0 }))
    for (let job = 0; job < 4; job++)
      expect(await whole(buyer, request(`s${job}`, { limits: { deadlineMs: 40_000 } }))).toMatchObject({ result: 6 })
    m.network.onPassage(undefined)
    await until(() => m.purse.held() === 0n)
    expect(m.purse.isWhole()).toBe(true)
  })

  test('J18 on its word alone an owner waits for its pay, and is found out', async () => {
    const heard: unknown[] = []
    const book = { record: async (outcome: unknown) => heard.push(outcome) > 0 }
    const m = market({ policy: { heldChecks: 2 }, trust: (id) => ({ book, payer: `owner-${id}` }) })
    let lies = false
    const buyer = await m.node('buyer', BUYS)
    await m.node('sleeper', { lie: (outcome) => (lies ? wrong() : outcome) })
    for (let n = 0; n < 3; n++)
      await buyer.store.addOutcomes(
        [{ owner: 'owner-sleeper', kind: 'sum', outcome: 'confirmed', valueMicro: 1n, feeMicro: 0n, why: 'x' }],
        0,
      )
    // As if it had passed a thousand.
    const standing = buyer.store.standings as Map<string, unknown>
    standing.set('owner-sleeper/sum', { passed: 10_000, failed: 0, provenMicro: 1 })
    expect(await whole(buyer, request('trusted'))).toMatchObject({
      result: 6,
      verified: { mode: 'trust' },
      paidMicro: '0',
    })
    expect(m.purse.balance('node:sleeper')).toBe(0n)
    // Nobody looked at it: trust hears nothing.
    expect(heard).toEqual([])
    lies = true
    expect(await whole(buyer, request('wrong'))).toMatchObject({ result: 666 })
    for (const id of ['a', 'b', 'c', 'd', 'e']) await m.node(id)
    await whole(buyer, request('checked', { replicas: 5 }))
    await until(async () => got(await buyer.jobs.get(ann.id, 'wrong')).result === 6)
    await until(() => m.purse.held() === 0n)
    expect(m.purse.balance('node:sleeper')).toBe(0n)
    expect(m.purse.isWhole()).toBe(true)
  })
})

describe('a host', () => {
  test('J27 that is paused, in its quiet hours, without a price for the kind or too small works for nobody else, and for its own people all the same', async () => {
    const m = market()
    const buyer = await m.node('buyer', BUYS)
    const hour = new Date().getHours()
    const offers = {
      paused: { paused: true },
      quiet: { quiet: { fromHour: hour, toHour: (hour + 2) % 24 } },
      choosy: { prices: { hash: '1' } },
      small: { memoryMb: 64 },
    }
    const idle = new Map<string, MarketNode>()
    for (const [id, offer] of Object.entries(offers)) idle.set(id, await m.node(id, { offer }))
    const ready = ['a', 'b', 'c']
    for (const id of ready) await m.node(id)
    const wish = { limits: { memoryMb: 128 } }
    const earned = () => [...idle.keys(), ...ready].filter((id) => m.purse.balance(`node:${id}`) > 0n)
    const strict = (id: string, replicas: number) => whole(buyer, request(id, { ...wish, replicas, strict: true }))
    expect(await strict('s', 3)).toMatchObject({ result: 6, owners: 3 })
    await until(() => m.purse.held() === 0n)
    expect(earned()).toEqual(ready)

    const paused = idle.get('paused')!
    expect(await whole(paused, request('own', { privacy: 'own' }))).toMatchObject({ status: 'done', result: 6 })
    await paused.jobs.host.change({ paused: false })
    expect(await strict('t', 4)).toMatchObject({ result: 6, owners: 4 })
    await until(() => m.purse.held() === 0n)
    expect(m.purse.isWhole()).toBe(true)
  })
})

describe('restarts', () => {
  test('J60 a buyer that dies goes on where it was, and pays once', async () => {
    const m = market()
    let go = () => {}
    const gate = new Promise<void>((resolve) => (go = resolve))
    const buyer = await m.node('buyer', BUYS)
    for (const id of ['a', 'b', 'c', 'd']) await m.node(id, { before: () => gate })
    got(await buyer.jobs.submit(ann, request('s', { replicas: 2 })))
    await until(() => m.purse.held() > 0n)
    await buyer.kill()
    go()
    const again = await m.node('buyer', { ...BUYS, store: buyer.store })
    expect(got(await again.jobs.ended(ann.id, 's'))).toMatchObject({ status: 'done', result: 6 })
    await until(() => m.purse.held() === 0n)
    expect(m.purse.isWhole()).toBe(true)
    const earned = ['a', 'b', 'c', 'd'].map((id) => m.purse.balance(`node:${id}`)).filter((micro) => micro > 0n)
    expect(new Set(earned).size).toBe(1)
  })

  test('J61 a worker that dies does what it had agreed to, when it is back in time', async () => {
    const m = market({ progressEveryMs: 10_000, policy: { cheats: 0 } })
    const buyer = await m.node('buyer', BUYS)
    const worker = await m.node('w', { before: never })
    got(await buyer.jobs.submit(ann, request('s')))
    await until(() => worker.jobs.host.load().working > 0)
    await worker.kill()
    await m.node('w', { store: worker.store })
    expect(got(await buyer.jobs.ended(ann.id, 's'))).toMatchObject({ status: 'done', result: 6, workers: 1 })
    // Believed on its word alone: paid when it has passed more checks.
    expect(worker.store.works()).toMatchObject([{ status: 'committed' }])
  })

  test('J63 a ledger that cannot be reached at the verdict costs nobody anything: the job is done, and settled when it answers', async () => {
    let isAway = false
    const m = market({
      money: () => ({
        escrow: {
          ...m.purse,
          settle: async (asked) => {
            if (isAway) throw new Error('away')
            return m.purse.settle(asked)
          },
        },
        money: m.purse.money,
      }),
    })
    const buyer = await m.node('buyer', BUYS)
    for (const id of ['a', 'b', 'c']) await m.node(id, { before: async () => (isAway = true) })
    expect(await whole(buyer, request('s'))).toMatchObject({ status: 'done', result: 6, paidMicro: '0' })
    expect(m.purse.held()).toBeGreaterThan(0n)
    isAway = false
    await until(() => m.purse.held() === 0n)
    await until(async () => got(await buyer.jobs.get(ann.id, 's')).heldMicro === '0')
    expect(BigInt(got(await buyer.jobs.get(ann.id, 's')).paidMicro)).toBeGreaterThan(0n)
    expect(m.purse.isWhole()).toBe(true)
  })
})
