/** Links for tests and benchmarks: on loopback, in memory otherwise, each with an owner of its own unless told. */
import { type SigningKey, signingKey } from '../../lib/ed25519.ts'
import { createAdmission } from '../admission/admission.ts'
import { memoryBanStore } from '../admission/bans.ts'
import type { Admission } from '../admission/types.ts'
import { memoryRecordStore } from '../dht/memory-store.ts'
import { type Identity, identityOf } from '../identity.ts'
import { createLink, type LinkOptions, type LinkParts } from '../link.ts'
import { createStandingBook, type StandingBook, signPass } from '../standing.ts'
import type { Link, NodeRole } from '../types.ts'

const quiet = { warn() {}, debug() {}, error() {}, info() {} }

export type TestLink = {
  readonly link: Link
  readonly identity: Identity
  readonly standing: StandingBook
  readonly admission: Admission
}

export async function startTestLink(
  options: Partial<LinkOptions> & { readonly ownerKey?: SigningKey; readonly parts?: Partial<LinkParts> } = {},
): Promise<TestLink> {
  const { ownerKey = signingKey(), parts, ...rest } = options
  const clock = { now: () => Date.now() }
  const identity = identityOf(signingKey(), ownerKey, clock.now())
  const standing = createStandingBook(identity, clock.now)
  const admission = await createAdmission({ store: memoryBanStore(), now: clock.now, log: quiet })
  const link = await createLink(
    { identity, standing, admission, records: memoryRecordStore(), clock, log: quiet, ...parts },
    { listen: ['/ip4/127.0.0.1/tcp/0'], dhtServer: true, mdns: false, ...rest },
  )
  return { link, identity, standing, admission }
}

/** Gives a node the pass that a hub would give it. */
export function grant(hub: TestLink, to: TestLink, role: NodeRole, forMs = 600_000): void {
  const nowMs = Date.now()
  const { node, owner } = to.identity
  const pass = { node, owner, role, name: node.slice(-6), issuedMs: nowMs, expiresMs: nowMs + forMs }
  to.standing.carry(signPass(hub.identity, pass))
  for (const each of [hub, to]) each.standing.trustHubs([hub.identity.node])
}
