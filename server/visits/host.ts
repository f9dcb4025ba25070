/** The side of a visit that a person comes to: lets them in by ticket, asks their home again and again, and lets them go. */
import { createHash } from 'node:crypto'
import { openSigned, type Signed } from '../lib/signed.ts'
import { VISIT_EPOCHS_KEPT, VISIT_PASS_TTL_MS, VISIT_REQUEST_TIMEOUT_MS } from '../limits.ts'
import type { Frame, NodeId } from '../link/types.ts'
import { type PlayerId, visitorId } from '../protocol/ids.ts'
import { message } from '../protocol/text/index.ts'
import {
  type HomeRequest,
  type HostRequest,
  passSchema,
  VISIT_PROTOCOL,
  type VisitAnswer,
  visitAnswer,
} from './frames.ts'
import { pause, type VisitOptions, type VisitParts } from './parts.ts'
import type { Admitted, Pass, VisitEnd, VisitorDesk, VisitPerson } from './types.ts'

type Visitor = {
  readonly pass: Pass
  person: VisitPerson
  /** As granted by the home, counted from when it was asked. */
  leaseUntilMs: number
  readonly expectedUntilMs: number
  ticket?: { readonly hash: string; readonly untilMs: number }
  origin?: string
  token?: string
  welcomed?: boolean
  /** Since when no page of theirs is connected. */
  pageGoneMs?: number
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url')
/** The same person of the same home is the same visitor each time, and never anybody of this node. */
const idOf = ({ home, person }: Pass): PlayerId => visitorId(hashOf(`${home} ${person}`).slice(0, 22))

export function createHost(parts: VisitParts, options: VisitOptions) {
  const { wire, world, tell, now, secret, log } = parts
  const visitors = new Map<PlayerId, Visitor>()
  const tokens = new Map<string, Visitor>()
  const lastEpochs = new Map<PlayerId, number>()
  const endListeners = new Set<(id: PlayerId, text: string) => void>()
  const closing = new AbortController()

  async function askHome(home: NodeId, request: HostRequest): Promise<VisitAnswer> {
    const call = { timeoutMs: VISIT_REQUEST_TIMEOUT_MS }
    return visitAnswer.parse(await wire.request(home, VISIT_PROTOCOL.protocol, request as Frame, call))
  }

  // --- coming -----------------------------------------------------------------------------------------------------------

  async function asked(signed: Signed, by: NodeId): Promise<VisitAnswer> {
    const pass = openSigned('visit-pass', signed, passSchema) as Pass | undefined
    const isGood =
      pass &&
      pass.home === by &&
      pass.dst === wire.self &&
      parts.isKeyOf(signed.key, by) &&
      Math.abs(now() - pass.issuedAtMs) <= VISIT_PASS_TTL_MS
    if (!isGood) return { type: 'NO', reason: 'failed' }
    const id = idOf(pass)
    const isBanned = await parts.isBanned(id)
    const standing = visitors.get(id)
    if (standing && standing.pass.visit === pass.visit) return { type: 'WELCOME' }
    if (options.closed || closing.signal.aborted) return { type: 'NO', reason: 'closed' }
    if (isBanned) return { type: 'NO', reason: 'banned' }
    if (pass.epoch <= (lastEpochs.get(id) ?? 0) || standing) return { type: 'NO', reason: 'stale' }
    if (parts.isBadName(pass.name)) return { type: 'NO', reason: 'name' }
    const ofHome = [...visitors.values()].filter((one) => one.pass.home === by).length
    if (visitors.size >= options.maxVisitors || ofHome >= options.maxPerHome)
      return { type: 'NO', reason: 'capacity' }
    lastEpochs.delete(id)
    lastEpochs.set(id, pass.epoch)
    if (lastEpochs.size > VISIT_EPOCHS_KEPT) lastEpochs.delete(lastEpochs.keys().next().value!)
    const { name, locale, homeName } = pass
    const person: VisitPerson = { id, name: `${name}@${homeName || by.slice(-6)}`, guest: true, roles: [], locale }
    const nowMs = now()
    const times = { leaseUntilMs: nowMs + options.leaseMs, expectedUntilMs: nowMs + options.claimMs * 2 }
    visitors.set(id, { pass, person, ...times })
    return { type: 'WELCOME' }
  }

  const ofVisit = (visit: string, epoch: number, home: NodeId): Visitor | undefined =>
    [...visitors.values()].find(({ pass }) => pass.visit === visit && pass.epoch === epoch && pass.home === home)

  /** One ticket for each visit: whoever has it is let in, so it is short-lived and good once. */
  function ticketFor(visitor: Visitor | undefined, origin: string): VisitAnswer {
    if (!visitor || visitor.origin !== undefined || !isOrigin(origin)) return { type: 'NO', reason: 'stale' }
    const ticket = secret()
    visitor.ticket = { hash: hashOf(ticket), untilMs: now() + options.ticketMs }
    visitor.origin = origin
    return { type: 'TICKET', ticket }
  }

  async function redeem(ticket: string, origin: string | undefined): Promise<Admitted | undefined> {
    const hash = hashOf(ticket)
    const visitor = [...visitors.values()].find((one) => one.ticket?.hash === hash)
    if (!visitor?.ticket || visitor.origin !== origin) return undefined
    const { untilMs } = visitor.ticket
    delete visitor.ticket
    if (untilMs < now() || visitor.leaseUntilMs <= now()) return undefined
    const { id, name, locale } = visitor.person
    await world.arrive({ id, name, locale })
    if (visitors.get(id) !== visitor) {
      await world.remove(id)
      return undefined
    }
    const token = `visit_${secret()}`
    visitor.token = hashOf(token)
    tokens.set(visitor.token, visitor)
    visitor.pageGoneMs = now()
    log.info({ visitor: id, home: visitor.pass.home }, 'a visitor of another node has come')
    return { token, player: { id, name }, node: parts.name }
  }

  // --- going ------------------------------------------------------------------------------------------------------------

  /** Out of this world, for good; only then is anybody told. */
  async function letGo(visitor: Visitor, why: VisitEnd, text = ''): Promise<void> {
    const { id, locale } = visitor.person
    if (visitors.get(id) !== visitor) return
    visitors.delete(id)
    if (visitor.token !== undefined) tokens.delete(visitor.token)
    tell(id, 'portal.over', { why, text }, { portal: { over: visitor.pass.visit, why } })
    await world.remove(id)
    for (const listener of endListeners) listener(id, message(locale, 'portal.over', { why, text }))
    log.info({ visitor: id, why }, 'a visitor has gone')
  }

  /** Sends them home. When that does not hear of it, it takes them back by itself: nothing is renewed any more. */
  async function sendHome(visitor: Visitor, why: VisitEnd, text = ''): Promise<void> {
    await letGo(visitor, why, text)
    const { visit, epoch, home } = visitor.pass
    await askHome(home, { type: 'BACK', visit, epoch, why }).catch(() => undefined)
  }

  async function renew(home: NodeId, mine: readonly Visitor[]): Promise<void> {
    const sentMs = now()
    const visits = mine.map(({ pass: { visit, epoch } }) => ({ visit, epoch }))
    const answer = await askHome(home, { type: 'RENEW', visits }).catch(() => undefined)
    if (answer?.type !== 'HELD') return
    for (const visitor of mine) {
      if (answer.visits.includes(visitor.pass.visit)) visitor.leaseUntilMs = sentMs + options.leaseMs
      else await letGo(visitor, 'over')
    }
  }

  const asking = new Set<NodeId>()
  function renewAll(): void {
    for (const [home, mine] of Map.groupBy(visitors.values(), ({ pass }) => pass.home)) {
      if (asking.has(home)) continue
      asking.add(home)
      void renew(home, mine)
        .catch((err: unknown) => log.warn({ err, home }, 'visits could not be renewed'))
        .finally(() => asking.delete(home))
    }
  }

  async function look(visitor: Visitor): Promise<void> {
    const nowMs = now()
    if (visitor.leaseUntilMs <= nowMs) return sendHome(visitor, 'lease')
    if (visitor.token === undefined) {
      if (visitor.expectedUntilMs <= nowMs) await sendHome(visitor, 'unclaimed')
      return
    }
    if (parts.isConnected(visitor.person.id)) {
      delete visitor.pageGoneMs
      if (!visitor.welcomed)
        tell(visitor.person.id, 'portal.welcome', { node: parts.name, home: visitor.pass.homeName })
      visitor.welcomed = true
    } else {
      visitor.pageGoneMs ??= nowMs
      if (nowMs - visitor.pageGoneMs > options.graceMs) await sendHome(visitor, 'gone')
    }
  }

  async function keepLooking(): Promise<void> {
    while (!closing.signal.aborted) {
      for (const visitor of [...visitors.values()])
        void look(visitor).catch((err: unknown) => log.warn({ err }, 'a visitor could not be looked after'))
      await pause(Math.min(250, options.leaseMs / 10), closing.signal)
    }
  }
  const looking = keepLooking()
  const renewing = setInterval(renewAll, options.renewEveryMs)

  const desk: VisitorDesk = {
    isOrigin: (origin) => [...visitors.values()].some((one) => one.origin === origin),
    redeem,
    verify(token) {
      const visitor = tokens.get(hashOf(token))
      if (!visitor || visitor.leaseUntilMs <= now()) return undefined
      return { playerId: visitor.person.id, sessionId: `visit ${visitor.person.id}` }
    },
    person: (id) => visitors.get(id)?.person,
    named(text) {
      const typed = text.trim().toLowerCase()
      const all = [...visitors.values()].map(({ person }) => person)
      const begun = typed.includes('@') ? all.filter(({ name }) => name.toLowerCase().startsWith(typed)) : []
      return all.find(({ name }) => name.toLowerCase() === typed) ?? (begun.length === 1 ? begun[0] : undefined)
    },
    setLocale(id, locale) {
      const visitor = visitors.get(id)
      if (visitor) visitor.person = { ...visitor.person, locale }
    },
    mayAct: (id) => (visitors.get(id)?.leaseUntilMs ?? 0) > now(),
    async kick(id, why) {
      const visitor = visitors.get(id)
      if (visitor) await sendHome(visitor, 'kicked', why)
      return visitor !== undefined
    },
    onEnd(listener) {
      endListeners.add(listener)
      return () => void endListeners.delete(listener)
    },
  }

  return {
    desk,
    /** A visitor wants to go home, or has walked into a portal. */
    async left(id: PlayerId, why: VisitEnd): Promise<boolean> {
      const visitor = visitors.get(id)
      if (visitor) await sendHome(visitor, why)
      return visitor !== undefined
    },
    /** Answers the home. */
    async answer(request: HomeRequest, by: NodeId): Promise<VisitAnswer> {
      if (request.type === 'ASK') return asked(request.pass, by)
      const visitor = ofVisit(request.visit, request.epoch, by)
      if (request.type === 'TICKET') return ticketFor(visitor, request.origin)
      if (visitor) await letGo(visitor, 'return')
      return { type: 'ENDED' }
    },
    /** The node closes: everybody goes home. */
    async close(): Promise<void> {
      closing.abort()
      clearInterval(renewing)
      await looking
      await Promise.all([...visitors.values()].map((visitor) => sendHome(visitor, 'draining')))
    },
  }
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text
}
