/** A hub looks at a node for itself: can it be reached, how far is it, how fast. What a node claims counts for nothing before that. */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { publicKeyOf } from '../../lib/node-id.ts'
import { openSigned } from '../../lib/signed.ts'
import { PROBE_AGAIN_MS, PROBE_HASHES, PROBE_TIMEOUT_MS, PROBES_AT_ONCE, PROBES_WAITING_MAX } from '../../limits.ts'
import { WireError } from '../errors.ts'
import { signedSchema } from '../identity.ts'
import { ipOf, isPrivateAddress } from '../reach.ts'
import type { NodeId, Wire } from '../types.ts'
import { NODE_PROTOCOL, pingSchema } from './frames.ts'
import type { NodeRecord, NodeStore, Proven } from './types.ts'
import { hashChain } from './work.ts'

const PINGS = 3
const ADDRESSES_TRIED = 4

export type ProberParts = {
  readonly wire: Pick<Wire, 'request'>
  readonly store: Pick<NodeStore, 'prove' | 'get'>
  readonly now: () => number
  /** Whether a fresh connection to that address ends at that node. */
  readonly reaches: (node: NodeId, address: string, signal: AbortSignal) => Promise<boolean>
  readonly report: (error: unknown, node: NodeId) => void
}

/** One round trip in ms. Throws when the answer is not signed by that node. */
export async function pingNode(wire: Pick<Wire, 'request'>, node: NodeId, signal?: AbortSignal): Promise<number> {
  const nonce = new Uint8Array(randomBytes(32))
  const startedMs = performance.now()
  const answer = await wire.request(
    node,
    NODE_PROTOCOL.protocol,
    { op: 'ping', nonce },
    { ...(signal && { signal }) },
  )
  const rttMs = performance.now() - startedMs
  const signed = signedSchema.safeParse(answer.signed)
  const said = signed.success ? openSigned('ping', signed.data, pingSchema) : undefined
  const isTheirs = signed.success && Buffer.compare(signed.data.key, publicKeyOf(node) ?? new Uint8Array()) === 0
  if (!isTheirs || said?.node !== node || Buffer.compare(said.nonce, nonce) !== 0)
    throw new WireError('E_REJECTED', `The answer is not of ${node}.`)
  return rttMs
}

const workAnswer = z.object({ digest: z.instanceof(Uint8Array) })

export function createProber({ wire, store, now, reaches, report }: ProberParts) {
  const waiting = new Map<NodeId, NodeRecord>()
  let running = 0

  async function look(record: NodeRecord): Promise<void> {
    const { node } = record
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS)
    const trips: number[] = []
    for (let i = 0; i < PINGS; i++) trips.push(await pingNode(wire, node, signal))
    const rttMs = Math.min(...trips)
    const seed = new Uint8Array(randomBytes(32))
    const startedMs = performance.now()
    const answer = await wire.request(
      node,
      NODE_PROTOCOL.protocol,
      { op: 'work', seed, steps: PROBE_HASHES },
      { signal },
    )
    const workMs = Math.max(0.1, performance.now() - startedMs - rttMs)
    const { digest } = workAnswer.parse(answer)
    const isDone = Buffer.compare(digest, hashChain(seed, PROBE_HASHES)) === 0
    const proven: Proven = {
      reach: await reachOf(record, signal),
      rttMs,
      hashesPerMs: isDone ? PROBE_HASHES / workMs : 0,
      atMs: now(),
    }
    await store.prove(node, proven)
  }

  async function reachOf({ node, addresses }: NodeRecord, signal: AbortSignal): Promise<Proven['reach']> {
    for (const address of addresses.filter((each) => !each.includes('/p2p-circuit')).slice(0, ADDRESSES_TRIED)) {
      if (!(await reaches(node, address, signal))) continue
      const ip = ipOf(address)
      return ip !== undefined && isPrivateAddress(ip) ? 'lan' : 'public'
    }
    return 'relay'
  }

  async function work(): Promise<void> {
    running++
    for (let next = waiting.entries().next(); !next.done; next = waiting.entries().next()) {
      const [node, record] = next.value
      waiting.delete(node)
      await look(record).catch((error: unknown) => report(error, node))
    }
    running--
  }

  return {
    /** Sooner or later; one that waits already is looked at once. */
    probe(record: NodeRecord): void {
      const isFresh = record.proven !== undefined && record.proven.atMs > now() - PROBE_AGAIN_MS
      if (isFresh || (waiting.size >= PROBES_WAITING_MAX && !waiting.has(record.node))) return
      waiting.set(record.node, record)
      if (running < PROBES_AT_ONCE) void work()
    },
  }
}
