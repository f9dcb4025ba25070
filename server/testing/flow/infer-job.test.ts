import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Backend } from '../../inference/backend.ts'
import { createEmbeddedBackend } from '../../inference/embedded/backend.ts'
import type { JobModels } from '../../inference/types.ts'
import { createJobModels } from '../../inference/verify/job.ts'
import { createMarket, type Market, type MarketNode } from '../../jobs/testing/market.ts'
import type { Jobs, Result } from '../../jobs/types.ts'
import { sha256Of, tinyModelFile } from '../models/tiny-model.ts'

const ann = { id: 'player_ann', account: 'player:ann' }
/** A host that offers nothing itself. */
const BUYS = { offer: { prices: {} } }
const open: AsyncDisposable[] = []
const loaded: Backend[] = []
let sha256: string
let honest: Backend
/** Another, smaller model under the promised one's name. */
let swapped: Backend

async function load(options: Parameters<typeof tinyModelFile>[0], as?: string): Promise<Backend> {
  const file = await tinyModelFile(options)
  const of = await sha256Of(file)
  const backend = await createEmbeddedBackend(
    { id: 'm', file, sha256: of, gpu: 'off', sequences: 4, contextTokens: 512, priceInMicro: 0n, priceOutMicro: 0n },
    { info() {}, warn() {} },
  )
  loaded.push(backend)
  sha256 ??= of
  return { ...backend, models: () => backend.models().map((model) => ({ ...model, sha256: as ?? of })) }
}
beforeAll(async () => {
  honest = await load({})
  swapped = await load({ seed: 'impostor', width: 64 }, sha256)
}, 300_000)
afterAll(async () => {
  await Promise.all(loaded.map((one) => one[Symbol.asyncDispose]()))
})
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
})

function market(policy: NonNullable<Parameters<typeof createMarket>[0]>['policy'] = {}): Market {
  const made = createMarket({ policy, askTimeoutMs: 20_000, progressEveryMs: 2_000 })
  made.purse.give(ann.account, 100_000_000n)
  open.push(made)
  return made
}
const models = (own: readonly Backend[], others: readonly Backend[] = []): JobModels =>
  createJobModels({ own: () => own, others: () => others, random: () => 0.5 })
const as = (backend: Backend, owner: string): Backend => ({ ...backend, node: owner, owner, isTrusted: true })

const got = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal))
  return result.value
}
async function ask(node: MarketNode, id: string, more: object = {}) {
  const input = { sha256, messages: [{ role: 'user', content: `tell me of the tide, ${id}` }], maxTokens: 36 }
  got(await node.jobs.submit(ann, { id, kind: 'infer', input, maxPriceMicro: 10_000_000n, ...more }))
  return got(await node.jobs.ended(ann.id, id))
}
type Votes = { value: { canary: string | null; votes: { owner: string; status: string; found?: string }[] } }[]
const votesOf = async (jobs: Jobs, id: string) =>
  (got(await jobs.evidence(ann.id, id)) as unknown as { parts: Votes }).parts.flatMap(({ value }) => value.votes)
const failedOf = ({ store }: MarketNode, owner: string) => store.standings.get(`owner-${owner}/infer`)?.failed ?? 0

describe('inference as a paid job', () => {
  test('I65 only a node that has the file offers, and it is paid for what it wrote', {
    timeout: 300_000,
  }, async () => {
    const m = market()
    const buyer = await m.node('buyer', { ...BUYS, models: models([honest]) })
    await m.node('without', { models: models([]) })
    await m.node('host', { models: models([honest]) })
    const done = await ask(buyer, 'one')
    expect(done).toMatchObject({ status: 'done', result: { finish: 'length', outTokens: 36 } })
    expect(await votesOf(buyer.jobs, 'one')).toMatchObject([
      { owner: 'owner-host', status: 'revealed', found: expect.stringMatching(/^confirmed: here: rescored/) },
    ])
    await expect.poll(() => m.purse.held(), { timeout: 120_000 }).toBe(0n)
    // 500 for the part, 2,000 for a million fuel: 1,000 for a token, 60 for a byte of the question and of its frame.
    const bytes = 'tell me of the tide, one'.length + 16
    expect(m.purse.balance('node:host')).toBe(500n + BigInt(Math.ceil(((36_000 + bytes * 60) * 2_000) / 1_000_000)))
    expect(m.purse.isWhole()).toBe(true)
    const nobody = await ask(buyer, 'two', {
      input: { sha256: '0'.repeat(64), messages: [{ role: 'user', content: '?' }] },
    })
    expect(nobody).toMatchObject({ status: 'failed', error: { code: 'not_enough_workers' } })
  })

  test('I66 who answers with a smaller model is found by this node, not paid, and its work is done by another', {
    timeout: 300_000,
  }, async () => {
    const m = market()
    const buyer = await m.node('buyer', { ...BUYS, models: models([honest]) })
    await m.node('cheat', { models: models([swapped]) })
    await m.node('host', { models: models([honest]) })
    let last = ''
    for (let n = 0; failedOf(buyer, 'cheat') === 0; n++) {
      last = `n${n}`
      expect(await ask(buyer, last)).toMatchObject({ status: 'done' })
    }
    const votes = await votesOf(buyer.jobs, last)
    expect(votes.find(({ owner }) => owner === 'owner-cheat')).toMatchObject({
      status: 'lost',
      found: expect.stringMatching(/^wrong: here: rescored, mean log-probability/),
    })
    expect(votes.find(({ owner }) => owner === 'owner-host')?.status).toBe('revealed')
    await expect.poll(() => m.purse.held(), { timeout: 120_000 }).toBe(0n)
    expect(m.purse.balance('node:cheat')).toBe(0n)
    expect(failedOf(buyer, 'host')).toBe(0)
  })

  test('I68 other owners’ nodes score for a buyer without the model: two make a verdict, one alone a doubt', {
    timeout: 300_000,
  }, async () => {
    const m = market()
    const referees = [as(honest, 'owner-r1'), as(honest, 'owner-r2')]
    const one = await m.node('one', { ...BUYS, models: models([], referees.slice(0, 1)) })
    const two = await m.node('two', { ...BUYS, models: models([], referees) })
    await m.node('cheat', { models: models([swapped]) })
    expect(await ask(one, 'a')).toMatchObject({ status: 'failed' })
    expect(await votesOf(one.jobs, 'a')).toMatchObject([
      { status: 'lost', found: expect.stringMatching(/^doubted: owner-r1/) },
    ])
    expect(failedOf(one, 'cheat')).toBe(0)
    expect(await ask(two, 'b')).toMatchObject({ status: 'failed' })
    expect(await votesOf(two.jobs, 'b')).toMatchObject([
      { status: 'lost', found: expect.stringMatching(/^wrong: owner-r/) },
    ])
    expect(failedOf(two, 'cheat')).toBe(1)
    expect(m.purse.balance('node:cheat')).toBe(0n)
    // An accuser that lies is outvoted: nothing is counted against the honest.
    const liar = as({ ...honest, score: async () => ({ meanLogProb: -9, firstChoice: 0, tokens: 36 }) }, 'owner-r3')
    const misled = models([], [{ ...liar, run: honest.run }, as(honest, 'owner-r1')])
    const given = {
      owner: 'owner-x',
      privacy: 'public',
      isSampled: true,
      signal: new AbortController().signal,
    } as const
    const order = {
      sha256,
      messages: [{ role: 'user', content: 'the tide' }],
      maxTokens: 36,
      temperature: 0,
    } as const
    const answer = await models([honest]).run(order, given.signal, () => {})
    expect(await misled.examine(order, { ...given, answer })).toMatchObject({
      finding: expect.stringMatching(/confirmed|doubted/),
    })
  })

  test('I67 what is not in the sample is paid later, and not at all when a question asked before finds the cheat', {
    timeout: 300_000,
  }, async () => {
    const m = market({ canary: 1 })
    const proven = { outcome: 'confirmed', kind: 'infer', valueMicro: 500n, feeMicro: 0n, why: 'before' } as const
    const buyer = await m.node('buyer', { ...BUYS, models: models([honest]) })
    const host = await m.node('host', { models: models([honest]) })
    await ask(buyer, 'first')
    await buyer.store.addOutcomes(
      Array.from({ length: 20 }, () => ({ ...proven, owner: 'owner-cheat' })),
      0,
    )
    await host.kill()
    await m.node('cheat', { models: models([swapped]) })
    // Proven, so nobody looks at it: but among its work is a question that was asked before.
    let last = ''
    for (let n = 0; failedOf(buyer, 'cheat') === 0; n++) {
      last = `n${n}`
      await ask(buyer, last)
    }
    const votes = await votesOf(buyer.jobs, last)
    expect(votes.some(({ found }) => /^wrong: here: canary/.test(found ?? ''))).toBe(true)
    await m.node('host2', { models: models([honest]) })
    await expect.poll(async () => got(await buyer.jobs.get(ann.id, last)).status, { timeout: 120_000 }).toBe('done')
    await expect.poll(() => m.purse.held(), { timeout: 120_000 }).toBe(0n)
    expect(m.purse.balance('node:cheat')).toBe(0n)
    expect(m.purse.isWhole()).toBe(true)
  })
})
