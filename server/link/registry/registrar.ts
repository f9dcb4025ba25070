/** The hub's side of registration: challenges, admits, renews leases, answers who is there, and sees who has vanished. */
import { randomBytes } from 'node:crypto'
import { newId } from '../../lib/ids.ts'
import { publicKeyOf } from '../../lib/node-id.ts'
import { openSigned, sign } from '../../lib/signed.ts'
import {
  BYTES_PER_MINUTE,
  CHALLENGE_TTL_MS,
  CHALLENGES_MAX,
  DIRECTORY_PAGE_MAX,
  DIRECTORY_PAGE_MAX_BYTES,
  HEARTBEAT_MS,
  LEASE_SWEEP_MS,
  LEASE_TTL_MS,
  OWNER_NODES_MAX,
  PASS_TTL_MS,
  RELAY_BYTES_PER_MINUTE,
  REQUESTS_PER_MINUTE,
} from '../../limits.ts'
import type { Admission } from '../admission/types.ts'
import { WireError } from '../errors.ts'
import { type Identity, ownerBy } from '../identity.ts'
import type { StandingBook } from '../standing.ts'
import { signPass } from '../standing.ts'
import { repeat, type Timers } from '../timers.ts'
import type { Caller, Frame, NodeId, NodeRole, OwnerId, Wire } from '../types.ts'
import { type AdmitAnswer, type HubAddress, type NodeRequest, nodeView, proofSchema } from './frames.ts'
import { isProofOf } from './invite.ts'
import { createRenewals } from './renewals.ts'
import type { InviteStore, Load, Manifest, NodeRecord, NodeStore } from './types.ts'

/** Who may join as a trusted node: anybody; whoever is on the local network, others by invitation; by invitation only. */
export type AdmissionPolicy = 'open' | 'lan' | 'invite'
export type NodeChange = { readonly node: NodeRecord; readonly what: 'joined' | 'left' | 'changed' }

export type RegistrarParts = {
  readonly wire: Wire
  readonly identity: Identity
  readonly standing: StandingBook
  readonly admission: Pick<Admission, 'banned'>
  readonly store: NodeStore
  readonly invites: InviteStore
  readonly clock: { now(): number }
  readonly timers: Timers
  readonly self: () => { readonly manifest: Manifest; readonly addresses: readonly string[]; readonly load?: Load }
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
}
export type RegistrarOptions = { readonly policy: AdmissionPolicy; readonly relay: boolean }

type Challenge = {
  readonly node: NodeId
  readonly nonceC: Uint8Array
  readonly manifest: Manifest
  readonly addresses: readonly string[]
  readonly untilMs: number
}
type Asked<Op extends NodeRequest['op']> = Extract<NodeRequest, { op: Op }>

const newsOf = ({ leaseId, proven }: NodeRecord) => `${leaseId} ${proven?.atMs}`
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

export function createRegistrar(parts: RegistrarParts, { policy, relay }: RegistrarOptions) {
  const { wire, identity, standing, admission, store, invites, clock, timers, self, log } = parts
  const now = () => clock.now()
  const renewals = createRenewals(store)
  const challenges = new Map<string, Challenge>()
  const listeners = new Set<(change: NodeChange) => void>()
  /** Those alive, with what was last told of them. */
  const alive = new Map<NodeId, string>()
  const stops: (() => void)[] = []
  let hubs: readonly HubAddress[] = []
  let ownLease = ''
  let seq = 0
  let sinceMs = 0

  function challenge(request: Asked<'hello'>, { node }: Caller): Frame {
    const { nonceC, manifest, addresses } = request
    if (manifest.role === 'initial')
      throw new WireError('E_FORBIDDEN', 'Initial nodes share the database of the registry; they do not join.')
    for (const [key, { untilMs }] of challenges) {
      if (challenges.size < CHALLENGES_MAX && untilMs > now()) break
      challenges.delete(key)
    }
    const nonceS = new Uint8Array(randomBytes(32))
    challenges.set(hex(nonceS), { node, nonceC, manifest, addresses, untilMs: now() + CHALLENGE_TTL_MS })
    return { nonceS, hubTimeMs: now() }
  }

  async function admit({ nonceS, proof, cert, invite }: Asked<'prove'>, caller: Caller): Promise<Frame> {
    const { node } = caller
    const asked = challenges.get(hex(nonceS))
    // Once only, whether it proves or not.
    challenges.delete(hex(nonceS))
    if (!asked || asked.node !== node || asked.untilMs < now())
      throw new WireError('E_REJECTED', 'There is no such challenge, or it is over. Begin again.')
    const key = publicKeyOf(node)
    const said = key && Buffer.compare(key, proof.key) === 0 ? openSigned('prove', proof, proofSchema) : undefined
    const isProven =
      said?.node === node &&
      said.hub === wire.self &&
      hex(said.nonceS) === hex(nonceS) &&
      hex(said.nonceC) === hex(asked.nonceC)
    if (!isProven) throw new WireError('E_FORBIDDEN', 'The proof is not of this challenge and this node.')
    const owner = ownerBy(cert, node, now())
    if (owner === undefined)
      throw new WireError('E_FORBIDDEN', "The owner's certificate is not of this node, or has run out.")
    await mayJoin(node, owner, asked.manifest.role, caller, invite && { ...invite, nonceS })

    const { manifest, addresses } = asked
    const { name, role, version } = manifest
    const record = await store.admit(
      { node, leaseId: newId('lease', now()), owner, role, name, version, manifest, addresses, hub: wire.self },
      LEASE_TTL_MS,
    )
    standing.admit(node, { node, owner, role, name, expiresMs: now() + PASS_TTL_MS })
    log.info({ node, owner, role, name, reach: caller.reach }, 'a node was admitted')
    const answer = {
      role,
      leaseId: record.leaseId,
      leaseTtlMs: LEASE_TTL_MS,
      pass: passFor(node, owner, role, name),
      hubs: [...hubs],
      relay,
      quotas: {
        requestsPerMinute: REQUESTS_PER_MINUTE,
        bytesPerMinute: BYTES_PER_MINUTE[role],
        relayBytesPerMinute: RELAY_BYTES_PER_MINUTE[role],
      },
    }
    return answer satisfies Omit<AdmitAnswer, 'pass'>
  }

  async function mayJoin(
    node: NodeId,
    owner: OwnerId,
    role: NodeRole,
    { reach }: Caller,
    proof?: { readonly id: string; readonly mac: Uint8Array; readonly nonceS: Uint8Array },
  ): Promise<void> {
    const ban = admission.banned({ node, owner })
    if (ban) throw new WireError('E_BANNED', `Banned for ${ban.reason}.`, { retryAfterMs: ban.untilMs - now() })
    if ((await store.aliveOf(owner)) >= OWNER_NODES_MAX && !(await store.get(node)))
      throw new WireError('E_LIMITED', `One owner has at most ${OWNER_NODES_MAX} nodes.`, {
        retryAfterMs: LEASE_TTL_MS,
      })
    if (role !== 'trusted' || policy === 'open' || (policy === 'lan' && reach === 'lan' && !proof)) return
    if ((await store.get(node))?.role === 'trusted') return
    if (!proof)
      throw new WireError('E_FORBIDDEN', 'A trusted node joins here by invitation: start it with --invite CODE.')
    const invite = await invites.get(proof.id)
    const isGood =
      invite?.role === role &&
      isProofOf(invite, proof.mac, proof.nonceS, node) &&
      (await invites.use(invite.id, now()))
    if (!isGood) throw new WireError('E_FORBIDDEN', 'This invitation is not valid here, is used up, or has run out.')
  }

  const passFor = (node: NodeId, owner: OwnerId, role: NodeRole, name: string) =>
    signPass(identity, { node, owner, role, name, issuedMs: now(), expiresMs: now() + PASS_TTL_MS })

  async function heartbeat(beat: Asked<'heartbeat'>, { node }: Caller): Promise<Frame> {
    const { op: _, passUntilMs, manifest, ...renewal } = beat
    const renewed = await renewals.renew({ ...renewal, node, ...(manifest && { manifest }) })
    if (!renewed) throw new WireError('E_NOT_FOUND', 'This lease is over. Join again.')
    const known = passUntilMs < now() + PASS_TTL_MS / 2 ? await store.get(node) : undefined
    if (known) standing.admit(node, { ...known, expiresMs: now() + PASS_TTL_MS })
    return {
      leaseTtlMs: LEASE_TTL_MS,
      hubs: [...hubs],
      ...(known && { pass: passFor(node, known.owner, known.role, known.name) }),
      ...(renewed.proven && { proven: renewed.proven }),
    }
  }

  async function page({ after }: Asked<'list'>): Promise<Frame> {
    const nodes = await store.alive({ ...(after !== undefined && { after }), limit: DIRECTORY_PAGE_MAX })
    const views: object[] = []
    let bytes = 0
    for (const node of nodes) {
      const view = nodeView.parse(node)
      bytes += JSON.stringify(view).length
      if (bytes > DIRECTORY_PAGE_MAX_BYTES) break
      views.push(view)
    }
    const isLast = views.length === nodes.length && nodes.length < DIRECTORY_PAGE_MAX
    return { nodes: views, ...(!isLast && { next: nodes[views.length - 1]!.node }) }
  }

  async function find({ node, name }: Asked<'find'>): Promise<Frame> {
    const one = node !== undefined ? await store.get(node) : undefined
    const isAlive = one && one.leftAtMs === undefined && one.expiresAtMs > now() - LEASE_TTL_MS
    const found = name !== undefined ? await store.named(name, 8) : isAlive ? [one] : []
    return { nodes: found.map((each) => nodeView.parse(each)) }
  }

  function requireAdmitted({ role }: Caller): void {
    if (role === undefined) throw new WireError('E_NOT_ADMITTED', 'The directory is for admitted nodes.')
  }

  /** What other hubs on the database did, too. */
  async function look(): Promise<void> {
    await store.expire()
    const { nodes, untilMs } = await store.changes(sinceMs)
    // A second again each time: a row may become visible after a later one.
    sinceMs = untilMs - 1_000
    for (const node of nodes) tell(node)
    await readHubs()
  }

  function tell(node: NodeRecord): void {
    const wasAlive = alive.has(node.node)
    const isAlive = node.leftAtMs === undefined
    if (isAlive ? alive.get(node.node) === newsOf(node) : !wasAlive) return
    if (isAlive) alive.set(node.node, newsOf(node))
    else {
      alive.delete(node.node)
      standing.dismiss(node.node)
      log.info({ node: node.node, name: node.name, reason: node.leftReason }, 'a node has left')
    }
    const what = isAlive ? (wasAlive ? 'changed' : 'joined') : 'left'
    for (const listener of listeners) listener({ node, what })
  }

  async function readHubs(): Promise<void> {
    const found = await store.alive({ role: 'initial' })
    hubs = found.map(({ node, addresses }) => ({ node, addresses: [...addresses] }))
    standing.trustHubs([...new Set([wire.self, ...found.map(({ node }) => node)])])
  }

  /** A hub is a node among others: it has a lease, and carries a pass. */
  async function enrol(): Promise<void> {
    const { manifest, addresses } = self()
    const { name, version } = manifest
    const { node, owner } = identity
    ownLease = newId('lease', now())
    await store.admit(
      { node, leaseId: ownLease, owner, role: 'initial', name, version, manifest, addresses, hub: node },
      LEASE_TTL_MS,
    )
    seq = 0
  }

  async function beat(): Promise<void> {
    const { manifest, addresses, load } = self()
    const { node, owner } = identity
    seq++
    const renewal = { node, leaseId: ownLease, seq, manifest, addresses, ...(load && { load }) }
    if (!(await renewals.renew(renewal))) await enrol()
    standing.carry(passFor(node, owner, 'initial', manifest.name))
  }

  return {
    /** Answers for the protocol `node`; undefined for what a hub does not answer alone. */
    async answer(request: NodeRequest, caller: Caller): Promise<Frame | undefined> {
      switch (request.op) {
        case 'hello':
          return challenge(request, caller)
        case 'prove':
          return admit(request, caller)
        case 'heartbeat':
          return heartbeat(request, caller)
        case 'bye':
          await store.leave(caller.node, request.leaseId, `bye: ${request.reason}`)
          return {}
        case 'list':
          requireAdmitted(caller)
          return page(request)
        case 'find':
          requireAdmitted(caller)
          return find(request)
        default:
          return undefined
      }
    },
    async start(): Promise<void> {
      standing.trustHubs([wire.self])
      await enrol()
      await beat()
      const { nodes } = await store.changes(0)
      for (const node of nodes) if (node.leftAtMs === undefined) alive.set(node.node, newsOf(node))
      await look()
      const report = (error: unknown) => log.warn({ err: error }, 'the registry failed at something; it tries again')
      stops.push(repeat(timers, () => HEARTBEAT_MS, beat, report))
      stops.push(repeat(timers, () => LEASE_SWEEP_MS, look, report))
    },
    async stop(): Promise<void> {
      for (const stop of stops.splice(0)) stop()
      await store.leave(identity.node, ownLease, 'bye: it was stopped').catch(() => false)
    },
    onChange(listener: (change: NodeChange) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    hubs: () => hubs,
    look,
  }
}

/** Answers to anybody's ping: our word, signed, over their nonce. */
export const pingAnswer = (identity: Identity, nonce: Uint8Array): Frame => ({
  signed: sign('ping', { nonce, node: identity.node }, identity.nodeKey),
})
