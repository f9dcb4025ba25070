import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../lib/clock.ts'
import { createKeyring } from './keyring.ts'
import { createSealer } from './seal.ts'
import { silentLog, TEST_SECRET } from './testing/harness.ts'
import { createMemoryAccountStore } from './testing/memory-store.ts'

const DAY = 86_400_000
const OPTIONS = { ageMs: 30 * DAY, aheadMs: 3_600_000, keepMs: 900_000 }

function ring({ store = createMemoryAccountStore(), clock = createFakeClock(), secret = TEST_SECRET } = {}) {
  const keyring = createKeyring({ store, sealer: createSealer(secret), clock, log: silentLog }, OPTIONS)
  const kids = async () => (await keyring.published()).map(({ kid }) => kid)
  return { keyring, store, clock, kids }
}

describe('keyring', () => {
  test('K1 a new key is published before it signs, and an old one until the tokens it signed have expired', async () => {
    const { keyring, clock, kids, store } = ring()
    const first = (await keyring.signer()).kid
    expect(await kids()).toEqual([first])
    clock.advance(30 * DAY - 3_600_000 - 1)
    expect(await kids()).toEqual([first])
    clock.advance(60_001)
    const [, second] = await kids()
    const { activeFromMs } = (await store.signingKeys()).at(-1)!
    expect(activeFromMs - clock.now()).toBe(3_600_000)
    clock.advance(3_600_000 - 1)
    expect((await keyring.signer()).kid).toBe(first)
    clock.advance(1)
    expect((await keyring.signer()).kid).toBe(second)
    expect(await kids()).toEqual([first, second])
    clock.advance(900_000 - 1)
    expect(await keyring.verifier(first)).toBeDefined()
    clock.advance(60_000)
    expect(await kids()).toEqual([second])
    expect(await keyring.verifier(first)).toBeUndefined()
  })

  test('K2 after a long sleep the old key signs on while the new one is published', async () => {
    const { keyring, clock, kids } = ring()
    const first = (await keyring.signer()).kid
    clock.advance(90 * DAY)
    expect((await keyring.signer()).kid).toBe(first)
    expect(await kids()).toHaveLength(2)
    clock.advance(3_600_000)
    expect((await keyring.signer()).kid).not.toBe(first)
  })

  test('K3 two processes that start or rotate at once agree on the keys', async () => {
    const one = ring()
    const two = ring({ store: one.store, clock: one.clock })
    const signers = await Promise.all([one, two].map(({ keyring }) => keyring.signer()))
    expect(signers[0]!.kid).toBe(signers[1]!.kid)
    one.clock.advance(30 * DAY - 1)
    const published = await Promise.all([one, two].map(({ kids }) => kids()))
    expect(published[0]).toHaveLength(2)
    expect(published[1]).toEqual(published[0])
  })

  test('K4 a key that another process made is found when a token carries its id', async () => {
    const one = ring()
    const two = ring({ store: one.store, clock: one.clock })
    await two.keyring.signer()
    one.clock.advance(30 * DAY - 3_600_000)
    const [, made] = await one.kids()
    expect(await two.keyring.verifier(made!)).toBeDefined()
    expect(await two.keyring.verifier('no-such-key')).toBeUndefined()
  })

  test('K5 under another secret nothing is lost: the old key verifies, a new one signs', async () => {
    const one = ring()
    const old = (await one.keyring.signer()).kid
    const two = ring({ store: one.store, clock: one.clock, secret: new Uint8Array(32).fill(9) })
    expect((await two.keyring.signer()).kid).not.toBe(old)
    expect(await two.keyring.verifier(old)).toBeDefined()
  })
})
