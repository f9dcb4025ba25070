/** The registry's process: who owns what, who is alive, and the one place where effects are heard. */
import { signingKey } from '../../lib/ed25519.ts'
import { judge } from '../../migration/fence.ts'
import { MIGRATE_PROTOCOL, registryRequest } from '../../migration/frames.ts'
import { createMemoryMigrationStore, type RegistryRecords } from '../../migration/memory-store.ts'
import { createRegistry } from '../../migration/registry.ts'
import type { Disk } from './disk.ts'
import type { Inside } from './inside.ts'
import { LEASE_MARGIN_MS, LEASE_MS, seedOf } from './lease.ts'
import type { Mutation, NodeReport } from './messages.ts'

type Effect = { readonly agent: string; readonly epoch: number; readonly seq: number }

const served = (protocol: string) => ({ ...MIGRATE_PROTOCOL, protocol })

export function createRegistryNode(disk: Disk, { wire, clock }: Inside, mutation: Mutation) {
  const bornMs = clock.now()
  const seen = new Map<string, number>()
  let records: RegistryRecords = JSON.parse(
    disk.read('registry')?.toString() ?? '{"owners":{},"intents":{},"entries":[]}',
  )
  const effects: Effect[] = JSON.parse(disk.read('effects')?.toString() ?? '[]')
  const store = createMemoryMigrationStore(records, async (next) => {
    await disk.write('registry', JSON.stringify(next), 'registry')
    records = next
  })
  const registry = createRegistry({
    store,
    clock,
    isDead: (node) => clock.now() - Math.max(bornMs, seen.get(node) ?? 0) > LEASE_MS + LEASE_MARGIN_MS,
    isKeyOf: (key, node) => Buffer.compare(key, signingKey(seedOf(node)).publicKey) === 0,
  })

  wire.serve(MIGRATE_PROTOCOL, async (frame, { node }) => {
    const asked = registryRequest.safeParse(frame)
    return asked.success ? registry(asked.data, node) : { code: 'E_MALFORMED', msg: 'What?' }
  })
  wire.serve(served('lease'), async (_frame, { node }) => {
    seen.set(node, clock.now())
    return { ok: true }
  })

  let last: Promise<unknown> = Promise.resolve()
  /** T20, by the rule that nodes judge by. */
  async function hear({
    agent,
    epoch,
    seq,
  }: Effect): Promise<{ readonly heard: string } | { code: string; msg: string }> {
    const owner = await store.owner(agent)
    const last = effects.findLast((one) => one.agent === agent)
    const verdict = mutation === 'fencing' ? 'new' : judge({ agentId: agent, epoch, seq }, owner?.epoch ?? 0, last)
    if (verdict === 'stale') return { code: 'E_CONFLICT', msg: 'stale' }
    if (verdict === 'again') return { heard: 'again' }
    await disk.write('effects', JSON.stringify([...effects, { agent, epoch, seq }]), 'effects')
    effects.push({ agent, epoch, seq })
    return { heard: 'now' }
  }
  wire.serve(served('effect'), (frame) => {
    const { agent, epoch, seq } = frame as Effect
    const mine = last.then(() => hear({ agent, epoch, seq }))
    last = mine.catch(() => {})
    return mine
  })

  return {
    report: (): NodeReport => ({ agents: [], underWay: 0, owners: records.owners, effects }),
  }
}
