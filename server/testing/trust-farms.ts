/**
 * Ways to farm trust and default on the credit that follows, under a naive scheme and under ours: `node
 * server/testing/trust-farms.ts` prints what each brings. The naive scheme: +0.01 for a transfer, −0.05 for a failure, +0.001 for a
 * message, −0.02 for an invalid one, ±0.05 for a promise kept or broken, within 0…1; whoever is at 1 may owe anybody 100 credits.
 * Ours is the program's own code on a store in memory. Both take 5 % of what is paid for work as a fee; transfers, messages and new
 * keys cost nothing. Creditors are offline and do not hear of each other.
 */
import { createTrust } from '../ledger/trust/trust.ts'
import type { Counted, DaySum, Outcome, PairDay, Trust, TrustStore } from '../ledger/trust/types.ts'
import { createFakeClock } from '../lib/clock.ts'

const DAY_MS = 86_400_000
const CREDIT = 1_000_000n
const NAIVE_LIMIT_MICRO = 100n * CREDIT
const feeOf = (valueMicro: bigint) => valueMicro / 20n

/** What a cheat does before it defaults; who it can be told from its own keys is what a scheme must find out. */
export type World = {
  passDay(): void
  transfer(from: string, to: string): void
  message(from: string, isValid: boolean): void
  /** A promise among the cheat's own keys, kept. */
  keepPromise(debtor: string): void
  /** Verified work, paid with its fee; the fee is lost to both. Right or wrong, it is paid to the worker only when right. */
  work(worker: string, buyer: string, valueMicro: bigint, isRight?: boolean): Promise<void>
  /** Promises the victim as much as it takes, and does not pay: what it got for nothing. */
  cheat(debtor: string, victim: string): Promise<bigint>
}

export type Farm = {
  readonly name: string
  /** Keys whose purse is the cheat's: fees that go out of them are what it costs. */
  readonly isOwn: (key: string) => boolean
  run(world: World): Promise<bigint>
}

export type Yield = { readonly name: string; readonly naiveMicro: bigint; readonly oursMicro: bigint }

const own = (key: string) => key.startsWith('own')
const keys = (count: number) => Array.from({ length: count }, (_, n) => `own-${n}`)
const VICTIMS = ['victim-0', 'victim-1', 'victim-2', 'victim-3', 'victim-4']

async function cheatAll(world: World, debtors: readonly string[]): Promise<bigint> {
  let got = 0n
  for (const debtor of debtors) for (const victim of VICTIMS) got += await world.cheat(debtor, victim)
  return got
}

export const FARMS: readonly Farm[] = [
  {
    name: 'ring of transfers',
    isOwn: own,
    async run(world) {
      for (let n = 0; n < 1_000; n++) world.transfer(`own-${n % 10}`, `own-${(n + 1) % 10}`)
      return cheatAll(world, keys(10))
    },
  },
  {
    name: 'chatter',
    isOwn: own,
    async run(world) {
      for (let n = 0; n < 1_000; n++) world.message('own-0', true)
      return cheatAll(world, ['own-0'])
    },
  },
  {
    name: 'chatter to cover for wrong work',
    isOwn: own,
    async run(world) {
      for (let n = 0; n < 20; n++) {
        await world.work('own-0', VICTIMS[n % 5]!, CREDIT, n % 2 === 0)
        for (let said = 0; said < 100; said++) world.message('own-0', true)
      }
      return cheatAll(world, ['own-0'])
    },
  },
  {
    name: 'promises kept among own keys',
    isOwn: own,
    async run(world) {
      for (let n = 0; n < 40; n++) world.keepPromise('own-0')
      return cheatAll(world, ['own-0'])
    },
  },
  {
    name: 'work for own keys',
    isOwn: own,
    async run(world) {
      for (let day = 0; day < 60; day++, world.passDay())
        for (let n = 1; n <= 5; n++) await world.work('own-0', `own-${n}`, 10n * CREDIT)
      return cheatAll(world, ['own-0'])
    },
  },
  {
    name: 'work among a hundred own keys',
    isOwn: own,
    async run(world) {
      for (let day = 0; day < 5; day++, world.passDay())
        for (let n = 0; n < 100; n++) await world.work(`own-${n}`, `own-${(n + 1 + day) % 100}`, 5n * CREDIT)
      return cheatAll(world, keys(100))
    },
  },
  {
    name: 'good work for one, then a default',
    isOwn: own,
    async run(world) {
      for (let day = 0; day < 120; day++, world.passDay()) await world.work('own-0', 'victim-0', 10n * CREDIT)
      return cheatAll(world, ['own-0'])
    },
  },
  {
    name: 'good work for all, then promises to all at once',
    isOwn: own,
    async run(world) {
      for (let day = 0; day < 120; day++, world.passDay())
        for (const victim of VICTIMS) await world.work('own-0', victim, 10n * CREDIT)
      return cheatAll(world, ['own-0'])
    },
  },
  {
    name: 'a quick burst of work, then a default',
    isOwn: own,
    async run(world) {
      for (let n = 0; n < 200; n++) await world.work('own-0', VICTIMS[n % 5]!, 10n * CREDIT)
      return cheatAll(world, ['own-0'])
    },
  },
  {
    name: 'dust: many tiny pieces of work',
    isOwn: own,
    async run(world) {
      for (let n = 0; n < 1_000; n++) await world.work('own-0', VICTIMS[n % 5]!, 20n)
      return cheatAll(world, ['own-0'])
    },
  },
  {
    name: 'a new key after each default',
    isOwn: own,
    async run(world) {
      let got = 0n
      for (let life = 0; life < 10; life++) {
        for (let day = 0; day < 10; day++, world.passDay())
          for (const victim of VICTIMS) await world.work(`own-${life}`, victim, 5n * CREDIT)
        for (let n = 0; n < 100; n++) world.transfer(`own-${life}`, `own-${(life + 1) % 10}`)
        got += await cheatAll(world, [`own-${life}`])
      }
      return got
    },
  },
  {
    name: 'a default, and the same key again',
    isOwn: own,
    async run(world) {
      let got = 0n
      for (let round = 0; round < 5; round++) {
        for (let day = 0; day < 20; day++, world.passDay())
          for (const victim of VICTIMS) await world.work('own-0', victim, 5n * CREDIT)
        got += await cheatAll(world, ['own-0'])
      }
      return got
    },
  },
]

/** What a farm brings under both schemes: credits got for nothing, less the fees that went out of the cheat's own purse. */
export async function measure(farm: Farm): Promise<Yield> {
  const naive = createNaive(farm.isOwn)
  const ours = createOurs(farm.isOwn)
  return {
    name: farm.name,
    naiveMicro: (await farm.run(naive.world)) - naive.paid(),
    oursMicro: (await farm.run(ours.world)) - ours.paid(),
  }
}

function createNaive(isOwn: (key: string) => boolean): { readonly world: World; paid(): bigint } {
  /** In thousandths. */
  const trust = new Map<string, number>()
  let paidMicro = 0n
  const add = (key: string, by: number) => trust.set(key, Math.max(0, Math.min(1_000, (trust.get(key) ?? 0) + by)))
  return {
    paid: () => paidMicro,
    world: {
      passDay: () => {},
      transfer: (from) => void add(from, 10),
      message: (from, isValid) => void add(from, isValid ? 1 : -20),
      keepPromise: (debtor) => void add(debtor, 50),
      async work(worker, _buyer, valueMicro, isRight = true) {
        if (isOwn(worker) && isRight) paidMicro += feeOf(valueMicro)
        add(worker, isRight ? 10 : -50)
      },
      // Offline creditors all go by the same figure.
      cheat: async (debtor) => (NAIVE_LIMIT_MICRO * BigInt(trust.get(debtor) ?? 0)) / 1_000n,
    },
  }
}

function createOurs(isOwn: (key: string) => boolean): { readonly world: World; paid(): bigint } {
  const clock = createFakeClock(0)
  const owed = new Map<string, bigint>()
  const trust: Trust = createTrust({ store: createMemoryStore(), owed: async (key) => owed.get(key) ?? 0n, clock })
  let paidMicro = 0n
  let made = 0
  return {
    paid: () => paidMicro,
    world: {
      passDay: () => clock.advance(DAY_MS),
      // Nothing of this is heard of: only verified outcomes are.
      transfer: () => {},
      message: () => {},
      keepPromise: () => {},
      async work(worker, buyer, valueMicro, isRight = true) {
        const feeMicro = isRight ? feeOf(valueMicro) : 0n
        if (isOwn(worker)) {
          paidMicro += feeMicro
          // What a debtor earns goes to its creditors first.
          const debt = owed.get(worker) ?? 0n
          const back = debt < valueMicro ? debt : valueMicro
          owed.set(worker, debt - back)
          paidMicro += back
        }
        await trust.record({
          id: `work-${made++}`,
          owner: worker,
          counterparty: buyer,
          kind: 'render',
          result: isRight ? 'right' : 'wrong',
          valueMicro,
          feeMicro,
          evidence: 'verdict',
          atMs: clock.now(),
        })
      },
      async cheat(debtor, victim) {
        const { limitMicro } = await trust.creditWith(debtor, victim)
        // A creditor who heard of a default takes nothing; those promised in the same hour have not heard yet.
        owed.set(debtor, (owed.get(debtor) ?? 0n) + limitMicro)
        return limitMicro
      },
    },
  }
}

function createMemoryStore(): TrustStore {
  const outcomes = new Map<string, Outcome & Counted & { readonly day: number }>()
  return {
    async record(outcome, day, decide) {
      if (outcomes.has(outcome.id)) return false
      const { owner, counterparty } = outcome
      const given = { countedMicro: 0n, creditMicro: 0n }
      for (const one of outcomes.values())
        if (one.owner === owner && one.counterparty === counterparty && one.day === day && one.result === 'right') {
          given.countedMicro += one.countedMicro
          given.creditMicro += one.creditMicro
        }
      outcomes.set(outcome.id, { ...outcome, ...decide(given), day })
      return true
    },
    days: async (owner, fromDay): Promise<readonly DaySum[]> =>
      [...outcomes.values()]
        .filter((one) => one.owner === owner && one.day >= fromDay)
        .map((one) => ({ ...one, count: 1 })),
    pairs: async (owner, fromDay): Promise<readonly PairDay[]> =>
      [...outcomes.values()].filter((one) => one.owner === owner && one.day >= fromDay && one.result === 'right'),
    outcomes: async () => [],
  }
}

const shown = (micro: bigint) => (Number(micro) / 1e6).toFixed(2).padStart(10)

if (import.meta.main) {
  console.log(`${'credits gained by a cheat'.padEnd(50)} ${'naive'.padStart(10)} ${'ours'.padStart(10)}`)
  for (const farm of FARMS) {
    const { name, naiveMicro, oursMicro } = await measure(farm)
    console.log(`${name.padEnd(50)} ${shown(naiveMicro)} ${shown(oursMicro)}`)
  }
}
