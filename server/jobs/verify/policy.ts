/**
 * How many answers are asked for, when they are believed, and what each owner's answer is worth: pure, shared by the market
 * and by the simulation of cheats.
 *
 * The credibility of an owner whose k answers were confirmed is 1 − f/(k·e), and that of a group of equal answers follows from
 * its members' (Sarmenta, "Sabotage-Tolerance Mechanisms for Volunteer Computing Systems", CCGrid 2001); here a second wrong
 * answer must also be the same wrong answer.
 */
import type { Standing } from '../types.ts'

export type Policy = {
  /** Share of owners that are assumed to cheat. */
  readonly cheats: number
  /** Odds that two cheats give the same wrong answer. */
  readonly collusion: number
  /** Owners that one circle of colluding cheats has at most. */
  readonly circle: number
  /** Odds of a wrong answer that are put up with, at the usual value. */
  readonly error: number
  /** Share of parts that are looked at twice whoever works on them, at the usual value. */
  readonly recheck: number
  /** Share of parts that are old ones with a known answer. */
  readonly canary: number
  /** A usual part: one worth more is looked at more strictly, in proportion. */
  readonly usualMicro: number
  /** Checks that an owner must pass before what was accepted on its word alone is paid. */
  readonly heldChecks: number
  /** Share of parts that are offered to owners who have yet to prove themselves. */
  readonly newcomers: number
}

export const POLICY: Policy = {
  cheats: 0.2,
  collusion: 0.01,
  circle: 2,
  error: 2e-4,
  recheck: 0.04,
  canary: 0.01,
  usualMicro: 40_000,
  heldChecks: 8,
  newcomers: 0.02,
}

/** Odds that an answer of this owner is right. */
export function credibility({ passed, failed }: Standing, { cheats }: Policy): number {
  if (failed > 0) return 0
  return passed === 0 ? 1 - cheats : 1 - Math.min(cheats, cheats / (passed * Math.E))
}

/** Odds against an error that a part of this value needs. */
export const needed = (valueMicro: number, { error, usualMicro }: Policy): number =>
  1 - error * Math.min(1, usualMicro / Math.max(1, valueMicro))

/** Whether a part is looked at twice whoever works on it; `draw` is from 0 up to 1. */
export const isRechecked = (valueMicro: number, draw: number, { recheck, usualMicro }: Policy): boolean =>
  draw < recheck * Math.max(1, valueMicro / usualMicro)

export type Believed = { readonly digest: string; readonly credibility: number }

/** Of these answers the one most to be believed, and how much. Each owner counts once. */
export function weigh(
  votes: readonly { readonly digest: string; readonly credibility: number }[],
  { collusion }: Pick<Policy, 'collusion'>,
): Believed | undefined {
  const groups = new Map<string, { good: number; bad: number }>()
  for (const { digest, credibility: odds } of votes) {
    const group = groups.get(digest)
    if (group) {
      group.good *= odds
      group.bad *= (1 - odds) * collusion
    } else groups.set(digest, { good: odds, bad: 1 - odds })
  }
  const all = [...groups.values()]
  const allBad = all.reduce((product, { bad }) => product * bad, 1)
  const right = (group: { good: number; bad: number }) =>
    group.good * all.reduce((product, other) => (other === group ? product : product * other.bad), 1)
  const total = allBad + all.reduce((sum, group) => sum + right(group), 0)
  let best: Believed | undefined
  for (const [digest, group] of groups) {
    const odds = total === 0 ? 0 : right(group) / total
    if (!best || odds > best.credibility) best = { digest, credibility: odds }
  }
  return best
}

/** What a part asks of its answers. `more`: how many beyond what would do, where it is looked at again. */
export type Terms = { readonly threshold: number; readonly least: number; readonly more: number }

/** How many answers a part is asked for at first, if they turn out equal: from the owners in the order in which they are hired. */
export function answersWanted(
  credibilities: readonly number[],
  { threshold, least, more }: Terms,
  policy: Policy,
): number {
  for (let count = Math.max(1, least); count < credibilities.length; count++) {
    const equal = credibilities.slice(0, count).map((odds) => ({ digest: '', credibility: odds }))
    if (weigh(equal, policy)!.credibility >= threshold) return Math.min(count + more, credibilities.length)
  }
  return Math.max(1, credibilities.length)
}

export type Verdict =
  | { readonly accepted: Believed; readonly alone: boolean }
  /** Not decided: another answer is needed. */
  | { readonly accepted: undefined }

/**
 * What becomes of a part with these answers. Once answers differ, as many equal ones are needed as no circle of colluding
 * owners can bring.
 */
export function judge(
  votes: readonly { readonly digest: string; readonly credibility: number }[],
  { threshold, least }: Pick<Terms, 'threshold' | 'least'>,
  policy: Pick<Policy, 'collusion' | 'circle'>,
): Verdict {
  const believed = weigh(votes, policy)
  if (!believed || votes.length < least || believed.credibility < threshold) return { accepted: undefined }
  const equal = votes.filter(({ digest }) => digest === believed.digest).length
  if (equal < votes.length && equal <= policy.circle) return { accepted: undefined }
  return { accepted: believed, alone: votes.length === 1 }
}

/** Order in which workers are hired: the proven by lot, weighted by nothing but chance; newcomers first now and then. */
export function order<W extends { readonly standing: Standing }>(
  workers: readonly W[],
  random: () => number,
  policy: Policy,
): readonly W[] {
  const fit = workers.filter(({ standing }) => standing.failed === 0)
  const proven: W[] = []
  const fresh: W[] = []
  for (const worker of fit) (credibility(worker.standing, policy) >= 1 - policy.error ? proven : fresh).push(worker)
  shuffle(proven, random)
  shuffle(fresh, random)
  return random() < policy.newcomers ? [...fresh.slice(0, 1), ...proven, ...fresh.slice(1)] : [...proven, ...fresh]
}

function shuffle<T>(all: T[], random: () => number): void {
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const one = all[i]!
    all[i] = all[j]!
    all[j] = one
  }
}
