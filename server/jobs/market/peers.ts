/** Workers that can be asked: this node's own, and those connected over the wire. */
import { MARKET_ASK_TIMEOUT_MS, MARKET_ASK_TRIES } from '../../limits.ts'
import type { Caller, Frame, NodeId, NodeRole, OwnerId, Wire } from '../../link/types.ts'
import type { Privacy } from '../types.ts'
import { MARKET, request, type ToBuyer, type ToWorker } from './frames.ts'
import type { Identity } from './identity.ts'

export type Peer = {
  readonly node: NodeId
  readonly owner: OwnerId
  readonly role?: NodeRole
  readonly isSelf: boolean
}
export type Peers = {
  readonly self: NodeId
  /** Whom an input of this privacy may be shown to. */
  list(privacy: Privacy): readonly Peer[]
  ask(node: NodeId, message: ToWorker | ToBuyer): Promise<Frame>
  /** Answers messages of others, and of this node itself. */
  serve(answer: (message: ToWorker | ToBuyer, from: Caller) => Promise<Frame>): void
}

export function createPeers(self: Identity, wire?: Wire, timeoutMs = MARKET_ASK_TIMEOUT_MS): Peers {
  let answer: (message: ToWorker | ToBuyer, from: Caller) => Promise<Frame> = async () => ({
    t: 'NO',
    reason: 'closed',
  })
  const ownCall: Caller = { node: self.node, owner: self.owner, reach: 'lan' }
  return {
    self: self.node,
    list(privacy) {
      const own: Peer = { node: self.node, owner: self.owner, isSelf: true }
      if (!wire || privacy === 'own') return [own]
      const others = wire.connected().flatMap(({ node, owner, role }): Peer[] => {
        const isFit = owner !== undefined && (privacy === 'public' || role === 'trusted' || role === 'initial')
        return isFit ? [{ node, owner, isSelf: false, ...(role && { role }) }] : []
      })
      return [own, ...others]
    },
    async ask(node, message) {
      if (node === self.node) return answer(message, ownCall)
      if (!wire) return { t: 'NO', reason: 'unreachable' }
      const tries = message.t === 'RFQ' || message.t === 'PROGRESS' ? 1 : MARKET_ASK_TRIES
      for (let left = tries - 1; ; left--) {
        try {
          return await wire.request(node, MARKET.protocol, message as unknown as Frame, { timeoutMs })
        } catch (error) {
          if (left <= 0 || (error as { code?: string }).code !== 'E_TIMEOUT') throw error
        }
      }
    },
    serve(handler) {
      answer = handler
      wire?.serve(MARKET, async (frame, from) => {
        const parsed = request.safeParse(frame)
        return parsed.success ? handler(parsed.data, from) : { t: 'NO', reason: 'malformed' }
      })
    },
  }
}
