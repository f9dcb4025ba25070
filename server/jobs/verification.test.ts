import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { createBundles } from '../bundles/bundles.ts'
import type { Bundles } from '../bundles/types.ts'
import { createMarkets, got, type MarketNode } from './testing/market.ts'
import type { Jobs, Outcome } from './types.ts'

const ann = { id: 'player_ann', account: 'player:ann' }
/** A host that offers nothing itself. */
const BUYS = { offer: { prices: {} } }
const { market, keep, closeAll } = createMarkets(ann.account, 100_000_000n)
afterEach(closeAll)

async function sum(node: MarketNode, id: string, input: number[], more: object = {}) {
  got(await node.jobs.submit(ann, { id, kind: 'sum', input, maxPriceMicro: 1_000_000n, ...more }))
  return got(await node.jobs.ended(ann.id, id))
}
type Shown = { parts: { value: { canary: string | null; digest: string; votes: { owner: string }[] } }[] }
const partsOf = async (jobs: Jobs, id: string) =>
  (got(await jobs.evidence(ann.id, id)) as unknown as Shown).parts.map(({ value }) => value)

describe('canaries', () => {
  test('J30 old parts are slipped in among new ones, are paid like them, and catch who lies', async () => {
    const m = market({ policy: { canary: 1 } })
    const buyer = await m.node('buyer', BUYS)
    for (const id of ['a', 'b', 'c', 'd']) await m.node(id)
    await sum(buyer, 'first', [1, 2])
    expect((await sum(buyer, 'second', [3, 4])).result).toBe(7)
    await expect
      .poll(async () => (await partsOf(buyer.jobs, 'second')).filter(({ canary }) => canary !== null).length)
      .toBe(1)
    await expect.poll(() => m.purse.held()).toBe(0n)
    const [known] = (await partsOf(buyer.jobs, 'second')).filter(({ canary }) => canary !== null)
    expect(known!.digest).toBe(known!.canary)
    expect(m.purse.isWhole()).toBe(true)

    await m.node('liar', { lie: (): Outcome => ({ ok: true, value: 666 }), offer: { prices: { sum: '1' } } })
    for (let n = 0; buyer.store.standings.get('owner-liar/sum')?.failed === undefined; n++)
      expect((await sum(buyer, `n${n}`, [n, 1])).result).toBe(n + 1)
    await expect.poll(() => m.purse.held()).toBe(0n)
    expect(m.purse.balance('node:liar')).toBe(0n)
  })
})

describe('re-checks', () => {
  test('J30 a part that is looked at twice has another owner’s answer too, however well the first one stands', async () => {
    const m = market({ policy: { recheck: 1 } })
    const buyer = await m.node('buyer', BUYS)
    for (const id of ['a', 'b', 'c']) await m.node(id)
    const standings = buyer.store.standings as Map<string, unknown>
    for (const id of ['a', 'b', 'c']) standings.set(`owner-${id}/sum`, { passed: 10_000, failed: 0, provenMicro: 1 })
    const job = await sum(buyer, 's', [1, 2])
    expect(job).toMatchObject({ status: 'done', result: 3, verified: { mode: 'quorum' } })
    expect(job.owners).toBeGreaterThanOrEqual(2)
  })

  test('J30 without it the word of one proven owner is enough', async () => {
    const m = market()
    const buyer = await m.node('buyer', BUYS)
    for (const id of ['a', 'b', 'c']) await m.node(id)
    const standings = buyer.store.standings as Map<string, unknown>
    for (const id of ['a', 'b', 'c']) standings.set(`owner-${id}/sum`, { passed: 10_000, failed: 0, provenMicro: 1 })
    expect(await sum(buyer, 's', [1, 2])).toMatchObject({ result: 3, owners: 1, verified: { mode: 'trust' } })
  })
})

test('J25 a replica is paid for the audits it passes; who only says it has one is found out by the first', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'academy-store-'))
  keep({ [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) })
  const shelves = new Map<string, Bundles>()
  const m = market({
    askTimeoutMs: 10_000,
    progressEveryMs: 5_000,
    async bundles(wire) {
      const bundles = await createBundles({ dir: join(dir, wire.self), wire })
      keep(bundles)
      shelves.set(wire.self, bundles)
      return bundles
    },
  })
  const buyer = await m.node('buyer', BUYS)
  const bytes = new Uint8Array(200_000).map((_, i) => (i * 31) % 251)
  const cid = await shelves.get('buyer')!.put('input', bytes)
  const said: Outcome = { ok: true, value: { cid, bytes: bytes.length } }
  let hasSaid = false
  await m.node('boaster', {
    instead() {
      hasSaid = true
      return said
    },
  })
  const wish = { kind: 'store', input: { cid, audits: 3, everyMs: 10 }, maxPriceMicro: 1_000_000n, strict: true }
  got(await buyer.jobs.submit(ann, { id: 'keep', ...wish }))
  await expect.poll(() => hasSaid).toBe(true)
  await m.node('keeper')
  const job = got(await buyer.jobs.ended(ann.id, 'keep'))
  expect(job).toMatchObject({ status: 'done', result: { cid, bytes: bytes.length }, owners: 1 })
  await expect.poll(() => m.purse.held()).toBe(0n)
  expect(m.purse.balance('node:boaster')).toBe(0n)
  expect(m.purse.balance('node:keeper')).toBe(BigInt(job.paidMicro))
  expect(BigInt(job.paidMicro)).toBeGreaterThan(0n)
  expect(await shelves.get('keeper')!.get(cid)).toEqual(bytes)
})
