/** Asking the nodes around for what they have: hubs first, then neighbours; who is silent is named. */
import type { z } from 'zod'
import { LIBRARY_ANSWER_MS, LIBRARY_PEERS_ASKED, LIBRARY_TELL_MS } from '../limits.ts'
import type { Caller, Frame, NodeId, Wire } from '../link/types.ts'
import { doneAnswer, LIBRARY_PROTOCOL, type LibraryRequest } from './frames.ts'

/** The network as far as the library needs it. */
export type LibraryNetwork = {
  readonly wire: Pick<Wire, 'self' | 'request' | 'serve' | 'connected'>
  /** Initial nodes; empty without a network beyond the neighbours. */
  readonly hubs: () => readonly NodeId[]
  readonly isHub: boolean
  readonly provide?: (cid: string) => Promise<unknown>
  readonly providers?: (cid: string) => Promise<readonly NodeId[]>
}

/** It answered, and not what it was asked. */
class NoAnswer extends Error {
  readonly code: string
  constructor(code: string) {
    super(`The other node's answer is of no use: ${code}.`)
    this.code = code
  }
}

export type Answered<T> = { readonly node: NodeId; readonly isHub: boolean; readonly answer: T }
export type Around = ReturnType<typeof createAround>

export function createAround(network: LibraryNetwork | undefined) {
  const hubs = (): readonly NodeId[] => (network ? network.hubs().filter((node) => node !== network.wire.self) : [])
  const isNear = ({ reach }: Caller) => reach === 'lan'

  /** Nodes near by; all that are connected when there is no hub that would know better. */
  function neighbours(): readonly NodeId[] {
    const known = new Set(hubs())
    const all = network?.wire.connected().filter(({ node }) => !known.has(node)) ?? []
    const near = known.size > 0 || network?.isHub ? all.filter(isNear) : all
    return near.slice(0, LIBRARY_PEERS_ASKED).map(({ node }) => node)
  }

  /** Throws `WireError`, or `NoAnswer`. */
  async function ask<S extends z.ZodType>(
    node: NodeId,
    request: LibraryRequest,
    answer: S,
    timeoutMs = LIBRARY_ANSWER_MS,
  ): Promise<z.output<S>> {
    const frame = await network!.wire.request(node, LIBRARY_PROTOCOL.protocol, request as Frame, { timeoutMs })
    const parsed = answer.safeParse(frame)
    if (!parsed.success) throw new NoAnswer(typeof frame.error === 'string' ? frame.error : 'E_MALFORMED')
    return parsed.data
  }

  return {
    hubs,
    ask,
    /** One hub is enough, since they share their tables; every neighbour is asked. */
    async all<S extends z.ZodType>(
      request: LibraryRequest,
      answer: S,
    ): Promise<{ readonly answered: readonly Answered<z.output<S>>[]; readonly silent: readonly NodeId[] }> {
      if (!network) return { answered: [], silent: [] }
      const silent: NodeId[] = []
      const one = async (node: NodeId, isHub: boolean): Promise<Answered<z.output<S>> | undefined> => {
        try {
          return { node, isHub, answer: await ask(node, request, answer) }
        } catch {
          silent.push(node)
          return undefined
        }
      }
      const ofHub = async () => {
        for (const hub of hubs()) {
          const found = await one(hub, true)
          if (found) return found
        }
        return undefined
      }
      const found = await Promise.all([ofHub(), ...neighbours().map((node) => one(node, false))])
      const answered = found.filter((each) => each !== undefined)
      // A hub that another stood in for is not missed.
      const missed = answered.some(({ isHub }) => isHub) ? silent.filter((node) => !hubs().includes(node)) : silent
      return { answered, silent: missed }
    },
    /** What the hub says to it; undefined when there is none, or none that answers. */
    async tell(request: LibraryRequest): Promise<z.output<typeof doneAnswer> | undefined> {
      for (const hub of hubs()) {
        try {
          return await ask(hub, request, doneAnswer, LIBRARY_TELL_MS)
        } catch {
          // It is told again later.
        }
      }
      return undefined
    },
  }
}
