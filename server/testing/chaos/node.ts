/** A node process of the chaos harness: the travel code as it is in a node, with the harness for clock, network and executioner. */
import { flushCompileCache } from 'node:module'
import { signingKey } from '../../lib/ed25519.ts'
import { createMigration } from '../../migration/migration.ts'
import { createRegistryClient } from '../../migration/registry-client.ts'
import { type ChaosAgents, createChaosAgents } from './agents.ts'
import { chaosBundles, chaosRows, createDisk } from './disk.ts'
import { createInside, type Inside } from './inside.ts'
import { keepLease, seedOf } from './lease.ts'
import { type Boot, type FromNode, type NodeReport, REGISTRY, type Stimulus, type ToNode } from './messages.ts'
import { createRegistryNode } from './registry-node.ts'

const tell = (message: FromNode) => void process.send!(message)

type Life = { readonly inside: Inside; take(stimulus: Stimulus): void }

function asRegistry(inside: Inside, { dir, mutation }: Boot): Life['take'] {
  const node = createRegistryNode(createDisk(dir, inside.pass), inside, mutation)
  return (stimulus) => {
    if (stimulus.type === 'report') tell({ type: 'report', report: node.report() })
  }
}

function asNode(inside: Inside, { node, dir, life, mutation, agents: newborn }: Boot): Life['take'] {
  const disk = createDisk(dir, inside.pass)
  const rows = chaosRows(disk)
  const agents: ChaosAgents = createChaosAgents(disk, inside, tell)
  let trips = 0
  const migration = createMigration(
    {
      wire: inside.wire,
      registry: createRegistryClient({ wire: inside.wire, registries: () => [REGISTRY] }),
      rows,
      bundles: chaosBundles(disk, inside.wire),
      host: agents.host,
      key: signingKey(seedOf(node)),
      timers: inside.clock,
      newTrip: () => `${node}.${life}.${++trips}`,
      log: { info() {}, warn() {} },
    },
    { checkpointEveryMs: 15_000 },
  )
  const opened = (async () => {
    for (const id of newborn) await agents.born(id)
    for (const id of agents.ids()) if (mutation === 'asking' || migration.mayRun(id)) agents.run(id)
    await migration.recover(false)
    keepLease(inside, migration)
  })()
  opened.catch((error: unknown) => {
    throw error
  })
  const isUnderWay = (status: string) => status !== 'here' && status !== 'moved'
  const report = (): NodeReport => ({
    agents: agents.report(),
    underWay: rows.all().filter(({ status }) => isUnderWay(status)).length,
  })
  return (stimulus) => {
    if (stimulus.type === 'turn') agents.turns()
    else if (stimulus.type === 'hop') void migration.leave(stimulus.agent, stimulus.dst).catch(() => {})
    else if (stimulus.type === 'report') tell({ type: 'report', report: report() })
  }
}

let current: Life | undefined

function take(nowMs: number, stimulus: Stimulus): void {
  if (stimulus.type === 'boot') {
    const inside = createInside(stimulus, tell)
    inside.setNow(nowMs)
    const make = stimulus.node === REGISTRY ? asRegistry : asNode
    current = { inside, take: make(inside, stimulus) }
    return
  }
  current?.inside.setNow(nowMs)
  if (!current?.inside.take(stimulus)) current?.take(stimulus)
}

process.on('message', ({ n, nowMs, stimulus }: ToNode) => {
  take(nowMs, stimulus)
  // Everything a stimulus sets going is done in microtasks, up to the next place, question or pause.
  setImmediate(() => tell({ type: 'quiet', n }))
})
// It is going to be killed, and what was compiled is written down only by those that end by themselves.
flushCompileCache()
process.on('disconnect', () => process.exit(0))
