/** What happens in a run, decided beforehand by the seed: simulated nodes and real ones go through the same. */
import { HEARTBEAT_MS, LEASE_SWEEP_MS, LEASE_TTL_MS } from '../../limits.ts'
import { createChance } from './chance.ts'

export type PlannedMessage = {
  readonly from: number
  readonly to: number
  readonly atMs: number
  /** The first word between the two: they must find and greet each other. */
  readonly isFirst: boolean
  readonly phase: 'whole' | 'after'
}
/** Milliseconds from the start; nodes by number. */
export type Plan = {
  readonly seed: number
  readonly nodes: number
  readonly hubs: number
  readonly joinAtMs: readonly number[]
  readonly joinWindowMs: number
  /** Nobody can dial these: messages to them go through a hub, unless a link stands. */
  readonly hidden: readonly boolean[]
  readonly messages: readonly PlannedMessage[]
  /** Heartbeats are counted between. */
  readonly beatsFromMs: number
  readonly beatsToMs: number
  readonly leaveAtMs: number
  /** This node and all after it leave at once, without a word. */
  readonly leavingFrom: number
  readonly endMs: number
}

/** Members for each hub: well below the connections that one node holds. */
const MEMBERS_PER_HUB = 1_250
const HIDDEN_SHARE = 0.3
/** Words of one to another, each 200 ms after the one before. */
const WORDS = 4
const WORD_EVERY_MS = 200

/** @param messages about how many are sent while all nodes are there; a quarter as many again once a third is gone */
export function makePlan(nodes: number, seed: number, messages: number, joinWindowMs = Math.max(5_000, nodes)): Plan {
  const chance = createChance(`plan ${seed} ${nodes}`)
  const below = (n: number) => Math.floor(chance() * n)
  const joinAtMs = Array.from({ length: nodes }, () => chance() * joinWindowMs)
  const hidden = Array.from({ length: nodes }, () => chance() < HIDDEN_SHARE)
  const beatsFromMs = joinWindowMs + HEARTBEAT_MS
  const beatsToMs = beatsFromMs + 2 * HEARTBEAT_MS
  const leaveAtMs = beatsToMs + 2_000
  const leavingFrom = Math.ceil((nodes * 2) / 3)

  const talk = (count: number, senders: number, fromMs: number, forMs: number, phase: PlannedMessage['phase']) =>
    Array.from({ length: Math.ceil(count / WORDS) }, () => {
      const from = below(senders)
      const to = (from + 1 + below(nodes - 1)) % nodes
      const startMs = fromMs + chance() * forMs
      return Array.from({ length: WORDS }, (_, word) => ({
        from,
        to,
        atMs: startMs + word * WORD_EVERY_MS,
        isFirst: word === 0,
        phase,
      }))
    }).flat()

  return {
    seed,
    nodes,
    hubs: Math.max(1, Math.ceil(nodes / MEMBERS_PER_HUB)),
    joinAtMs,
    joinWindowMs,
    hidden,
    messages: [
      ...talk(messages, nodes, beatsFromMs, beatsToMs - beatsFromMs - 5_000, 'whole'),
      ...talk(messages / 4, leavingFrom, leaveAtMs + 1_000, 10_000, 'after'),
    ],
    beatsFromMs,
    beatsToMs,
    leaveAtMs,
    leavingFrom,
    endMs: leaveAtMs + LEASE_TTL_MS + LEASE_SWEEP_MS + 8_000,
  }
}
