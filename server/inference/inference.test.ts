import { describe, expect, test, vi } from 'vitest'
import { createLedger } from '../ledger/ledger.ts'
import type { Ledger } from '../ledger/types.ts'
import { createFakeClock } from '../lib/clock.ts'
import { INFER_ESCROW_IDLE_MS, INFER_KEY_CACHE_MS } from '../limits.ts'
import { createInferenceStore } from '../storage/inference.ts'
import { createLedgerStore } from '../storage/ledger.ts'
import { createTestDatabase, describeOnDatabases } from '../testing/database.ts'
import { createCallers } from './callers.ts'
import { InferError } from './errors.ts'
import { createEscrow } from './escrow.ts'
import { createInference } from './inference.ts'
import { createLimiter } from './limiter.ts'
import { createMeasurements } from './measurements.ts'
import { type HandBackend, handBackend, speak } from './testing/hand-backend.ts'
import { until } from './testing/until.ts'
import type { InferRequest } from './types.ts'
import { createUsageBook } from './usage.ts'

const TEXT = 'one two three four five six seven eight nine ten'
const PRICE = { priceInMicro: 0n, priceOutMicro: 1_000_000n }
const quiet = { error() {}, info() {}, warn() {} }
const question: InferRequest = { messages: [{ role: 'user', content: 'hi' }], maxTokens: 20 }
const ada = { tenant: 'player:ada', playerId: 'ada' }

async function lab(kind: 'pglite' | 'postgres', backends: readonly HandBackend[]) {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await createTestDatabase({ kind }))
  const clock = createFakeClock()
  const ledger: Ledger = createLedger({ store: createLedgerStore(database), clock })
  const store = createInferenceStore(database)
  await ledger.transfer([{ id: 'first', from: 'academy:grants', to: 'player:ada', amountMicro: 100n, code: 'grant' }])
  const usage = stack.use(createUsageBook(store, clock.now, quiet))
  const open = () => createEscrow({ ledger, store, now: clock.now, log: quiet })
  const escrow = stack.use(open())
  const inference = createInference({
    backends: () => backends,
    measured: createMeasurements(),
    limiter: createLimiter(clock.now),
    escrow,
    usage,
    now: clock.now,
    payeeOf: ({ node }) => `node:${node}`,
  })
  const callers = createCallers({ store, usage, now: clock.now, mayAct: async () => true })
  const settled = async (account: string, micro: bigint) => {
    clock.advance(INFER_ESCROW_IDLE_MS + 1)
    await vi.waitFor(async () => expect(await ledger.balance(account)).toBe(micro), { timeout: 50_000, interval: 50 })
  }
  return {
    inference,
    clock,
    ledger,
    store,
    usage,
    callers,
    settled,
    open,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

await describeOnDatabases('asking on behalf of somebody', (kind) => {
  test('I70 credits are set aside before, posted after as far as the answer came, and the rest goes back', async () => {
    const host = handBackend('host', { model: PRICE })
    await using it = await lab(kind, [host])
    const answer = it.inference.complete(question, ada)
    await until(() => expect(host.runs.length).toBe(1))
    const pending = (await it.ledger.account('player:ada'))!.debitsPendingMicro
    expect(pending).toBeGreaterThanOrEqual(20n)
    speak(host.runs[0]!, TEXT)
    expect((await answer).costMicro).toBe(10n)
    await it.settled('node:host', 10n)
    expect(await it.ledger.account('player:ada')).toMatchObject({ debitsPostedMicro: 10n, debitsPendingMicro: 0n })
    expect((await it.ledger.audit()).problems).toEqual([])
    await it.usage.flush()
    expect(await it.store.usageOf('player:ada', 5)).toMatchObject([
      { node: 'host', requests: 1, outTokens: 10, costMicro: 10n },
    ])
  })

  test('I71 an answer that was broken off is billed as far as it came', async () => {
    const host = handBackend('host', { model: PRICE })
    await using it = await lab(kind, [host])
    const heard: string[] = []
    const reading = (async () => {
      for await (const event of it.inference.stream(question, ada)) {
        if (event.type === 'text') heard.push(event.text)
        if (heard.length === 3) break
      }
    })()
    await until(() => expect(host.runs.length).toBe(1))
    speak(host.runs[0]!, TEXT, 14)
    await reading
    expect(host.runs[0]!.cancelled).toBe(true)
    await it.settled('node:host', 3n)
    expect(await it.ledger.account('player:ada')).toMatchObject({ debitsPostedMicro: 3n, debitsPendingMicro: 0n })
  })

  test('I74 a model that comes back and goes on with its own answer is paid for both parts', async () => {
    const host = handBackend('here', { model: PRICE })
    await using it = await lab(kind, [host])
    const answer = it.inference.complete(question, ada)
    await until(() => expect(host.runs.length).toBe(1))
    speak(host.runs[0]!, TEXT, 14)
    host.runs[0]!.sink.fail(new InferError('backend_failed', 'gone'))
    await until(() => expect(host.runs.length).toBe(2))
    const { sink } = host.runs[1]!
    sink.text(TEXT.slice(14), 7)
    sink.end('stop', { inTokens: 5, outTokens: 7, ms: 1 })
    expect(await answer).toMatchObject({ text: TEXT, costMicro: 10n })
    await it.settled('node:here', 10n)
    expect(await it.ledger.account('player:ada')).toMatchObject({ debitsPostedMicro: 10n, debitsPendingMicro: 0n })
  })

  test('I72 whoever has too little is refused before anybody works', async () => {
    const host = handBackend('host', { model: { ...PRICE, priceOutMicro: 100_000_000n } })
    await using it = await lab(kind, [host])
    await expect(it.inference.complete(question, ada)).rejects.toMatchObject({ code: 'insufficient_funds' })
    expect(host.runs).toEqual([])
    expect(await it.ledger.account('player:ada')).toMatchObject({ debitsPendingMicro: 0n })
  })

  test('I73 what a node that died had set aside is posted as far as it was used when it comes back', async () => {
    const host = handBackend('host', { model: PRICE })
    await using it = await lab(kind, [host])
    const answer = it.inference.complete(question, ada)
    await until(() => expect(host.runs.length).toBe(1))
    speak(host.runs[0]!, TEXT)
    await answer
    await vi.waitFor(async () => expect((await it.store.escrows())[0]).toMatchObject({ usedMicro: 10n }), {
      timeout: 50_000,
    })
    await using again = it.open()
    await again.recover()
    expect(await it.ledger.balance('node:host')).toBe(10n)
    expect(await it.store.escrows()).toEqual([])
  })

  test('I74 two nodes that each gave a part are each paid for theirs', async () => {
    const [a, b] = [handBackend('a', { model: PRICE }), handBackend('b', { model: PRICE })]
    await using it = await lab(kind, [a, b])
    const answer = it.inference.complete(question, ada)
    await until(() => expect(a.runs.length + b.runs.length).toBe(1))
    const [first, second] = a.runs.length === 1 ? [a, b] : [b, a]
    speak(first.runs[0]!, TEXT, 14)
    const { InferError } = await import('./errors.ts')
    first.runs[0]!.sink.fail(new InferError('backend_failed', 'gone'))
    await until(() => expect(second.runs.length).toBe(1))
    speak(second.runs[0]!, TEXT)
    expect((await answer).text).toBe(TEXT)
    await it.settled(`node:${first.node}`, 3n)
    await it.settled(`node:${second.node}`, 10n)
  })

  test('I75 the same question of the same tenant is answered from memory, of another it is not', async () => {
    const host = handBackend('host', { model: PRICE })
    await using it = await lab(kind, [host])
    const cold = { ...question, temperature: 0 }
    const first = it.inference.complete(cold, ada)
    await until(() => expect(host.runs.length).toBe(1))
    speak(host.runs[0]!, TEXT)
    await first
    expect(await it.inference.complete(cold, ada)).toMatchObject({
      text: TEXT,
      costMicro: 0n,
      usage: { cached: true },
    })
    expect(host.runs.length).toBe(1)
    const other = it.inference.complete({ ...cold }, { tenant: 'node:host' })
    await until(() => expect(host.runs.length).toBe(2))
    speak(host.runs[1]!, TEXT)
    expect((await other).usage.cached).toBeUndefined()
  })

  test('I36 whatever a minor asks is personal, and goes to no foreign node', async () => {
    const foreign = handBackend('foreign', { ownGround: false })
    await using it = await lab(kind, [foreign])
    await it.callers.setMinor('ada', true)
    const { principal } = await it.callers.ofPerson('ada')
    await expect(it.inference.complete({ ...question, privacy: 'open' }, principal)).rejects.toMatchObject({
      code: 'privacy_no_node',
    })
    expect(it.inference.availability(principal, 'open')).toEqual({ ok: false, why: 'none' })
    expect(foreign.runs).toEqual([])
  })

  test('I23 a key is kept by its hash, revoked at once, and expires', async () => {
    await using it = await lab(kind, [])
    const { key, secret } = await it.callers.create('ada', {
      name: 'mine',
      expiresAtMs: it.clock.now() + INFER_KEY_CACHE_MS * 3,
    })
    expect(await it.callers.ofKey(secret)).toMatchObject({ principal: { tenant: 'player:ada', keyId: key.id } })
    expect(JSON.stringify((await it.store.keysOf('ada')).map((row) => ({ ...row, spentMicro: '' })))).not.toContain(
      secret.slice(8),
    )
    it.clock.advance(INFER_KEY_CACHE_MS * 3)
    await expect(Promise.resolve().then(() => it.callers.ofKey(secret))).rejects.toMatchObject({
      code: 'unauthorized',
    })
    const other = await it.callers.create('ada', { name: 'other' })
    await it.callers.ofKey(other.secret)
    expect(await it.callers.revoke('bob', other.key.id)).toBe(false)
    expect(await it.callers.revoke('ada', other.key.id)).toBe(true)
    await expect(Promise.resolve(it.callers.ofKey(other.secret))).rejects.toMatchObject({ code: 'unauthorized' })
  })
})

describe('rates', () => {
  test('I76 requests, tokens and requests at once are each bounded, and time gives them back', () => {
    const clock = createFakeClock()
    const limiter = createLimiter(clock.now)
    const limits = { requestsPerMinute: 4, tokensPerMinute: 100, concurrency: 2 }
    const enter = (tokens = 1) => limiter.enter('a', limits, tokens)
    const [one, two] = [enter(), enter()]
    expect(() => enter()).toThrow(expect.objectContaining({ code: 'rate_limited' }))
    one(1)
    two(1)
    enter(50)(90)
    expect(() => enter(50)).toThrow(
      expect.objectContaining({ code: 'rate_limited', message: expect.stringMatching(/tokens/) }),
    )
    enter(1)(1)
    expect(() => enter(1)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/requests/), retryAfterMs: expect.any(Number) }),
    )
    clock.advance(60_000)
    enter(50)(1)
    expect(() => limiter.enter('b', limits, 1)).not.toThrow()
  })
})
