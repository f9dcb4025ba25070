/** Simulated links: what of libp2p matters to those above it (dialling, greeting, quotas, limits on connections), over the network in memory. */
import { encode } from '@ipld/dag-cbor'
import {
  CONNECTIONS_MAX,
  CONNECTIONS_PER_ADDRESS_PER_S,
  REQUESTS_PER_HOUR,
  REQUESTS_PER_MINUTE,
} from '../../limits.ts'
import type { Admission, Known } from '../../link/admission/types.ts'
import { WireError } from '../../link/errors.ts'
import { createMemoryNetwork } from '../../link/memory-wire.ts'
import type { StandingBook } from '../../link/standing.ts'
import type { Caller, Frame, NodeId, Served, Wire } from '../../link/types.ts'
import { type Chance, draw, type Spread } from './chance.ts'
import type { VirtualTime } from './virtual-time.ts'

export type LinkConditions = {
  readonly oneWay: Spread
  /** Until a new link stands, without the greeting. */
  readonly dial: Spread
  /** The same to a hub: a node's first. */
  readonly dialHub: Spread
  /** Before the first request of a protocol over a link. */
  readonly newStream: Spread
  /** Until it is known that there is no way. */
  readonly dialFails: Spread
  /** What a node is busy with one request, one after the other. */
  readonly serviceMs: number
  /** Frames that TCP has to send again, and how much later those come. */
  readonly resentShare: number
  readonly resentMs: number
  /** Frames that never come: the link broke under them. */
  readonly lostShare: number
}

/** Homes and schools of one country. */
export const INTERNET: LinkConditions = {
  oneWay: { medianMs: 20, sigma: 0.5 },
  dial: { medianMs: 120, sigma: 0.4 },
  dialHub: { medianMs: 120, sigma: 0.4 },
  newStream: { medianMs: 40, sigma: 0.5 },
  dialFails: { medianMs: 1_000, sigma: 0.5 },
  serviceMs: 0.5,
  resentShare: 0.01,
  resentMs: 200,
  lostShare: 0.0002,
}

type End = {
  readonly address: string
  /** Nobody can dial it. */
  readonly hidden: boolean
  readonly isHub: boolean
  /** Those it has a link to. */
  readonly links: Set<NodeId>
  readonly forget: (peer: NodeId) => void
  /** New connections of this second, by address. */
  second: number
  readonly dialled: Map<string, number>
  busyUntilMs: number
}

const GREET: Served = {
  protocol: 'greet',
  maxStreams: 2,
  perMinute: REQUESTS_PER_MINUTE,
  perHour: REQUESTS_PER_HOUR,
  overRelay: true,
  admittedOnly: false,
}

export type SimNodeOptions = {
  readonly id: NodeId
  readonly standing: StandingBook
  readonly admission: Admission
  readonly address: string
  readonly hidden: boolean
  readonly isHub: boolean
  /** Where the registry says a node is. */
  readonly locate: (node: NodeId) => Promise<readonly string[]>
}

export function createSimNetwork(time: VirtualTime, chance: Chance, first: LinkConditions) {
  let conditions = first
  const ends = new Map<NodeId, End>()
  /** When the last frame of each two in a direction arrives: a stream keeps its order. */
  const lastMs = new Map<string, number>()
  const net = createMemoryNetwork({ schedule: time.schedule })
  let frames = 0
  const after = (ms: number) => new Promise<void>((done) => time.schedule(done, ms))

  net.onPassage(({ from, to, what }) => {
    frames++
    const nowMs = time.clock.now()
    if (chance() < conditions.lostShare) return { copies: 0, delayMs: 0 }
    const hops = isRelayed(from, to) ? 2 : 1
    const resentMs = chance() < conditions.resentShare ? conditions.resentMs : 0
    const pair = `${from} ${to}`
    let atMs = Math.max(nowMs + hops * draw(conditions.oneWay, chance) + resentMs, lastMs.get(pair) ?? 0)
    lastMs.set(pair, atMs)
    const end = ends.get(to)
    if (what === 'request' && end) {
      atMs = Math.max(atMs, end.busyUntilMs) + conditions.serviceMs
      end.busyUntilMs = atMs
    }
    return { copies: 1, delayMs: atMs - nowMs }
  })

  /** Hubs reach the hidden members of other hubs through those. */
  const isRelayed = (a: NodeId, b: NodeId) =>
    (ends.get(a)?.isHub && ends.get(b)?.hidden) || (ends.get(b)?.isHub && ends.get(a)?.hidden)
      ? !ends.get(a)?.links.has(b)
      : false

  function join({ id, standing, admission, address, hidden, isHub, locate }: SimNodeOptions) {
    const inner = net.join({ id })
    const dials = new Map<NodeId, Promise<void>>()
    const greetings = new Map<NodeId, Promise<void>>()
    /** By node and protocol: one for all requests. */
    const streams = new Map<string, Promise<void>>()
    const listeners = new Set<(peer: Caller, state: 'open' | 'closed') => void>()
    const end: End = {
      address,
      hidden,
      isHub,
      links: new Set(),
      forget: (peer) => {
        end.links.delete(peer)
        for (const key of streams.keys()) if (key.startsWith(`${peer} `)) streams.delete(key)
        if (greetings.delete(peer)) for (const listener of listeners) listener(known(peer), 'closed')
      },
      second: 0,
      dialled: new Map(),
      busyUntilMs: 0,
    }
    ends.set(id, end)

    const known = (node: NodeId): Known => {
      const { owner, role } = standing.of(node)
      const from = ends.get(node)?.address
      return {
        node,
        reach: 'direct',
        ...(owner !== undefined && { owner }),
        ...(role !== undefined && { role }),
        ...(from !== undefined && { address: from }),
      }
    }

    function connect(to: NodeId): Promise<void> | undefined {
      if (end.links.has(to)) return undefined
      let under = dials.get(to)
      if (!under) {
        under = dial(to).finally(() => dials.delete(to))
        under.catch(() => {})
        dials.set(to, under)
      }
      return under
    }

    async function dial(to: NodeId): Promise<void> {
      const found = ends.get(to)?.isHub || isHub ? [''] : await locate(to).catch(() => [])
      const other = found.length > 0 ? ends.get(to) : undefined
      const isThere =
        other && (!other.hidden || (isHub && [...ends.values()].some((each) => each.isHub && each.links.has(to))))
      if (!isThere) {
        await after(draw(conditions.dialFails, chance))
        throw new WireError('E_UNREACHABLE', `${to} cannot be reached.`)
      }
      await after(draw(other.isHub ? conditions.dialHub : conditions.dial, chance))
      // Either may have gone meanwhile.
      const isTaken = ends.get(to) === other && ends.get(id) === end && takes(other, address)
      if (!isTaken) throw new WireError('E_UNREACHABLE', `${to} takes no more connections.`)
      end.links.add(to)
      other.links.add(id)
    }

    function takes(other: End, from: string): boolean {
      const second = Math.floor(time.clock.now() / 1_000)
      if (other.second !== second) {
        other.second = second
        other.dialled.clear()
      }
      const dialled = (other.dialled.get(from) ?? 0) + 1
      other.dialled.set(from, dialled)
      return dialled <= CONNECTIONS_PER_ADDRESS_PER_S && other.links.size < CONNECTIONS_MAX
    }

    function greeted(to: NodeId): Promise<void> {
      let under = greetings.get(to)
      if (!under) {
        under = inner
          .request(to, GREET.protocol, standing.greeting())
          .then((greeting) => {
            standing.take(to, greeting)
            for (const listener of listeners) listener(known(to), 'open')
          })
          .catch(() => {})
        greetings.set(to, under)
      }
      return under
    }

    function stream(to: NodeId, protocol: string): Promise<void> {
      const key = `${to} ${protocol}`
      const opening = streams.get(key) ?? after(draw(conditions.newStream, chance))
      streams.set(key, opening)
      return opening
    }

    const wire: Wire = {
      ...inner,
      serve: (served, answer) =>
        inner.serve(served, async (frame, { node }, signal) => {
          const refused = admission.refusal(known(node), served, encode(frame).length)
          if (refused) throw refused
          return answer(frame, known(node), signal)
        }),
      async request(to, protocol, frame: Frame, options) {
        const once = async () => {
          await connect(to)
          await greeted(to)
          await stream(to, protocol)
          return inner.request(to, protocol, frame, options)
        }
        try {
          return await once()
        } catch (error) {
          if (!(error instanceof WireError) || error.code !== 'E_NOT_ADMITTED' || !standing.greeting().pass)
            throw error
          greetings.delete(to)
          return once()
        }
      },
      connected: () => [...end.links].map(known),
      onConnection(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    }
    wire.serve(GREET, async (greeting, { node }) => {
      standing.take(node, greeting)
      greetings.set(node, Promise.resolve())
      return standing.greeting()
    })

    return {
      wire,
      dial: async (to: NodeId) => {
        await connect(to)
        await greeted(to)
      },
      /** Gone, without a word: links break, and what was under way is lost. */
      vanish(): void {
        inner.leave()
        ends.delete(id)
        for (const peer of end.links) ends.get(peer)?.forget(id)
      },
    }
  }

  return {
    join,
    frames: () => frames,
    /** Links are like that from now on. */
    become(next: LinkConditions): void {
      conditions = next
    },
  }
}
