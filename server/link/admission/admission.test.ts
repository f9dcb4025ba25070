/** Admission on a clock by hand: shares, offences, bans. */
import { expect, test } from 'vitest'
import { createFakeClock } from '../../lib/clock.ts'
import {
  ADDRESS_SHARES,
  BAN_STEPS_MS,
  BYTES_PER_MINUTE,
  FLOOD_REFUSALS_PER_MINUTE,
  OWNER_SHARES,
  REPLAYS_PER_TEN_MINUTES,
} from '../../limits.ts'
import type { Served } from '../types.ts'
import { createAdmission } from './admission.ts'
import { memoryBanStore } from './bans.ts'
import type { Ban, Known } from './types.ts'

const served: Served = {
  protocol: 'p',
  maxStreams: 1,
  perMinute: 10,
  perHour: 30,
  overRelay: true,
  admittedOnly: false,
}
const from = (node: string, more: Partial<Known> = {}): Known => ({ node, reach: 'lan', ...more })
const quiet = { warn() {}, error() {} }

async function open(store = memoryBanStore(), clock = createFakeClock()) {
  const slept: number[] = []
  const sleep = async (ms: number) => void slept.push(ms)
  return { admission: await createAdmission({ store, now: clock.now, log: quiet, sleep }), clock, store, slept }
}

test('N14 a node has a share for the minute and one for the hour; both fill up with time', async () => {
  const { admission, clock } = await open()
  const allowed = (n: number) =>
    Array.from({ length: n }, () => admission.refusal(from('a'), served, 1)).filter((refused) => !refused).length
  expect(allowed(15)).toBe(10)
  clock.advance(60_000)
  expect(allowed(15)).toBe(10)
  clock.advance(60_000)
  expect(allowed(15)).toBe(10)
  clock.advance(60_000)
  // The hour's share is used up by now, but for what has trickled in.
  expect(allowed(15)).toBeLessThan(3)
  expect(admission.refusal(from('b'), served, 1)).toBeUndefined()
})

test('N14 the nodes of one owner share; only those without an owner count against their address', async () => {
  const { admission } = await open()
  const owned = (i: number) => admission.refusal(from(`o${i}`, { owner: 'ann', address: '10.0.0.1' }), served, 1)
  const each = Array.from({ length: OWNER_SHARES * 10 + 5 }, (_, i) => owned(i))
  expect(each.filter((refused) => refused?.code === 'E_LIMITED').length).toBe(5)
  const strangers = Array.from({ length: ADDRESS_SHARES * 10 + 5 }, (_, i) =>
    admission.refusal(from(`s${i}`, { address: '10.0.0.1' }), served, 1),
  )
  expect(strangers.filter((refused) => refused?.code === 'E_LIMITED').length).toBe(5)
})

test('N14 bytes beyond the share make a stream wait, and a request come later', async () => {
  const { admission, slept } = await open()
  await admission.passage(from('a'), 16 * 2 ** 20)
  expect(slept).toEqual([])
  await admission.passage(from('a'), 2 ** 20)
  expect(slept[0]).toBeGreaterThan(3_000)
  expect(admission.refusal(from('a'), served, 100)).toMatchObject({ code: 'E_LIMITED' })
  expect(admission.refusal(from('t', { role: 'trusted' }), served, 100 * 2 ** 20)).toBeUndefined()
})

test('N14 what is for admitted nodes, or not for relays, is refused before anything is counted', async () => {
  const { admission } = await open()
  const strict = { ...served, admittedOnly: true, overRelay: false }
  expect(admission.refusal(from('a'), strict, 1)).toMatchObject({ code: 'E_NOT_ADMITTED' })
  expect(admission.refusal(from('a', { role: 'local', reach: 'relay' }), strict, 1)).toMatchObject({
    code: 'E_FORBIDDEN',
  })
})

test('N18 who goes on after being refused floods, and is banned; the operator sees why', async () => {
  const { admission, clock } = await open()
  const banned: Ban[] = []
  admission.onBan((ban) => banned.push(ban))
  for (let i = 0; i < FLOOD_REFUSALS_PER_MINUTE + 20; i++) admission.refusal(from('a'), served, 1)
  expect(banned).toMatchObject([
    { subject: 'node:a', reason: 'flood', untilMs: clock.now() + BAN_STEPS_MS[0], times: 1 },
  ])
  expect(admission.refusal(from('a'), served, 1)).toMatchObject({ code: 'E_BANNED', retryAfterMs: BAN_STEPS_MS[0] })
  expect(admission.uses()).toContainEqual(expect.objectContaining({ node: 'a', offences: { flood: 1 } }))
  clock.advance(BAN_STEPS_MS[0] + 1)
  expect(admission.banned({ node: 'a' })).toBeUndefined()
})

test('N18 repeated requests are forgiven for a while, and each further ban is longer', async () => {
  const { admission, clock } = await open()
  const offend = () => {
    for (let i = 0; i <= REPLAYS_PER_TEN_MINUTES; i++) admission.offence(from('a'), 'replay', 'p')
  }
  for (let i = 0; i < REPLAYS_PER_TEN_MINUTES; i++) admission.offence(from('b'), 'replay', 'p')
  expect(admission.banned({ node: 'b' })).toBeUndefined()
  for (const lastsMs of BAN_STEPS_MS) {
    offend()
    expect(admission.banned({ node: 'a' })?.untilMs).toBe(clock.now() + lastsMs)
    clock.advance(lastsMs + 600_000)
  }
})

test('N18 bans hold over a restart, until they end or are ended; of owners and addresses too', async () => {
  const { admission, clock, store } = await open()
  await admission.ban('owner:ann', 'operator', 'a reason', 5_000)
  await admission.ban('address:10.0.0.9', 'operator', 'another', 50_000)
  const again = (await open(store, clock)).admission
  expect(again.refusal(from('new', { owner: 'ann' }), served, 1)).toMatchObject({ code: 'E_BANNED' })
  expect(again.banned({ address: '10.0.0.9' })).toMatchObject({ detail: 'another' })
  clock.advance(5_001)
  expect(again.refusal(from('new', { owner: 'ann' }), served, 1)).toBeUndefined()
  expect(await again.unban('address:10.0.0.9')).toBe(true)
  expect((await open(store, clock)).admission.bans()).toEqual([])
})

test('N14 the operator sees of each node and protocol what is left, and why it was refused last', async () => {
  const { admission, clock } = await open()
  const from = { node: 'a', reach: 'lan', role: 'local' } as const
  const talk = { ...served, protocol: 'talk', perMinute: 2, perHour: 60 }
  for (let i = 0; i < 3; i++) admission.refusal(from, talk, 1_000)
  expect(admission.uses()).toEqual([
    expect.objectContaining({
      node: 'a',
      shares: [{ protocol: 'talk', minute: { left: 0, of: 2 }, hour: { left: 58, of: 60 } }],
      lastRefusal: 'E_LIMITED: Too many requests of talk.',
    }),
  ])
  expect(admission.uses()[0]!.bytesLeft.left).toBe(BYTES_PER_MINUTE.local - 2_000)
  clock.advance(30_000)
  expect(admission.uses()[0]!.shares[0]).toMatchObject({ minute: { left: 1, of: 2 }, hour: { left: 58, of: 60 } })
})
