/** What is seen in a run, of simulated nodes or of real ones, and the figures it comes to. */
import { HEARTBEAT_MS, LEASE_SWEEP_MS, LEASE_TTL_MS } from '../../limits.ts'
import { percentile } from '../bench/figures.ts'
import type { Plan } from './plan.ts'

/** One thing seen, at a moment in milliseconds from the start; nodes and messages by number. */
export type Seen =
  | { readonly is: 'began' | 'joined' | 'dialFailed' | 'beat' | 'left'; readonly node: number; readonly atMs: number }
  | { readonly is: 'refused'; readonly code: string; readonly atMs: number }
  /** Of a hub, by one of the plan's members. */
  | { readonly is: 'asked'; readonly what: string; readonly atMs: number }
  | { readonly is: 'sent'; readonly message: number; readonly outcome: string; readonly atMs: number }
  | { readonly is: 'said' | 'given'; readonly message: number; readonly atMs: number }
  | { readonly is: 'came'; readonly message: number; readonly way: 'direct' | 'routed'; readonly atMs: number }
export type Report = (seen: Seen) => void

/** After a lease and a sweep, what the frames under way may take. */
const SEEN_WITHIN_MS = LEASE_TTL_MS + LEASE_SWEEP_MS + 1_000

const round = (value: number) => Math.round(value * 1_000) / 1_000
const share = (part: number, of: number) => (of === 0 ? 0 : Math.round((part / of) * 100_000) / 100_000)

export function createTally(plan: Plan) {
  const joinedMs = new Map<number, number>()
  const leftMs = new Map<number, number>()
  const givenMs = new Map<number, number>()
  /** When it did begin: a busy machine is late. */
  const beganMs = new Map<number, number>()
  const saidMs = new Map<number, number>()
  const outcomes = new Map<number, string>()
  const ways = new Map<number, 'direct' | 'routed'>()
  const refused: Record<string, number> = {}
  const asked: Record<'storm' | 'whole' | 'after', Record<string, number>> = { storm: {}, whole: {}, after: {} }
  /** The last word given, for each two. */
  const last = new Map<string, number>()
  let [beats, dialsFailed, doubled, outOfOrder] = [0, 0, 0, 0]

  function given(message: number, atMs: number): void {
    if (givenMs.has(message)) doubled++
    givenMs.set(message, atMs)
    const { from, to } = plan.messages[message]!
    const pair = `${from} ${to}`
    if ((last.get(pair) ?? -1) > message) outOfOrder++
    last.set(pair, message)
  }

  const see: Report = (seen) => {
    switch (seen.is) {
      case 'joined':
        if (!joinedMs.has(seen.node)) joinedMs.set(seen.node, seen.atMs)
        break
      case 'began':
        beganMs.set(seen.node, seen.atMs)
        break
      case 'said':
        saidMs.set(seen.message, seen.atMs)
        break
      case 'left':
        if (!leftMs.has(seen.node)) leftMs.set(seen.node, seen.atMs)
        break
      case 'beat':
        if (seen.atMs >= plan.beatsFromMs && seen.atMs < plan.beatsToMs) beats++
        break
      case 'dialFailed':
        dialsFailed++
        break
      case 'asked': {
        const counts = asked[seen.atMs < plan.beatsFromMs ? 'storm' : seen.atMs < plan.leaveAtMs ? 'whole' : 'after']
        counts[seen.what] = (counts[seen.what] ?? 0) + 1
        break
      }
      case 'refused':
        refused[seen.code] = (refused[seen.code] ?? 0) + 1
        break
      case 'sent':
        outcomes.set(seen.message, seen.outcome)
        break
      case 'given':
        given(seen.message, seen.atMs)
        break
      case 'came':
        ways.set(seen.message, seen.way)
    }
  }

  function talk(choose: (message: Plan['messages'][number]) => boolean) {
    const chosen = [...plan.messages.entries()].filter(([, message]) => choose(message))
    const ended: Record<string, number> = {}
    for (const [n] of chosen) {
      const outcome = outcomes.get(n) ?? 'unanswered'
      ended[outcome] = (ended[outcome] ?? 0) + 1
    }
    const arrived = chosen.filter(([n]) => givenMs.has(n))
    const routed = arrived.filter(([n]) => ways.get(n) === 'routed').length
    const delays = (isFirst: boolean) =>
      arrived
        .filter(([, message]) => message.isFirst === isFirst)
        .map(([n, { atMs }]) => Math.max(0, givenMs.get(n)! - (saidMs.get(n) ?? atMs)))
    const [first, next] = [delays(true), delays(false)]
    return {
      sent: chosen.length,
      outcomes: ended,
      deliveredShare: share(arrived.length, chosen.length),
      routedShare: share(routed, arrived.length),
      firstP50Ms: round(percentile(first, 50)),
      firstP99Ms: round(percentile(first, 99)),
      furtherP50Ms: round(percentile(next, 50)),
      furtherP99Ms: round(percentile(next, 99)),
    }
  }

  function figures() {
    const isGone = (node: number) => node >= plan.leavingFrom
    const joins = [...joinedMs].map(([node, atMs]) => atMs - (beganMs.get(node) ?? plan.joinAtMs[node]!))
    const seenMs = [...leftMs].filter(([node]) => isGone(node)).map(([, atMs]) => atMs - plan.leaveAtMs)
    const windowS = (plan.beatsToMs - plan.beatsFromMs) / 1_000
    return {
      joins: {
        nodes: plan.nodes,
        admitted: joinedMs.size,
        allAdmittedMs: round([...joinedMs.values()].reduce((a, b) => Math.max(a, b), 0)),
        joinP50Ms: round(percentile(joins, 50)),
        joinP99Ms: round(percentile(joins, 99)),
        dialsFailed,
        refused,
      },
      heartbeats: {
        perS: round(beats / windowS),
        expectedPerS: round((plan.nodes * 1_000) / HEARTBEAT_MS),
        leasesLostWhileAlive: [...leftMs].filter(([node]) => !isGone(node)).length,
      },
      /** Requests that hubs had of members: as all join, while all are there, and once a third has gone. */
      asked,
      messages: { ...talk(({ phase }) => phase === 'whole'), doubled, outOfOrder },
      third: {
        left: plan.nodes - plan.leavingFrom,
        seen: seenMs.length,
        seenP50Ms: round(percentile(seenMs, 50)),
        seenMaxMs: round(seenMs.reduce((a, b) => Math.max(a, b), 0)),
        toThoseGone: talk(({ phase, to }) => phase === 'after' && isGone(to)).outcomes,
        amongThoseLeft: talk(({ phase, to }) => phase === 'after' && !isGone(to)),
      },
    }
  }

  /** What must hold whatever the links do; empty when it all does. */
  function problems(): string[] {
    const { joins, heartbeats, messages, third } = figures()
    const found: string[] = []
    if (joins.admitted < joins.nodes) found.push(`${joins.nodes - joins.admitted} nodes were not admitted`)
    if (heartbeats.leasesLostWhileAlive > 0) found.push(`${heartbeats.leasesLostWhileAlive} lost their lease alive`)
    if (messages.doubled > 0) found.push(`${messages.doubled} messages were heard twice`)
    if (messages.outOfOrder > 0) found.push(`${messages.outOfOrder} messages came out of order`)
    if (third.seen < third.left) found.push(`${third.left - third.seen} nodes that left were not seen to`)
    if (third.seenMaxMs > SEEN_WITHIN_MS) found.push(`one that left was seen to after ${third.seenMaxMs} ms only`)
    return found
  }

  return { see, figures, problems }
}
export type SimulationFigures = ReturnType<ReturnType<typeof createTally>['figures']>
