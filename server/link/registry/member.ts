/** A member's side of registration: joins a hub, keeps its lease, goes to another hub when one is gone, and takes up its lease after a restart. */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { sign } from '../../lib/signed.ts'
import { HEARTBEAT_MS, LEASE_TTL_MS, PASS_TTL_MS, RETRY_MAX_MS, RETRY_MIN_MS } from '../../limits.ts'
import { type WireCode, WireError } from '../errors.ts'
import type { Identity, signedSchema } from '../identity.ts'
import type { StandingBook } from '../standing.ts'
import { pauseMs, type Timers } from '../timers.ts'
import type { NodeId, Wire } from '../types.ts'
import {
  type AdmitAnswer,
  admitAnswer,
  challengeAnswer,
  type HubAddress,
  heartbeatAnswer,
  NODE_PROTOCOL,
} from './frames.ts'
import { type InviteCode, inviteProof } from './invite.ts'
import type { Load, Manifest, Proven } from './types.ts'

/** What is kept for the next start. */
export const sessionSchema = z.object({
  leaseId: z.string(),
  hubs: z.array(z.object({ node: z.string(), addresses: z.array(z.string()) })),
  /** The pass, base64 of its three parts. */
  pass: z.object({ body: z.string(), key: z.string(), sig: z.string() }),
  passUntilMs: z.number(),
  seq: z.number(),
})
export type Session = z.infer<typeof sessionSchema>
export type SessionStore = { read(): Promise<Session | undefined>; write(session: Session): Promise<void> }

export type MemberState =
  | { readonly is: 'joining'; readonly failures: number; readonly why?: string }
  | { readonly is: 'joined'; readonly hub: NodeId; readonly leaseId: string }
  /** The hub said no, and why; it is asked again, patiently. */
  | { readonly is: 'refused'; readonly code: WireCode; readonly why: string }
  | { readonly is: 'stopped' }

export type MemberParts = {
  readonly wire: Wire
  readonly identity: Identity
  readonly standing: StandingBook
  readonly sessions: SessionStore
  readonly clock: { now(): number }
  readonly timers: Timers
  readonly random: () => number
  /** Hubs to begin with: from an invitation, from a hub's page, from the settings. Asked at each try. */
  readonly seeds: () => Promise<readonly HubAddress[]>
  readonly dial: (hub: HubAddress) => Promise<void>
  readonly self: () => { readonly manifest: Manifest; readonly addresses: readonly string[]; readonly load?: Load }
  readonly invite?: InviteCode
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
}

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
/** Answers that will not change by asking again soon. */
const FINAL = new Set<WireCode>(['E_FORBIDDEN', 'E_BANNED', 'E_MALFORMED', 'E_UNSUPPORTED'])

export function createMember(parts: MemberParts) {
  const { wire, identity, standing, sessions, clock, timers, random, seeds, dial, self, invite, log } = parts
  const now = () => clock.now()
  const listeners = new Set<(state: MemberState) => void>()
  const admissions = new Set<(answer: AdmitAnswer, hub: NodeId) => void>()
  let state: MemberState = { is: 'joining', failures: 0 }
  let session: Session | undefined
  let proven: Proven | undefined
  let said = ''
  let cancel = () => {}
  let isStopped = false
  let isTurning = false
  let isAgain = false
  let failures = 0
  /** Counted from when it was asked for, so that this node is the first to doubt. */
  let leaseUntilMs = 0

  function become(next: MemberState): void {
    const isNews = next.is !== state.is || (next.is === 'refused' && state.is === 'refused' && next.why !== state.why)
    state = next
    if (!isNews) return
    if (next.is === 'joined') log.info({ hub: next.hub }, 'joined the network')
    if (next.is === 'refused') log.warn({ code: next.code, why: next.why }, 'the hub does not admit this node')
    for (const listener of listeners) listener(next)
  }

  const ask = (hub: NodeId, body: object) => wire.request(hub, NODE_PROTOCOL.protocol, body as never)

  async function join(hub: NodeId): Promise<void> {
    const { manifest, addresses } = self()
    const nonceC = new Uint8Array(randomBytes(32))
    const { nonceS } = challengeAnswer.parse(
      await ask(hub, { op: 'hello', nonceC, manifest, addresses: [...addresses] }),
    )
    const proof = sign('prove', { nonceS, nonceC, hub, node: identity.node }, identity.nodeKey)
    const askedMs = now()
    const answer = admitAnswer.parse(
      await ask(hub, {
        op: 'prove',
        nonceS,
        proof,
        cert: identity.ownerCert,
        ...(invite && { invite: inviteProof(invite, nonceS, identity.node) }),
      }),
    )
    leaseUntilMs = askedMs + LEASE_TTL_MS
    said = JSON.stringify([manifest, addresses])
    const hubs = answer.hubs.length > 0 ? answer.hubs : [{ node: hub, addresses: [] }]
    await keep({ leaseId: answer.leaseId, hubs, seq: 0, ...passOf(answer.pass) })
    for (const listener of admissions) listener(answer, hub)
    become({ is: 'joined', hub, leaseId: answer.leaseId })
  }

  const passOf = (pass: z.infer<typeof signedSchema>) => ({
    pass: { body: textOf(pass.body), key: textOf(pass.key), sig: textOf(pass.sig) },
    passUntilMs: now() + PASS_TTL_MS,
  })

  async function keep(next: Session): Promise<void> {
    session = next
    carry(next)
    await sessions.write(next)
  }

  function carry({ hubs, pass, passUntilMs }: Session): void {
    standing.trustHubs(hubs.map(({ node }) => node))
    if (passUntilMs > now())
      standing.carry({ body: bytesOf(pass.body), key: bytesOf(pass.key), sig: bytesOf(pass.sig) })
  }

  async function heartbeat(hub: NodeId): Promise<void> {
    const held = session!
    const { manifest, addresses, load } = self()
    const saying = JSON.stringify([manifest, addresses])
    const seq = held.seq + 1
    session = { ...held, seq }
    const askedMs = now()
    const answer = heartbeatAnswer.parse(
      await ask(hub, {
        op: 'heartbeat',
        leaseId: held.leaseId,
        seq,
        passUntilMs: held.passUntilMs,
        ...(load && { load }),
        ...(saying !== said && { manifest, addresses: [...addresses] }),
      }),
    )
    leaseUntilMs = askedMs + LEASE_TTL_MS
    said = saying
    proven = answer.proven
    const hubs = answer.hubs.length > 0 ? answer.hubs : held.hubs
    const isNews = answer.pass !== undefined || JSON.stringify(hubs) !== JSON.stringify(held.hubs)
    if (isNews) await keep({ ...held, seq, hubs, ...(answer.pass && passOf(answer.pass)) })
    become({ is: 'joined', hub, leaseId: held.leaseId })
  }

  /** The hub that has us first, then the others; a lease that is still good is taken up again. */
  async function attend(): Promise<void> {
    const known = session?.hubs ?? []
    const current = state.is === 'joined' ? state.hub : undefined
    const ordered = [...known].sort((a, b) => Number(b.node === current) - Number(a.node === current))
    const errors: unknown[] = []
    const tryHub = async (hub: HubAddress): Promise<boolean> => {
      try {
        await dial(hub)
        if (session) {
          const isHeld = await heartbeat(hub.node).then(
            () => true,
            (error: unknown) => {
              if (error instanceof WireError && error.code === 'E_NOT_FOUND') {
                leaseUntilMs = 0
                return false
              }
              throw error
            },
          )
          if (isHeld) return true
        }
        await join(hub.node)
        return true
      } catch (error) {
        errors.push(error)
        return false
      }
    }
    for (const hub of ordered) if (await tryHub(hub)) return
    const found = await seeds().catch((error: unknown) => {
      errors.push(error)
      return []
    })
    const others = found.filter((seed) => !known.some(({ node }) => node === seed.node))
    for (const hub of others) if (await tryHub(hub)) return
    throw errors.at(-1) ?? new WireError('E_UNREACHABLE', 'No hub is known.')
  }

  /** One at a time; answers how long to wait before the next. */
  async function turn(): Promise<number> {
    try {
      await attend()
      failures = 0
      return HEARTBEAT_MS * (0.9 + 0.2 * random())
    } catch (error) {
      const code = error instanceof WireError ? error.code : undefined
      const why = error instanceof Error ? error.message : String(error)
      if (isStopped) return 0
      if (code && FINAL.has(code)) become({ is: 'refused', code, why })
      else {
        if (failures === 0) log.warn({ err: error }, 'no hub can be reached; trying again')
        become({ is: 'joining', failures: failures + 1, why })
      }
      const retryAfterMs = error instanceof WireError ? (error.retryAfterMs ?? 0) : 0
      return Math.max(pauseMs(failures++, RETRY_MIN_MS, RETRY_MAX_MS, random), Math.min(retryAfterMs, RETRY_MAX_MS))
    }
  }

  async function go(): Promise<void> {
    if (isTurning) {
      isAgain = true
      return
    }
    isTurning = true
    const waitMs = await turn()
    isTurning = false
    if (isStopped) return
    cancel = timers.after(isAgain ? 0 : waitMs, () => void go())
    isAgain = false
  }

  return {
    state: () => state,
    /** Until when this node may take its lease for granted, by its own clock. */
    leaseUntilMs: () => leaseUntilMs,
    hubs: (): readonly HubAddress[] => session?.hubs ?? [],
    /** What hubs found out about this node. */
    proven: () => proven,
    onState(listener: (state: MemberState) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onAdmitted(listener: (answer: AdmitAnswer, hub: NodeId) => void) {
      admissions.add(listener)
      return () => admissions.delete(listener)
    },
    /** Returns at once; joining goes on by itself. */
    async start(): Promise<void> {
      session = await sessions.read()
      if (session) carry(session)
      void go()
    },
    /** Something worth telling the hub has changed, such as an address. */
    tell(): void {
      if (isStopped || state.is !== 'joined') return
      cancel()
      void go()
    },
    async stop(reason: string): Promise<void> {
      isStopped = true
      cancel()
      const joined = state.is === 'joined' ? state : undefined
      become({ is: 'stopped' })
      if (joined)
        await wire
          .request(
            joined.hub,
            NODE_PROTOCOL.protocol,
            { op: 'bye', leaseId: joined.leaseId, reason },
            { timeoutMs: 1_000 },
          )
          .catch(() => {})
    },
  }
}
