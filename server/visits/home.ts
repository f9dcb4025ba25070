/** The side of a visit that a person leaves: it asks, signs the pass, keeps the count of who is where, and takes them back. */
import { sign } from '../lib/signed.ts'
import { VISIT_REQUEST_TIMEOUT_MS } from '../limits.ts'
import type { Frame, NodeId, NodeInfo } from '../link/types.ts'
import type { PlayerId } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import type { PortalAbout, PortalAnswer, PortalRequest } from '../rooms/types.ts'
import { type HomeRequest, type HostRequest, VISIT_PROTOCOL, type VisitAnswer, visitAnswer } from './frames.ts'
import { pause, type VisitOptions, type VisitParts } from './parts.ts'
import type { Claimed, Island, Pass, VisitEnd, VisitId } from './types.ts'

type Away = {
  readonly person: PlayerId
  readonly visit: VisitId
  readonly epoch: number
  readonly node: Island & { readonly url: string }
  /** Until when the other node may take the visit for granted, as this one granted it. */
  heldUntilMs: number
  claimed: boolean
  frame?: string
  /** It is being ended: nothing is granted any more. */
  ending?: VisitEnd
  end(why: VisitEnd): void
}

const no = (
  code: Extract<PortalAnswer, { ok: false }>['code'],
  params: Record<string, string> = {},
): PortalAnswer => ({
  ok: false,
  code,
  params,
})

/** How often it is looked whether a lease has run out. */
const LOOK_MS = 500

/** What a manifest says of a node that pages may come to. */
export const VISITS_SERVICE = 'visits'

export function createHome(parts: VisitParts, options: VisitOptions) {
  const { wire, tell, now, secret, log } = parts
  const people = new Map<PlayerId, Away>()
  const frames = new Map<string, Away>()
  const backListeners = new Set<(id: PlayerId) => void>()

  async function ask(node: NodeId, request: HomeRequest, signal?: AbortSignal): Promise<VisitAnswer> {
    const call = { timeoutMs: VISIT_REQUEST_TIMEOUT_MS, ...(signal && { signal }) }
    return visitAnswer.parse(await wire.request(node, VISIT_PROTOCOL.protocol, request as Frame, call))
  }

  async function islands(): Promise<readonly Island[]> {
    const nodes = await parts.nodes()
    return nodes
      .filter(({ self, alive, role }) => !self && alive && role !== 'local')
      .map((node) => ({
        node: node.node,
        name: node.name,
        people: node.load?.people,
        ...(pageUrlOf(node) !== undefined && { url: pageUrlOf(node)! }),
      }))
  }

  /** By name, as people type names: whole, or the only one that begins so. */
  async function destination(wanted: string): Promise<Away['node'] | PortalAnswer> {
    const all = await islands().catch((): readonly Island[] => [])
    const open = all.filter(isOpen)
    const typed = wanted.trim().toLowerCase()
    if (typed === '') {
      if (open.length === 1) return open[0]!
      return open.length === 0
        ? no('portal_nowhere')
        : no('portal_where', { names: open.map(({ name }) => name).join(', ') })
    }
    const called = (fits: (name: string) => boolean) => all.filter(({ name }) => fits(name.toLowerCase()))
    const whole = called((name) => name === typed)
    const found = whole.length > 0 ? whole : called((name) => name.startsWith(typed))
    if (found.length > 1) return no('several_nodes', { name: wanted })
    const [one] = found
    if (!one) return no('portal_unknown', { name: wanted })
    return isOpen(one) ? one : no('portal_no_url', { name: one.name })
  }

  async function shut(to: string): Promise<Refusal | undefined> {
    const answer = await destination(to)
    return 'ok' in answer && !answer.ok ? { code: answer.code, params: answer.params } : undefined
  }

  function passOf({ character, epoch }: PortalRequest, visit: VisitId, dst: NodeId): Pass {
    const { id, name, locale = 'en' } = character
    const about = { visit, epoch, person: id as PlayerId, name, locale, home: wire.self, homeName: parts.name, dst }
    return { ...about, may: ['walk', 'talk', 'use'], issuedAtMs: now() }
  }

  /** Resolves when the person may stand at home again. */
  async function leave(request: PortalRequest, { id: visit, again, signal }: PortalAbout): Promise<PortalAnswer> {
    const person = request.character.id as PlayerId
    if (again) return begunBefore(person, signal)
    const to = await destination(request.to)
    if ('ok' in to) return to
    const pass = sign('visit-pass', passOf(request, visit, to.node), parts.key)
    const answer = await ask(to.node, { type: 'ASK', pass }, signal).catch(() => undefined)
    signal.throwIfAborted()
    if (!answer) return no('portal_silent', { name: to.name })
    if (answer.type !== 'WELCOME')
      return no('portal_refused', { name: to.name, reason: answer.type === 'NO' ? answer.reason : 'failed' })
    return stayAway(person, visit, request.epoch, to, signal)
  }

  async function stayAway(
    person: PlayerId,
    visit: VisitId,
    epoch: number,
    node: Away['node'],
    signal: AbortSignal,
  ): Promise<PortalAnswer> {
    const ended = Promise.withResolvers<VisitEnd>()
    const over = new AbortController()
    const away: Away = {
      person,
      visit,
      epoch,
      node,
      heldUntilMs: now() + options.leaseMs,
      claimed: false,
      end: ended.resolve,
    }
    people.set(person, away)
    const stop = () => ended.reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    log.info({ person, node: node.node, visit }, 'somebody has left for another node')
    tell(person, 'portal.leaving', { node: node.name }, { portal: { visit } })
    void watchLease(away, over.signal)
    void watchClaim(away, over.signal)
    try {
      const why = await ended.promise
      tellHome(person, node.name, why, visit)
      return { ok: true }
    } finally {
      over.abort()
      signal.removeEventListener('abort', stop)
      people.delete(person)
      if (away.frame !== undefined) frames.delete(away.frame)
    }
  }

  function tellHome(person: PlayerId, node: string, why: VisitEnd, visit?: VisitId): void {
    log.info({ person, node, why }, 'somebody is home again')
    tell(person, 'portal.back', { node, why }, { portal: { back: visit ?? 'any', why } })
    for (const listener of backListeners) listener(person)
  }

  /** V11: the other node has let its visitor go by then, whether it can be heard or not. */
  async function watchLease(away: Away, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      const leftMs = away.heldUntilMs + options.marginMs - now()
      if (leftMs <= 0) return away.end(away.ending ?? 'silent')
      await pause(Math.min(leftMs, LOOK_MS), over)
    }
  }

  async function watchClaim(away: Away, over: AbortSignal): Promise<void> {
    await pause(options.claimMs, over)
    if (!over.aborted && !away.claimed) await callHome(away, 'unclaimed')
  }

  /** V13: nobody knows any more what was granted; it has run out by then. */
  async function begunBefore(person: PlayerId, signal: AbortSignal): Promise<PortalAnswer> {
    await pause(options.leaseMs + options.marginMs, signal)
    signal.throwIfAborted()
    tellHome(person, '', 'restarted')
    return { ok: true }
  }

  /** The other node says that it has let them go; or its lease runs out, which is waited for elsewhere. */
  async function callHome(away: Away, why: VisitEnd): Promise<void> {
    if (away.ending) return
    away.ending = why
    const { visit, epoch, node } = away
    const answer = await ask(node.node, { type: 'END', visit, epoch }).catch(() => undefined)
    if (answer?.type === 'ENDED') away.end(why)
    else if (why === 'return') away.ending = 'silent'
  }

  async function claim(person: PlayerId, visit: VisitId, origin: string): Promise<Claimed | undefined> {
    const away = people.get(person)
    if (!away || away.visit !== visit || away.claimed || away.ending) return undefined
    away.claimed = true
    const { node, epoch } = away
    if (origin.startsWith('https:') && !isSecure(node.url)) {
      await callHome(away, 'insecure')
      return undefined
    }
    const answer = await ask(node.node, { type: 'TICKET', visit, epoch, origin }).catch(() => undefined)
    if (answer?.type !== 'TICKET') {
      await callHome(away, 'silent')
      return undefined
    }
    away.frame = secret()
    frames.set(away.frame, away)
    return { visit, node: node.name, url: node.url, ticket: answer.ticket, frame: away.frame }
  }

  const isOf = (
    by: NodeId,
    { visit, epoch }: { readonly visit: VisitId; readonly epoch: number },
  ): Away | undefined =>
    [...people.values()].find((away) => away.visit === visit && away.epoch === epoch && away.node.node === by)

  return {
    islands,
    shut,
    leave,
    claim,
    away: (person: PlayerId) => {
      const away = people.get(person)
      return away && { node: away.node.name, visit: away.visit }
    },
    frameTo: (key: string) => frames.get(key)?.node.url,
    async comeHome(person: PlayerId): Promise<boolean> {
      const away = people.get(person)
      if (!away) return false
      await callHome(away, 'return')
      return true
    },
    onBack(listener: (id: PlayerId) => void): () => void {
      backListeners.add(listener)
      return () => void backListeners.delete(listener)
    },
    /** Answers the node that has them. */
    answer(request: HostRequest, by: NodeId): VisitAnswer {
      if (request.type === 'BACK') {
        isOf(by, request)?.end(request.why)
        return { type: 'ENDED' }
      }
      const held: VisitId[] = []
      for (const one of request.visits) {
        const away = isOf(by, one)
        if (!away || away.ending) continue
        away.heldUntilMs = now() + options.leaseMs
        held.push(one.visit)
      }
      return { type: 'HELD', visits: held }
    },
    /** Before the node closes: everybody is asked home, so that nobody waits for a lease. */
    async callAllHome(): Promise<void> {
      await Promise.all([...people.values()].map((away) => callHome(away, 'return')))
    },
  }
}

const isOpen = (island: Island): island is Away['node'] => island.url !== undefined

function pageUrlOf({ url, services }: NodeInfo): string | undefined {
  if (url === undefined || !services.includes(VISITS_SERVICE) || !URL.canParse(url)) return undefined
  return new URL(url).origin
}

/** What a page that came over https may connect to (w3.org/TR/mixed-content, and secure-contexts for this machine). */
function isSecure(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
}
