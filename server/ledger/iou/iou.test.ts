import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createFakeClock } from '../../lib/clock.ts'
import { signingKey } from '../../lib/ed25519.ts'
import { sign } from '../../lib/signed.ts'
import { createIouStore } from '../../storage/iou.ts'
import { createLedgerStore } from '../../storage/ledger.ts'
import { createTestDatabase, describeOnDatabases, type TestDatabase } from '../../testing/database.ts'
import { createLedger } from '../ledger.ts'
import type { Ledger } from '../types.ts'
import { hexOf, iouId, makeIou, makeRedemption, mayTake, openIou, type Terms } from './iou.ts'
import { createIous } from './ious.ts'
import type { IouResult, Ious } from './types.ts'

const ann = signingKey()
const ben = signingKey()
const eve = signingKey()
const ANN = hexOf(ann.publicKey)
const BEN = hexOf(ben.publicKey)
const HOUR_MS = 3_600_000
const NOW = 1_700_000_000_000

const terms = (change: Partial<Terms> = {}): Terms => ({
  creditor: BEN,
  limitMicro: 1_000n,
  nonce: 'nonce-0001',
  issuedAtMs: NOW,
  expiresAtMs: NOW + HOUR_MS,
  ...change,
})

describe('a promise to pay, taken without the ledger', () => {
  const offer = {
    me: BEN,
    nowMs: NOW,
    credit: { availableMicro: 1_500n, owedMicro: 0n },
    held: [],
  }
  const iou = makeIou(terms(), ann)
  const held = (n: number, limitMicro: bigint) => ({ id: `id-${n}`, debtor: ANN, nonce: `other-${n}`, limitMicro })

  test('L23 is taken from whoever is trusted with it, and says who promised what', () => {
    expect(mayTake(iou, offer)).toBeUndefined()
    expect(openIou(iou)).toEqual({ v: 1, debtor: ANN, ...terms(), limitMicro: '1000' })
  })

  test.each([
    ['bad_signature', { ...iou, sig: new Uint8Array(64) }, {}],
    ['bad_signature', { ...iou, key: eve.publicKey }, {}],
    // Eve signs that Ann owes.
    ['bad_signature', sign('iou', { v: 1, debtor: ANN, ...terms(), limitMicro: '1000' }, eve), {}],
    // Signed, but as something else.
    ['bad_signature', sign('bundle', { v: 1, debtor: ANN, ...terms(), limitMicro: '1000' }, ann), {}],
    ['bad_terms', makeIou(terms({ creditor: ANN }), ann), {}],
    ['bad_terms', makeIou(terms({ limitMicro: 1_000_000_001n }), ann), {}],
    ['bad_terms', makeIou(terms({ expiresAtMs: NOW }), ann), {}],
    ['bad_terms', makeIou(terms({ expiresAtMs: NOW + 31 * 24 * HOUR_MS }), ann), {}],
    ['not_for_you', iou, { me: ANN }],
    ['expired', iou, { nowMs: NOW + HOUR_MS }],
    ['expired', iou, { nowMs: NOW - HOUR_MS }],
    ['credit_stopped', iou, { credit: { availableMicro: 0n, owedMicro: 1n } }],
    ['over_credit', iou, { credit: { availableMicro: 999n, owedMicro: 0n } }],
    ['over_credit', iou, { held: [held(1, 501n)] }],
    ['nonce_used', iou, { held: [{ ...held(1, 1n), nonce: 'nonce-0001' }] }],
    ['too_many_held', iou, { held: Array.from({ length: 100 }, (_, n) => held(n, 1n)) }],
  ] as const)('L23 %s', (reason, signed, change) => {
    expect(mayTake(signed, { ...offer, ...change })).toBe(reason)
  })

  test('L23 shown twice is the same promise', () => {
    const again = { id: iouId(iou), debtor: ANN, nonce: 'nonce-0001', limitMicro: 1_000n }
    expect(mayTake(iou, { ...offer, held: [again] })).toBeUndefined()
  })
})

await describeOnDatabases('a promise to pay, handed in', (kind) => {
  let db: TestDatabase
  let ledger: Ledger
  let ious: Ious
  const clock = createFakeClock(NOW)
  const told: string[] = []
  beforeAll(async () => {
    db = await createTestDatabase({ kind })
  })
  beforeEach(async () => {
    await db.pool.query(
      'TRUNCATE "LedgerAccount", "LedgerTransfer", "LedgerPending", "LedgerMinted", "LedgerTotal", "Iou"',
    )
    ledger = createLedger({ store: createLedgerStore(db), clock })
    ious = await createIous({
      store: createIouStore(db),
      ledger,
      clock,
      log: { error: (_, text) => told.push(text) },
    })
    expect(told).toEqual([])
  })
  afterAll(() => db?.[Symbol.asyncDispose]())

  const fund = (amountMicro: bigint, id = 'g') =>
    ledger.transfer([{ id, from: 'academy:grants', to: `owner:${ANN}`, amountMicro, code: 'grant' }])
  const saidOf = (result: IouResult) => (result.ok ? result.iou.state : result.reason)
  const redeem = async (iou = makeIou(terms(), ann), amountMicro = 700n) =>
    saidOf(await ious.redeem(makeRedemption(iou, amountMicro, ben)))

  test('L24 is paid once, whoever hands it in and however often', async () => {
    await fund(5_000n)
    const iou = makeIou(terms(), ann)
    const said = await Promise.all(Array.from({ length: 6 }, () => redeem(iou)))
    expect(said).toEqual(Array.from({ length: 6 }, () => 'redeemed'))
    expect(await ledger.balance(`owner:${BEN}`)).toBe(700n)
    expect(await redeem(iou)).toBe('redeemed')
    expect(await redeem(iou, 300n)).toBe('already_redeemed')
    expect(await ledger.balance(`owner:${BEN}`)).toBe(700n)
    expect((await ledger.audit()).problems).toEqual([])
  })

  test('L24 refusals say why', async () => {
    await fund(5_000n)
    const iou = makeIou(terms(), ann)
    expect(saidOf(await ious.redeem(makeRedemption(iou, 700n, eve)))).toBe('not_for_you')
    expect(saidOf(await ious.redeem({ ...makeRedemption(iou, 700n, ben), iou: makeIou(terms(), eve) }))).toBe(
      'bad_signature',
    )
    expect(await redeem(iou, 1_001n)).toBe('over_limit')
    expect(await redeem(makeIou(terms({ issuedAtMs: NOW - HOUR_MS, expiresAtMs: NOW }), ann))).toBe('expired')
    expect(await redeem(iou)).toBe('redeemed')
    expect(await redeem(makeIou(terms({ memo: 'another with the same number' }), ann))).toBe('nonce_used')
    expect(await ledger.balance(`owner:${BEN}`)).toBe(700n)
  })

  test('L24 a crash between the promise and its payment is made good by handing it in again', async () => {
    await fund(5_000n)
    const dying = await createIous({
      store: createIouStore(db),
      ledger: { transfer: () => Promise.reject(new Error('cut')), onCommitted: () => () => {} },
      clock,
      log: { error: () => {} },
    })
    const handed = makeRedemption(makeIou(terms(), ann), 700n, ben)
    await expect(dying.redeem(handed)).rejects.toThrow('cut')
    expect(saidOf(await ious.redeem(handed))).toBe('redeemed')
    expect(await ledger.balance(`owner:${BEN}`)).toBe(700n)
  })

  test('L25 without funds is a default, owed until it is repaid, and repaid by the next credits that come', async () => {
    await fund(100n)
    const iou = makeIou(terms(), ann)
    expect(await redeem(iou)).toBe('defaulted')
    expect(await ious.owed(ANN)).toBe(700n)
    expect(await redeem(iou)).toBe('defaulted')
    expect(await ious.repay(ANN)).toBe(0)
    await fund(599n, 'not enough'.replaceAll(' ', '-'))
    expect(await ious.repay(ANN)).toBe(0)
    await fund(1n, 'enough')
    await vi.waitFor(async () => expect(await ious.owed(ANN)).toBe(0n), { timeout: 20_000, interval: 5 })
    expect(await redeem(iou)).toBe('repaid')
    expect(await ledger.balance(`owner:${BEN}`)).toBe(700n)
    await ious[Symbol.asyncDispose]()
  })

  test('L25 a default is remembered by the next process', async () => {
    expect(await redeem()).toBe('defaulted')
    await ious[Symbol.asyncDispose]()
    await using _next = await createIous({ store: createIouStore(db), ledger, clock, log: { error: () => {} } })
    await fund(700n)
    await vi.waitFor(async () => expect(await ledger.balance(`owner:${BEN}`)).toBe(700n), {
      timeout: 20_000,
      interval: 5,
    })
  })
})
