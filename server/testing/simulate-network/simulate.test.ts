/** A hundred and fifty nodes over simulated links, twice. */
import { beforeAll, expect, test } from 'vitest'
import { LEASE_SWEEP_MS, LEASE_TTL_MS } from '../../limits.ts'
import { makePlan } from './plan.ts'
import { INTERNET } from './sim-links.ts'
import { simulate } from './simulate.ts'

const NODES = 150
/** A second or two of the processor, which many may want at once. */
const PATIENCE_MS = 240_000
const run = (seed: number, lostShare = INTERNET.lostShare) =>
  simulate(makePlan(NODES, seed, NODES), { ...INTERNET, lostShare })
let first: Awaited<ReturnType<typeof run>>
beforeAll(async () => {
  first = await run(7)
}, PATIENCE_MS)

test('S1 all who join at once are admitted, and keep their leases', () => {
  expect(first.figures.joins).toMatchObject({ nodes: NODES, admitted: NODES })
  expect(first.figures.heartbeats.leasesLostWhileAlive).toBe(0)
})

test('S2 messages between any two arrive once and in order, straight and through a hub', () => {
  const { messages } = first.figures
  expect(messages).toMatchObject({ deliveredShare: 1, doubled: 0, outOfOrder: 0 })
  expect(messages.routedShare).toBeGreaterThan(0)
  expect(messages.routedShare).toBeLessThan(1)
})

test('S3 a third that leaves at once is seen to have left within its lease and a sweep; what is sent to it is kept', () => {
  const { third } = first.figures
  expect(third).toMatchObject({ left: NODES / 3, seen: NODES / 3 })
  expect(third.seenMaxMs).toBeLessThanOrEqual(LEASE_TTL_MS + LEASE_SWEEP_MS + 1_000)
  expect(Object.keys(third.toThoseGone)).toEqual(['kept'])
  expect(third.amongThoseLeft.deliveredShare).toBe(1)
})

test(
  'S4 the same seed gives the same run',
  async () => {
    const { figures, problems, counts } = first
    expect(await run(7)).toMatchObject({ figures, problems, counts })
  },
  PATIENCE_MS,
)

test(
  'S5 where one frame in fifty is lost, all are still admitted and nothing is heard twice',
  async () => {
    const { figures, counts } = await run(8, 0.02)
    expect(figures.joins.admitted).toBe(NODES)
    expect(figures.messages).toMatchObject({ doubled: 0, outOfOrder: 0 })
    expect(counts).not.toEqual(first.counts)
  },
  PATIENCE_MS,
)
