/** Leases as the chaos harness has them: a node counts from when it asked, the registry from when it heard, so that the node is always the first to doubt. */
import { createHash } from 'node:crypto'
import type { Migration } from '../../migration/migration.ts'
import type { Inside } from './inside.ts'
import { REGISTRY } from './messages.ts'

export const LEASE_MS = 30_000
export const LEASE_MARGIN_MS = 2_000
const HEARTBEAT_MS = 8_000
const LOOK_MS = 4_000

/** A node's key, the same in all its lives. */
export const seedOf = (node: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(`node ${node}`).digest())

/** Keeps a lease for as long as the process lives, and tells travel when it is in doubt. */
export function keepLease({ wire, clock }: Inside, migration: Pick<Migration, 'suspend' | 'resume'>): void {
  let askedMs = Number.NEGATIVE_INFINITY
  let has = false

  async function beat(): Promise<void> {
    for (;;) {
      const nowMs = clock.now()
      const answer = await wire.request(REGISTRY, 'lease', {}, { timeoutMs: 4_000 }).catch(() => undefined)
      if (answer) {
        askedMs = nowMs
        if (!has && clock.now() - askedMs < LEASE_MS) {
          has = true
          migration.resume()
        }
      }
      await clock.sleep(HEARTBEAT_MS)
    }
  }
  async function look(): Promise<void> {
    for (;;) {
      await clock.sleep(LOOK_MS)
      if (!has || clock.now() - askedMs < LEASE_MS - LOOK_MS) continue
      has = false
      await migration.suspend()
    }
  }
  void beat()
  void look()
}
