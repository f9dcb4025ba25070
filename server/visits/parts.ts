/** What both sides of a visit are made of; times are options so that tests need not wait. */
import type { SigningKey } from '../lib/ed25519.ts'
import {
  VISIT_CLAIM_MS,
  VISIT_LEASE_MARGIN_MS,
  VISIT_LEASE_MS,
  VISIT_PAGE_GRACE_MS,
  VISIT_RENEW_EVERY_MS,
  VISIT_TICKET_TTL_MS,
  VISITORS_MAX,
  VISITORS_PER_HOME_MAX,
} from '../limits.ts'
import type { NodeId, NodeInfo, Wire } from '../link/types.ts'
import type { Json, Locale, Params, PlayerId } from '../protocol/ids.ts'

export type VisitParts = {
  readonly wire: Pick<Wire, 'self' | 'request' | 'serve'>
  /** Every node alive. */
  readonly nodes: () => Promise<readonly NodeInfo[]>
  readonly key: Pick<SigningKey, 'publicKey' | 'sign' | 'seed'>
  /** Whether a key is a node's own. */
  readonly isKeyOf: (key: Uint8Array, node: NodeId) => boolean
  /** What this node is called. */
  readonly name: string
  /** Sends words, by their key, to whoever has a terminal open; with data for the page. */
  readonly tell: (id: PlayerId, key: string, params: Params, data?: Json) => void
  /** The characters of visitors in this node's world. */
  readonly world: {
    arrive(visitor: { readonly id: PlayerId; readonly name: string; readonly locale: Locale }): Promise<void>
    remove(id: PlayerId): Promise<void>
  }
  /** Whether they are not to be let in here. */
  readonly isBanned: (id: PlayerId) => Promise<boolean>
  /** Whether nobody may be called so here. */
  readonly isBadName: (name: string) => boolean
  /** Whether they have a page open here. */
  readonly isConnected: (id: PlayerId) => boolean
  /** Hard to guess. */
  readonly secret: () => string
  readonly now: () => number
  readonly log: { info(fields: object, text: string): void; warn(fields: object, text: string): void }
}
export type VisitOptions = {
  /** Takes nobody in. */
  readonly closed?: boolean
  readonly leaseMs: number
  readonly marginMs: number
  readonly renewEveryMs: number
  readonly claimMs: number
  readonly ticketMs: number
  readonly graceMs: number
  readonly maxVisitors: number
  readonly maxPerHome: number
}
export const VISIT_OPTIONS: VisitOptions = {
  leaseMs: VISIT_LEASE_MS,
  marginMs: VISIT_LEASE_MARGIN_MS,
  renewEveryMs: VISIT_RENEW_EVERY_MS,
  claimMs: VISIT_CLAIM_MS,
  ticketMs: VISIT_TICKET_TTL_MS,
  graceMs: VISIT_PAGE_GRACE_MS,
  maxVisitors: VISITORS_MAX,
  maxPerHome: VISITORS_PER_HOME_MAX,
}

/** Resolves after that time, or when the signal fires. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
