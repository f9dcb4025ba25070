/**
 * A node that is nothing but its network part, on a database of its own or a shared one: `network-process.ts OPTIONS`, asked over the channel
 * to the process that started it (`network-node.ts`). What its people hear is appended to a file at once, so that it outlives a kill.
 */
import { fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { markFor } from '../../assembly/doorstep.ts'
import { networkStores } from '../../assembly/network-stores.ts'
import { startNetwork } from '../../link/network.ts'
import type { InboxStore, NodeMessage, Whereabouts } from '../../link/types.ts'
import { openDatabase } from '../../storage/database.ts'
import { createDhtRecordStore, createPeerStore } from '../../storage/peers.ts'
import { pgliteImage } from '../pglite-image.ts'
import type { Asked, NetworkNodeOptions, Said } from './network-node.ts'

const options = JSON.parse(process.argv[2]!) as NetworkNodeOptions
const { swarmKey, hub, databaseUrl, isForgetful, people: firstPeople = {}, ...plain } = options
const say = (said: Said): void => void process.send!(said)
const print =
  (level: string) =>
  (fields: { err?: unknown }, message: string): void =>
    void process.stderr.write(`${options.name} ${level}: ${message} ${fields.err ?? JSON.stringify(fields)}\n`)
const log = { debug() {}, info() {}, warn: print('warn'), error: print('error') }
const people = new Map<string, Whereabouts>(Object.entries(firstPeople))
let dieAt: 'giving' | 'given' | undefined
const die = () => process.kill(process.pid, 'SIGKILL')

const kept = isForgetful ? { imageFile: await pgliteImage() } : { dataDir: join(options.dataDir, 'database') }
const database = await openDatabase({
  ...(databaseUrl === undefined ? kept : { url: databaseUrl }),
  log: { info() {}, error: log.error },
})
const stores = networkStores(database)
/** Killed when it is written down that a message was handed over, before its sender hears of it. */
const deadly = (inbox: InboxStore): InboxStore => ({
  ...inbox,
  async given(ids, nowMs) {
    await inbox.given(ids, nowMs)
    if (dieAt === 'given') die()
  },
})

const network = await startNetwork(
  {
    stores: (self) => {
      const own = stores(self)
      return { ...own, inbox: deadly(own.inbox) }
    },
    clock: { now: () => Date.now() },
    machine: () => ({ cpu: { cores: 1, model: 'a test' }, memoryMb: 1 }),
    log,
  },
  {
    version: 'test',
    policy: 'open',
    mdns: false,
    ...plain,
    ...(swarmKey !== undefined && { swarmKey: new Uint8Array(Buffer.from(swarmKey)) }),
    ...(hub && { invite: { id: 'none', secret: new Uint8Array(16), hub: hub.node, addresses: hub.addresses } }),
  },
)

const heard = openSync(join(options.dataDir, 'heard'), 'a')
function hear({ id, text, from }: NodeMessage): void {
  writeSync(heard, `${JSON.stringify({ id, text, from: from.name, ...markFor(id, from) })}\n`)
  fsyncSync(heard)
}
network.messages.openDoor({
  find: async ({ id, name }) => people.get(name) ?? people.get(id ?? '') ?? { is: 'unknown' },
  async give(_recipient, message) {
    hear(message)
    if (dieAt === 'giving') die()
  },
})

async function answer(asked: Asked): Promise<unknown> {
  switch (asked.op) {
    case 'state':
      return network.state()
    case 'hubs':
      return network.hubs()
    case 'addresses':
      return network.addresses()
    case 'links':
      return network.link.links()
    case 'nodes':
      return (await network.nodes()).map(({ node, name, alive, link, proven }) => ({
        node,
        name,
        alive,
        link,
        proven,
      }))
    case 'known':
      return network.known.list()
    case 'bans':
      return network.desk.bans()
    case 'stats':
      return network.desk.stats()
    case 'ping':
      return network.ping(asked.node)
    case 'ban':
      return network.desk.ban(`node:${asked.node}`, 'a test')
    case 'put':
      return network.dht.put(asked.key, new TextEncoder().encode(asked.text))
    case 'people':
      for (const [name, where] of Object.entries(asked.people)) people.set(name, where)
      for (const where of people.values()) if (where.is === 'here') await network.messages.awake(where.recipient)
      return undefined
    case 'send':
      return network.messages.send(asked.message)
    case 'dieAt':
      dieAt = asked.at
      return undefined
    case 'saved':
      return createPeerStore(database, network.self).list(100)
    case 'values':
      return (await createDhtRecordStore(database, network.self).list()).map(({ name }) => name)
  }
}

process.on('message', (asked: Asked & { readonly n: number }) => {
  answer(asked).then(
    (value) => say({ is: 'answer', n: asked.n, value }),
    (error: Error & { code?: string }) =>
      say({
        is: 'answer',
        n: asked.n,
        error: { code: error.code, message: `${error.message} ${error.cause ?? ''}` },
      }),
  )
})
process.on('disconnect', die)
say({ is: 'ready', node: network.self, addresses: [...network.addresses()] })
