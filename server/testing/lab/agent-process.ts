/**
 * A node that is its network part and one agent, on a database of its own: `agent-process.ts OPTIONS`, asked over the channel to the process that
 * started it (`agent-node.ts`). It kills itself where it is told to, between two writes.
 */
import { join } from 'node:path'
import { agentBench } from '../../agents/fixtures.ts'
import type { AgentStore } from '../../agents/store.ts'
import { createDoorstep } from '../../assembly/doorstep.ts'
import { networkStores } from '../../assembly/network-stores.ts'
import { startNetwork } from '../../link/network.ts'
import type { InboxStore } from '../../link/types.ts'
import { createAgentStore } from '../../storage/agents.ts'
import { openDatabase } from '../../storage/database.ts'
import { createProjectStore } from '../../storage/projects.ts'
import type { AgentNodeOptions, Asked, KillPoint } from './agent-node.ts'

const BEAT_MS = 20
const owner = 'player_ann'
const source = `import { me, on } from 'academy'
on('told', ({ text }) => { me.memory.heard = [...(me.memory.heard ?? []), text] })`

const { dataDir, name, hub } = JSON.parse(process.argv[2]!) as AgentNodeOptions
let dieAt: KillPoint | undefined
const die = () => process.kill(process.pid, 'SIGKILL')
const dieIf = (at: KillPoint) => void (dieAt === at && die())
const print = (fields: { err?: unknown }, message: string): void =>
  void process.stderr.write(`${name}: ${message} ${fields.err ?? JSON.stringify(fields)}\n`)
const log = { debug() {}, info() {}, warn: print, error: print }

const database = await openDatabase({ dataDir: join(dataDir, 'database'), log })
const stores = networkStores(database)
const deadlyInbox = (inbox: InboxStore): InboxStore => ({
  ...inbox,
  async given(ids, nowMs) {
    dieIf('giving')
    await inbox.given(ids, nowMs)
    dieIf('given')
  },
})
const deadlyStore = (store: AgentStore): AgentStore => ({
  ...store,
  async appendTurns(turns, lines) {
    const hasWords = turns.some(({ afar }) => afar)
    if (hasWords) dieIf('journalling')
    await store.appendTurns(turns, lines)
    if (hasWords) dieIf('journalled')
  },
})

const network = await startNetwork(
  {
    stores: (self) => ({ ...stores(self), inbox: deadlyInbox(stores(self).inbox) }),
    clock: { now: () => Date.now() },
    machine: () => ({ cpu: { cores: 1, model: 'a test' }, memoryMb: 1 }),
    log,
  },
  {
    version: 'test',
    policy: 'open',
    mdns: false,
    dataDir,
    name,
    role: 'local',
    listen: ['/ip4/127.0.0.1/tcp/0'],
    invite: { id: 'none', secret: new Uint8Array(16), hub: hub.node, addresses: hub.addresses },
  },
)

const store = deadlyStore(createAgentStore(database))
const world = await agentBench({ store, projectStore: createProjectStore(database) })
const { agents, sim } = world
await world.person(owner)
const [known] = await store.byOwner(owner)
const id = known?.id ?? (await world.newAgent(owner, source, 'Lamp')).id
if (known) await agents.resume()
else await agents.start(owner, id)
setInterval(() => sim.beat(), BEAT_MS)

network.messages.openDoor(
  createDoorstep({
    network,
    zones: {
      findByName: (called) => (called === 'Lamp' ? sim.read(id, (_, me) => me) : undefined),
      read: sim.read,
      whereIs: sim.whereIs,
    },
    accounts: {
      findByName: async () => undefined,
      moderation: { isBlocked: () => false, cleanTalk: (text) => text },
    },
    terminal: { tell: () => false },
    agents,
  }),
)

async function answer(asked: Asked): Promise<unknown> {
  switch (asked.op) {
    case 'state':
      return network.state()
    case 'dieAt':
      dieAt = asked.at
      return undefined
    case 'heard': {
      // What waits for it is looked for each half minute; here as often as somebody asks.
      await network.messages.awake(id)
      const found = await agents.get(owner, id)
      return found.ok ? found.value.memory : found.refusal
    }
  }
}

process.on('message', (asked: Asked & { readonly n: number }) => {
  answer(asked).then(
    (value) => process.send!({ n: asked.n, value }),
    (error: Error) => process.send!({ n: asked.n, error: `${error.message} ${error.cause ?? ''}` }),
  )
})
process.on('disconnect', die)
process.send!({ node: network.self })
