/** What this node knows of others for certain: whose they are, by the owner's certificate; their role, by a pass that a hub signed. */
import { z } from 'zod'
import { publicKeyOf } from '../lib/node-id.ts'
import { openSigned, type Signed, sign } from '../lib/signed.ts'
import { CLOCK_SKEW_MAX_MS, STANDINGS_MAX } from '../limits.ts'
import { type Identity, ownerBy, signedSchema } from './identity.ts'
import type { Frame, NodeId, NodeRole, OwnerId } from './types.ts'

/** A hub's word, signed with its node key as `pass`: this node, of this owner, was admitted in this role until then. */
const passSchema = z.object({
  node: z.string(),
  owner: z.string(),
  role: z.enum(['initial', 'trusted', 'local']),
  name: z.string(),
  issuedMs: z.number(),
  expiresMs: z.number(),
})
export type Pass = z.infer<typeof passSchema>

/** What nodes show each other on first contact. */
const greetingSchema = z.object({ cert: signedSchema, pass: signedSchema.optional() })

export type Standing = {
  readonly owner?: OwnerId
  readonly role?: NodeRole
  readonly name?: string
}

export type StandingBook = {
  /** What this node shows of itself. */
  greeting(): Frame
  /** Reads another's greeting; what is not genuine is passed over. */
  take(node: NodeId, greeting: unknown): void
  of(node: NodeId): Standing
  /** The pass that this node shows from now on. */
  carry(pass: Signed | undefined): void
  /** Known without a pass: a hub knows those it admitted. */
  admit(node: NodeId, pass: Omit<Pass, 'issuedMs'>): void
  dismiss(node: NodeId): void
  /** The hubs whose passes count. */
  trustHubs(hubs: readonly NodeId[]): void
  hubs(): readonly NodeId[]
}

export const signPass = (identity: Identity, pass: Pass): Signed => sign('pass', pass, identity.nodeKey)

/** `shown` is the pass as it came: one that no hub signed whom we know today may count tomorrow. */
type Known = { owner?: OwnerId; shown?: Signed; pass?: Omit<Pass, 'issuedMs'> }

export function createStandingBook(identity: Identity, now: () => number): StandingBook {
  const known = new Map<NodeId, Known>()
  let hubs: readonly NodeId[] = []
  let mine: Signed | undefined

  function entry(node: NodeId): Known {
    const one = known.get(node) ?? {}
    known.delete(node)
    known.set(node, one)
    if (known.size > STANDINGS_MAX) known.delete(known.keys().next().value!)
    return one
  }

  function passIn(signed: Signed, node: NodeId): Pass | undefined {
    const signer = hubs.find((hub) => Buffer.compare(publicKeyOf(hub) ?? new Uint8Array(), signed.key) === 0)
    const pass = signer === undefined ? undefined : openSigned('pass', signed, passSchema)
    if (pass?.node !== node || pass.expiresMs < now() || pass.issuedMs > now() + CLOCK_SKEW_MAX_MS) return undefined
    return pass
  }

  function weigh(node: NodeId, one: Known): void {
    const pass = one.shown && passIn(one.shown, node)
    if (pass && pass.owner === one.owner) one.pass = pass
  }

  return {
    greeting: () => ({ cert: identity.ownerCert, ...(mine && { pass: mine }) }),
    take(node, greeting) {
      const parsed = greetingSchema.safeParse(greeting)
      if (!parsed.success) return
      const { cert, pass: signed } = parsed.data
      const owner = ownerBy(cert, node, now())
      if (owner === undefined) return
      const one = entry(node)
      one.owner = owner
      if (signed) one.shown = signed
      weigh(node, one)
    },
    of(node) {
      const one = known.get(node)
      if (!one) return {}
      const pass = one.pass && one.pass.expiresMs >= now() ? one.pass : undefined
      return {
        ...(one.owner !== undefined && { owner: one.owner }),
        ...(pass && { owner: pass.owner, role: pass.role, name: pass.name }),
      }
    },
    carry(pass) {
      mine = pass
    },
    admit(node, pass) {
      const one = entry(node)
      one.owner = pass.owner
      one.pass = pass
    },
    dismiss(node) {
      const one = known.get(node)
      if (one) delete one.pass
    },
    trustHubs(next) {
      const isNews = next.some((hub) => !hubs.includes(hub))
      hubs = [...next]
      if (isNews) for (const [node, one] of known) weigh(node, one)
    },
    hubs: () => hubs,
  }
}
