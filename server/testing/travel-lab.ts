/** Nodes in one process between which agents travel: worlds that move when told, sandboxes and bundles as they are, a registry in memory. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { agentBench } from '../agents/fixtures.ts'
import type { AgentsDeps } from '../agents/parts.ts'
import { createBundles } from '../bundles/bundles.ts'
import { type SigningKey, signingKey } from '../lib/ed25519.ts'
import type { NodeId, Wire } from '../link/types.ts'
import { createMemoryMigrationStore } from '../migration/memory-store.ts'
import { createMigration, type Migration } from '../migration/migration.ts'
import { systemTimers } from '../migration/parts.ts'
import { createRegistry } from '../migration/registry.ts'
import { createRegistryClient } from '../migration/registry-client.ts'
import { openRows } from '../migration/rows.ts'
import type { TravelHost, TravelStep } from '../migration/types.ts'
import type { Sandbox } from '../sandbox/types.ts'

export type LabNode = Awaited<ReturnType<Awaited<ReturnType<typeof createTravelLab>>['node']>>

/** The first node is the registry. `sandbox`: one for all of them, while no agent is loaded at two. */
export async function createTravelLab(sandbox?: Sandbox) {
  const root = await mkdtemp(join(tmpdir(), 'academy-travel-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(root, { recursive: true, force: true }))
  const store = createMemoryMigrationStore()
  const keys = new Map<NodeId, SigningKey>()
  const dead = new Set<NodeId>()
  let hub: NodeId | undefined
  let trips = 0
  const registry = createRegistry({
    store,
    clock: { now: () => Date.now() },
    isDead: (node) => dead.has(node),
    isKeyOf: (key, node) => Buffer.compare(keys.get(node)!.publicKey, key) === 0,
  })
  const parts = stack.move()

  return {
    store,
    /** Nodes whose lease has ended. */
    dead,
    async node(wire: Wire, over: Partial<TravelHost> & { readonly agents?: Partial<AgentsDeps> } = {}) {
      hub ??= wire.self
      const key = signingKey()
      keys.set(wire.self, key)
      let migration: Migration | undefined
      const { agents: deps, ...hostOver } = over
      const made = await agentBench({
        ...(sandbox && { sandbox }),
        over: {
          node: wire.self,
          version: 'lab',
          mayRun: (id) => migration?.mayRun(id) ?? true,
          awayState: async (id, logAfter) => migration?.seen(id, logAfter),
          hop: async (id, node) => {
            const left = await migration!.leave(id, node)
            return left.ok ? undefined : { code: 'cannot_hop', params: { reason: left.code, name: node } }
          },
          ...deps,
        },
        guests: true,
      })
      if (!sandbox) parts.use(made.sandbox)
      const steps: { readonly id: string; readonly step: TravelStep['step'] }[] = []
      const host: TravelHost = {
        ...made.agents.travel,
        leave: (id, to) => made.agents.travel.leave(id, { ...to, name: to.node }),
        told: (id, { step }) => void steps.push({ id, step }),
        ...hostOver,
      }
      const bundles = parts.use(await createBundles({ dir: join(root, wire.self, 'bundles'), wire }))
      const rows = await openRows(join(root, wire.self, 'rows'))
      migration = parts.use(
        createMigration(
          {
            wire,
            registry: createRegistryClient({
              wire,
              registries: () => [hub!],
              ...(hub === wire.self && { own: registry }),
            }),
            rows,
            bundles,
            host,
            key,
            timers: systemTimers,
            newTrip: () => `trip ${++trips}`,
            log: { info() {}, warn() {} },
          },
          { ...(hub === wire.self && { registry }), watchEveryMs: 100, checkpointEveryMs: 200 },
        ),
      )
      await migration.recover(true)
      parts.defer(() => made.agents[Symbol.asyncDispose]())
      return { ...made, migration, bundles, rows, steps, id: wire.self }
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}
