/** Quotes for a job: many nodes asked at once, a window, and no waiting for one that is dead. */
import { QUOTE_NODES_MAX, QUOTE_WINDOW_MS, QUOTES_WANTED } from '../../limits.ts'
import type { JobRecord } from '../types.ts'
import { type Quote, quote, refusal, type ToWorker } from './frames.ts'
import type { Peer, Peers } from './peers.ts'

export type Offer = Quote & { readonly peer: Peer }

export type Ask = Pick<JobRecord, 'privacy'> & Omit<Extract<ToWorker, { t: 'RFQ' }>, 't' | 'privacy'>

/** Offers in the order in which they came; done when all have answered, when enough have, or when the window is over. */
export async function gather(
  { peers, random, windowMs = QUOTE_WINDOW_MS }: { peers: Peers; random: () => number; windowMs?: number },
  ask: Ask,
  wanted: number,
): Promise<{ readonly offers: readonly Offer[]; readonly refused: readonly string[] }> {
  const all = peers.list(ask.privacy)
  const asked = all.length <= QUOTE_NODES_MAX ? all : chosen(all, random)
  const offers: Offer[] = []
  const refused: string[] = []
  if (asked.length === 0) return { offers, refused }
  let left = asked.length
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, windowMs)
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    for (const peer of asked)
      void peers
        .ask(peer.node, { ...ask, t: 'RFQ' })
        .then((frame) => {
          const parsed = quote.safeParse(frame)
          if (parsed.success) offers.push({ ...parsed.data, peer })
          else refused.push(refusal.safeParse(frame).data?.reason ?? 'malformed')
        })
        .catch(() => {})
        .finally(() => {
          left--
          if (left === 0 || offers.length >= Math.max(QUOTES_WANTED, wanted)) done()
        })
  })
  return { offers: [...offers], refused: [...refused] }
}

/** Itself, and others by lot. */
function chosen(all: readonly Peer[], random: () => number): readonly Peer[] {
  const own = all.filter(({ isSelf }) => isSelf)
  const others = all.filter(({ isSelf }) => !isSelf)
  for (let i = others.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const one = others[i]!
    others[i] = others[j]!
    others[j] = one
  }
  return [...own, ...others].slice(0, QUOTE_NODES_MAX)
}
