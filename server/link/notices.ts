/** What a relay says to those it carries no further for a while (protocol `notice`): kept until it is over, so that they know why. */
import { z } from 'zod'
import { METERS_MAX, RELAYED_CONNECTIONS_MAX, REQUESTS_PER_HOUR, REQUESTS_PER_MINUTE } from '../limits.ts'
import { WireError } from './errors.ts'
import type { NodeId, Served, Wire } from './types.ts'

const NOTICE: Served = {
  protocol: 'notice',
  maxStreams: 2,
  perMinute: REQUESTS_PER_MINUTE,
  perHour: REQUESTS_PER_HOUR,
  overRelay: false,
  admittedOnly: true,
}
/** A minute's bucket is full again after it. */
const WAIT_MAX_MS = 60_000
const noticeSchema = z.object({
  /** Whose bytes are spent. */
  spent: z.string().max(128),
  /** Whom the relayed connections led to. */
  nodes: z.array(z.string().max(128)).max(RELAYED_CONNECTIONS_MAX.initial),
  retryAfterMs: z.number().positive().max(WAIT_MAX_MS),
})
export type RelayNotice = { readonly relay: NodeId; readonly spent: NodeId; readonly retryAfterMs: number }

export type NoticesParts = {
  readonly self: NodeId
  readonly serve: Wire['serve']
  readonly request: Wire['request']
  readonly now: () => number
  readonly log: { warn(fields: object, message: string): void }
}

export function createNotices({ self, serve, request, now, log }: NoticesParts) {
  const notices = new Map<NodeId, { readonly relay: NodeId; readonly spent: NodeId; readonly untilMs: number }>()

  serve(NOTICE, async (body, { node: relay, role }) => {
    if (role !== 'initial' && role !== 'trusted') throw new WireError('E_FORBIDDEN', 'Only a relay says this.')
    const { spent, nodes, retryAfterMs } = noticeSchema.parse(body)
    log.warn({ relay, spent, retryAfterMs }, 'the relay carries no more bytes for a while; relayed links were cut')
    for (const node of spent === self ? nodes : [spent]) {
      notices.delete(node)
      notices.set(node, { relay, spent, untilMs: now() + retryAfterMs })
      if (notices.size > METERS_MAX) notices.delete(notices.keys().next().value!)
    }
    return {}
  })

  return {
    /** To both ends. */
    tell(spent: NodeId, nodes: readonly NodeId[], retryAfterMs: number): void {
      log.warn(
        { node: spent, nodes, retryAfterMs },
        'a node has spent its bytes at this relay; its relayed links are cut',
      )
      const body = { spent, nodes: [...nodes], retryAfterMs: Math.min(Math.ceil(retryAfterMs), WAIT_MAX_MS) }
      for (const node of [spent, ...nodes]) request(node, NOTICE.protocol, body).catch(() => {})
    },
    /** Why there is no relayed way to a node now, if a relay said so. */
    about(node: NodeId): RelayNotice | undefined {
      const { untilMs = 0, ...notice } = notices.get(node) ?? {}
      return 'relay' in notice && untilMs > now() ? { ...notice, retryAfterMs: untilMs - now() } : undefined
    },
  }
}
