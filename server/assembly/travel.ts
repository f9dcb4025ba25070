/** Bundles and travel of a node: what it keeps and hands on, and agents that come and go. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { AgentService } from '../agents/agents.ts'
import type { Result } from '../agents/types.ts'
import { type BundleService, createBundles } from '../bundles/bundles.ts'
import type { MayServe } from '../bundles/serve.ts'
import type { Config } from '../config.ts'
import type { Clock } from '../lib/clock.ts'
import { nodeIdOf } from '../lib/node-id.ts'
import {
  FENCED_AGENTS_KEPT,
  GUEST_AGENTS_MAX,
  GUEST_AGENTS_PER_HOME_MAX,
  LEASE_DOUBT_MS,
  LEASE_LOOK_MS,
  TRIP_KEPT_MS,
  TRIP_PRUNE_EVERY_MS,
} from '../limits.ts'
import type { RunningNetwork } from '../link/network.ts'
import type { NodeId, Wire } from '../link/types.ts'
import { createFence, type Fence } from '../migration/fence.ts'
import { createMigration, type Migration } from '../migration/migration.ts'
import { systemTimers } from '../migration/parts.ts'
import { createRegistry } from '../migration/registry.ts'
import { createRegistryClient } from '../migration/registry-client.ts'
import { openRows, type RowStore } from '../migration/rows.ts'
import type { Left, Offer, TravelHost, TravelStep } from '../migration/types.ts'
import type { Log } from '../ops/log.ts'
import type { AgentId } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import { message } from '../protocol/text/index.ts'
import type { Database } from '../storage/database.ts'
import { createMigrationStore } from '../storage/migration.ts'
import { createNodeStore } from '../storage/nodes.ts'

export type TravelNeeds = {
  readonly config: Config
  readonly database: Database
  readonly network: RunningNetwork | undefined
  readonly agents: Pick<AgentService, 'travel' | 'get'>
  readonly clock: Clock
  readonly log: Log
  /** Whether a node may have an item of the library or a shared workspace. */
  readonly mayShare: MayServe
}
export type NodeTravel = AsyncDisposable & {
  readonly bundles: BundleService
  readonly mayRun: (id: AgentId) => boolean
  readonly mayAct: (id: AgentId, epoch: number) => boolean
  /** Judges what agents of other nodes ask for here. */
  readonly fence?: Fence
  /** Where an agent that was here is now. */
  readonly movedTo: (id: AgentId) => NodeId | undefined
  /** How an agent of this node that is away is now, as JSON, if its host says. */
  readonly seen: (id: AgentId, logAfter?: number) => Promise<string | undefined>
  /** Takes an agent to a node, named as people name nodes; `home` is where it belongs. */
  migrate(agentId: AgentId, node: string): Promise<Result<Left & { readonly ok: true }>>
  /** After the agents that were going are taken up: finishes what a crash broke off. */
  recover(): Promise<void>
}

/** Nobody to hand anything to. */
const nowhere: Pick<Wire, 'open' | 'serveStream'> = {
  open: () => Promise.reject(new Error('This node is in no network.')),
  serveStream: () => {},
}

const refused = (code: Refusal['code'], params: Refusal['params']) =>
  ({ ok: false, refusal: { code, params } }) as const

export async function assembleTravel(needs: TravelNeeds): Promise<NodeTravel> {
  const { config, network, clock, log } = needs
  await using stack = new AsyncDisposableStack()
  const rows = await openRows(join(config.dataDir, 'travel'))
  let migration: Migration | undefined
  const bundles = stack.use(
    await createBundles({
      dir: join(config.dataDir, 'bundles'),
      wire: network?.wire ?? nowhere,
      clock,
      mayServe: (caller, bundle) =>
        bundle.kind === 'item' || bundle.kind === 'workspace'
          ? needs.mayShare(caller, bundle)
          : bundle.kind !== 'agent' || migration?.mayServe(caller.node, bundle.cid) === true,
    }),
  )
  if (network) migration = stack.use(travelOver(network, { ...needs, rows, bundles }))
  const parts = stack.move()

  async function migrate(agentId: AgentId, node: string): ReturnType<NodeTravel['migrate']> {
    const params = { name: node.slice(0, 100) }
    if (!network || !migration) return refused('no_such_node', params)
    const home = migration.homeOf(agentId) ?? network.self
    let dst: NodeId
    try {
      dst = node.trim().toLowerCase() === 'home' ? home : (await network.resolve(node)).node
    } catch (error) {
      const code = (error as { readonly code?: string }).code
      return refused(code === 'E_CONFLICT' ? 'several_nodes' : 'no_such_node', params)
    }
    const left = await migration.leave(agentId, dst)
    return left.ok ? { ok: true, value: left } : refused('cannot_hop', { ...params, reason: left.code })
  }

  return {
    bundles,
    mayRun: (id) => migration?.mayRun(id) ?? rows.get(id) === undefined,
    mayAct: (id, epoch) => migration?.mayAct(id, epoch) ?? rows.get(id) === undefined,
    ...(migration && { fence: createFence({ where: migration.where, kept: FENCED_AGENTS_KEPT }) }),
    movedTo: (id) => migration?.movedTo(id)?.node,
    seen: async (id, logAfter) => migration?.seen(id, logAfter),
    migrate,
    recover: async () => {
      if (!network || !migration) return
      const going = migration
      const hasLease = () => network.leaseUntilMs() - LEASE_DOUBT_MS > clock.now()
      let had = hasLease()
      const timer = setInterval(() => {
        if (hasLease() === had) return
        had = !had
        if (had) going.resume()
        else void going.suspend().catch((err: unknown) => log.warn({ err }, 'guests could not be put to rest'))
      }, LEASE_LOOK_MS)
      parts.defer(() => clearInterval(timer))
      await going.recover(had)
      if (network.role !== 'initial') return
      const trips = createMigrationStore(needs.database)
      const forget = () =>
        trips
          .prune(clock.now() - TRIP_KEPT_MS)
          .catch((err: unknown) => log.warn({ err }, 'trips long decided could not be forgotten'))
      const pruning = setInterval(forget, TRIP_PRUNE_EVERY_MS)
      parts.defer(() => clearInterval(pruning))
      await forget()
    },
    async [Symbol.asyncDispose]() {
      await migration?.farewell().catch((err: unknown) => log.warn({ err }, 'guests could not be sent home'))
      await parts.disposeAsync()
    },
  }
}

type Over = TravelNeeds & { readonly rows: RowStore; readonly bundles: BundleService }

function travelOver(network: RunningNetwork, { agents, database, clock, log, rows, bundles }: Over): Migration {
  const { self, wire, identity, role } = network
  const isHub = role === 'initial'
  const leases = createNodeStore(database)
  const own = isHub
    ? createRegistry({
        store: createMigrationStore(database),
        clock,
        isDead: async (node) => {
          if (node === self) return false
          const lease = await leases.get(node)
          return !lease || lease.leftAtMs !== undefined || lease.expiresAtMs <= clock.now()
        },
        isKeyOf: (key, node) => nodeIdOf(key) === node,
      })
    : undefined
  const names = new Map<NodeId, string>()
  const nameOf = async (node: NodeId): Promise<string> => {
    const known = names.get(node) ?? (await network.node(node).catch(() => undefined))?.name ?? node.slice(-8)
    names.set(node, known)
    return known
  }

  async function crowded({ home, trip }: Offer): Promise<boolean> {
    const guests = rows
      .all()
      .filter((row) => row.home !== self && row.status !== 'moved' && row.agentId !== trip.agentId)
    return (
      guests.length >= GUEST_AGENTS_MAX ||
      guests.filter((row) => row.home === home).length >= GUEST_AGENTS_PER_HOME_MAX
    )
  }

  async function say(id: AgentId, step: TravelStep): Promise<void> {
    const node = 'node' in step ? await nameOf(step.node) : ''
    const at = 'atMs' in step ? new Date(step.atMs).toISOString().slice(11, 19) : ''
    const why = 'code' in step ? step.code : ''
    await agents.travel.noted(id, (locale) => message(locale, `network.travel.${step.step}`, { node, at, why }))
  }

  const host: TravelHost = {
    ...agents.travel,
    leave: async (id, to) => agents.travel.leave(id, { ...to, name: await nameOf(to.node) }),
    async refusal(offer) {
      if (offer.home !== self && (await crowded(offer)))
        return { code: 'capacity', message: 'There is no room for more guests.' }
      return agents.travel.refusal(offer)
    },
    told: (id, step) =>
      void say(id, step).catch((err: unknown) =>
        log.warn({ err, agent: id }, 'an owner could not be told of a journey'),
      ),
  }
  return createMigration(
    {
      wire,
      registry: createRegistryClient({
        wire,
        registries: () => (isHub ? [self] : network.hubs()),
        ...(own && { own }),
      }),
      rows,
      bundles,
      host,
      key: identity.nodeKey,
      timers: systemTimers,
      newTrip: () => randomUUID(),
      log,
    },
    { ...(own && { registry: own }) },
  )
}
