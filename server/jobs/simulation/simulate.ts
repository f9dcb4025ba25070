/** Cheats against the market's own verification: simulated workers, the real policy, everything drawn from one seed. */
import { nextUint32, seedRandom } from '../../lib/random.ts'
import type { Standing } from '../types.ts'
import {
  answersWanted,
  credibility,
  isRechecked,
  judge,
  needed,
  order,
  POLICY,
  type Policy,
} from '../verify/policy.ts'
import { type Cheat, STRATEGIES, type StrategyName } from './strategies.ts'

export type SimulationOptions = {
  readonly seed: string
  readonly strategy: StrategyName
  readonly owners: number
  readonly parts: number
  /** Of the owners. */
  readonly cheats?: number
  /** A caught cheat comes back as somebody new, at once. */
  readonly rejoin?: boolean
  readonly policy?: Policy
  /** For showing that the simulation finds what is wrong: the first answer is believed, and nothing is looked at twice. */
  readonly verify?: boolean
}
export type SimulationFigures = {
  readonly parts: number
  /** Shares of all parts, counted and weighted by value, whose final result is wrong. */
  readonly wrong: number
  readonly wrongByValue: number
  /** Work done for each unit of work asked for, by value. */
  readonly work: number
  /** What a cheat takes home over what the same owner would by honest work, as a share of that. Below zero: cheating costs. */
  readonly profit: number
  readonly caught: number
}

/** What honest work costs the one who does it, of its price. */
const COST = 0.6
/** Owners whose quotes come in time for one part. */
const QUOTES = 8
const PARTNER_NONE = -1

type Held = { readonly value: number; readonly wrong: boolean; readonly releasedAt: number }
type Owner = {
  readonly cheat: Cheat | undefined
  partner: number
  standing: { passed: number; failed: number; provenMicro: number }
  /** All checks it ever passed: what was accepted on its word is paid when this has grown enough. */
  checks: number
  held: Held[]
  /** Taken home, and what honest work on the same offers would have brought. */
  net: number
  honestNet: number
}

export function simulate(options: SimulationOptions): SimulationFigures {
  const { strategy, owners: count, parts, cheats = 0.2, rejoin = false, verify = true, policy = POLICY } = options
  let state = seedRandom(`${options.seed}/${strategy}`)
  const random = () => {
    const { value, state: next } = nextUint32(state)
    state = next
    return value / 4294967296
  }
  const owners: Owner[] = Array.from({ length: count }, (_, i) => newcomer(i))
  const cheating = Math.round(count * cheats)
  let useful = 0
  let work = 0
  let wrong = 0
  let wrongValue = 0
  let caught = 0
  let nextDigest = 1

  function newcomer(i: number): Owner {
    const isCheat = i < Math.round(count * cheats)
    return {
      cheat: isCheat ? STRATEGIES[strategy](random) : undefined,
      partner: isCheat ? (i % 2 === 0 ? i + 1 : i - 1) : PARTNER_NONE,
      standing: { passed: 0, failed: 0, provenMicro: 0 },
      checks: 0,
      held: [],
      net: 0,
      honestNet: 0,
    }
  }

  /** Log-normal, two thirds within a factor of two and a half. */
  function drawValue(): number {
    let sum = 0
    for (let i = 0; i < 6; i++) sum += random()
    return 10_000 * Math.exp((sum - 3) * 1.2)
  }

  /** Answers of those asked together: colluding ones see each other. `0` is the right one. */
  function ask(asked: readonly number[], value: number): readonly number[] {
    const colluded = ++nextDigest
    return asked.map((i) => {
      const owner = owners[i]!
      work += value
      owner.honestNet += value * (1 - COST)
      const { cheat } = owner
      const cheats =
        cheat?.cheats({
          random,
          alone: credibility(owner.standing, policy) >= needed(value, policy),
          partnerAsked: asked.includes(owner.partner),
          value,
        }) ?? false
      if (!cheats) owner.net -= value * COST
      return cheats ? (cheat!.colludes ? colluded : ++nextDigest) : 0
    })
  }

  function confirm(i: number, value: number, paid: boolean): void {
    const owner = owners[i]!
    owner.standing.passed++
    owner.standing.provenMicro += value
    owner.checks++
    if (paid) owner.net += value
    release(owner)
  }

  function release(owner: Owner): void {
    while (owner.held.length > 0 && owner.held[0]!.releasedAt <= owner.checks) pay(owner, owner.held.shift()!)
  }
  function pay(owner: Owner, { value, wrong: isWrong }: Held): void {
    owner.net += value
    count_(isWrong, value)
  }
  function count_(isWrong: boolean, value: number): void {
    if (!isWrong) return
    wrong++
    wrongValue += value
  }

  /** What was accepted on its word and is not yet paid is done again by others. */
  function convict(i: number): void {
    caught++
    const owner = owners[i]!
    owner.standing.failed++
    const again = owner.held.splice(0)
    if (rejoin) owner.standing = { passed: 0, failed: 0, provenMicro: 0 }
    for (const { value } of again) decide(value, 1)
  }

  function decide(value: number, more: number): void {
    const sample: { readonly i: number; readonly standing: Standing }[] = []
    const seen = new Set<number>()
    for (let tries = 0; sample.length < QUOTES && tries < QUOTES * 4; tries++) {
      const i = Math.floor(random() * count)
      if (seen.has(i) || owners[i]!.standing.failed > 0) continue
      seen.add(i)
      sample.push({ i, standing: owners[i]!.standing })
    }
    // Those who do not know each other's lot: a pair may be among the quotes as anybody may.
    const hired = order(sample, random, policy)
    if (hired.length === 0) return
    if (!verify) {
      const [first] = hired
      const [digest] = ask([first!.i], value)
      owners[first!.i]!.net += value
      count_(digest !== 0, value)
      return
    }
    const terms = { threshold: needed(value, policy), least: 1, more }
    const odds = hired.map(({ standing }) => credibility(standing, policy))
    let next = answersWanted(odds, terms, policy)
    const votes = ask(
      hired.slice(0, next).map(({ i }) => i),
      value,
    ).map((digest, at) => ({ i: hired[at]!.i, digest: String(digest), credibility: odds[at]! }))
    let verdict = judge(votes, terms, policy)
    while (!verdict.accepted && next < hired.length) {
      const [digest] = ask([hired[next]!.i], value)
      votes.push({ i: hired[next]!.i, digest: String(digest), credibility: odds[next]! })
      next++
      verdict = judge(votes, terms, policy)
    }
    if (!verdict.accepted) return
    const isWrong = verdict.accepted.digest !== '0'
    if (verdict.alone) {
      const owner = owners[votes[0]!.i]!
      owner.held.push({ value, wrong: isWrong, releasedAt: owner.checks + policy.heldChecks })
      return
    }
    count_(isWrong, value)
    for (const { i, digest } of votes) {
      if (digest === verdict.accepted.digest) confirm(i, value, true)
      else convict(i)
    }
  }

  for (let part = 0; part < parts; part++) {
    const value = drawValue()
    useful += value
    if (verify && random() < policy.canary) {
      const [chosen] = order(
        [0, 1, 2, 3].map(() => {
          const i = Math.floor(random() * count)
          return { i, standing: owners[i]!.standing }
        }),
        random,
        policy,
      )
      if (chosen) {
        const [digest] = ask([chosen.i], value)
        if (digest === 0) confirm(chosen.i, value, true)
        else convict(chosen.i)
      }
    }
    decide(value, isRechecked(value, random(), policy) ? 1 : 0)
  }
  for (const owner of owners) for (const held of owner.held.splice(0)) pay(owner, held)

  const bad = owners.slice(0, cheating)
  const net = bad.reduce((sum, owner) => sum + owner.net, 0)
  // Against what an honest owner of this world takes home in the same time: whoever is caught is asked no more.
  const honest = owners.slice(cheating)
  const fair = (honest.reduce((sum, owner) => sum + owner.net, 0) / honest.length) * bad.length
  return {
    parts,
    wrong: wrong / parts,
    wrongByValue: wrongValue / useful,
    work: work / useful,
    profit: bad.length === 0 ? 0 : net / fair - 1,
    caught,
  }
}
