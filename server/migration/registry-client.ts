/** The registry over the wire, or in this process where this node is it. */
import { TRIP_REQUEST_TIMEOUT_MS } from '../limits.ts'
import type { Frame, NodeId, Wire } from '../link/types.ts'
import { MIGRATE_PROTOCOL, type RegistryAnswer, type RegistryRequest, registryAnswer } from './frames.ts'
import type { RegistryServer } from './registry.ts'
import type { Intent, Registry } from './types.ts'

/** It answered, and the answer is no. Asking again would change nothing. */
export class RegistryRefusal extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.name = 'RegistryRefusal'
    this.code = code
  }
}

const FINAL = new Set(['E_FORBIDDEN', 'E_CONFLICT', 'E_NOT_FOUND'])

/** Whether an error is an answer: then what was asked has been decided. */
export const isFinal = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && FINAL.has(error.code)

export type RegistryClientParts = {
  readonly wire: Pick<Wire, 'request' | 'self'>
  /** The nodes that may be asked, the first first; they share what they know. */
  readonly registries: () => readonly NodeId[]
  readonly own?: RegistryServer
}

export function createRegistryClient({ wire, registries, own }: RegistryClientParts): Registry {
  async function askOne(node: NodeId, request: RegistryRequest): Promise<RegistryAnswer> {
    if (own && node === wire.self) {
      const answer = await own(request, wire.self)
      if ('code' in answer) throw new RegistryRefusal(answer.code, answer.msg)
      return answer
    }
    const options = { timeoutMs: TRIP_REQUEST_TIMEOUT_MS }
    const answer = await wire.request(node, MIGRATE_PROTOCOL.protocol, request as Frame, options)
    return registryAnswer.parse(answer)
  }

  async function ask(request: RegistryRequest): Promise<RegistryAnswer> {
    const nodes = registries()
    if (nodes.length === 0) throw new Error('This node knows of no registry.')
    let last: unknown
    for (const node of nodes) {
      try {
        return await askOne(node, request)
      } catch (error) {
        if (isFinal(error)) throw error
        last = error
      }
    }
    throw last
  }

  async function askIntent(request: RegistryRequest): Promise<Intent> {
    const answer = await ask(request)
    if (answer.type !== 'INTENT') throw new Error(`The registry answered ${answer.type} to ${request.type}.`)
    return answer.intent
  }

  return {
    begin: (trip, ttlMs) => askIntent({ type: 'BEGIN', trip, ttlMs }),
    async status(mid) {
      const answer = await ask({ type: 'STATUS', mid })
      return answer.type === 'INTENT' ? answer.intent : undefined
    },
    commit: (trip, { cid, stateHash, signed }) => askIntent({ type: 'COMMIT', trip, cid, stateHash, signed }),
    abort: (trip, reason) => askIntent({ type: 'ABORT', trip, reason }),
    async where(agentId) {
      const answer = await ask({ type: 'WHERE', agentId })
      return answer.type === 'OWNER' ? answer : undefined
    },
    async reclaim(agentId, epoch) {
      const answer = await ask({ type: 'RECLAIM', agentId, epoch })
      if (answer.type !== 'OWNER') throw new Error(`The registry answered ${answer.type} to RECLAIM.`)
      return answer
    },
  }
}
