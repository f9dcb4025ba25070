/** The network part of a node, built from its settings; libp2p is loaded only when there is something to link with. */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { type Config, ConfigError, isOwnMachine } from '../config.ts'
import type { RunningNetwork } from '../link/network.ts'
import type { Load } from '../link/registry/types.ts'
import type { OwnerId } from '../link/types.ts'
import type { Log } from '../ops/log.ts'
import type { Database } from '../storage/database.ts'
import { VERSION } from '../version.ts'
import { linkHost, wantsLinks } from './link-ports.ts'
import { networkStores } from './network-stores.ts'

export type NetworkNeeds = {
  readonly config: Config
  readonly database: Database
  readonly clock: { now(): number }
  readonly log: Log
  /** The world's zones that this node runs. */
  readonly zones: readonly string[]
  /** Who and what is here now. */
  readonly busy: () => { readonly people: number; readonly agents: number }
  /** How far an owner is trusted; 0 for strangers. */
  readonly trust?: (owner: OwnerId | undefined) => number
}

/** Loads what `openNetwork` will need; undefined where there is nothing to link with. */
export const loadNetwork = async (config: Config) =>
  wantsLinks(config) ? Promise.all([import('../link/network.ts'), import('../link/registry/invite.ts')]) : undefined

export async function openNetwork(needs: NetworkNeeds): Promise<RunningNetwork | undefined> {
  const { config, database, clock, log, zones, busy, trust } = needs
  const loaded = await loadNetwork(config)
  if (!loaded) return undefined
  const [{ startNetwork }, { readInvite }] = loaded
  const invite = config.invite === undefined ? undefined : readInvite(config.invite)
  if (config.invite !== undefined && !invite)
    throw new ConfigError(['--invite is not an invitation that can be read'])
  const network = await startNetwork(
    {
      stores: networkStores(database),
      clock,
      machine: () => ({
        cpu: { cores: availableParallelism(), model: (cpus()[0]?.model ?? '').slice(0, 100) },
        memoryMb: Math.round(totalmem() / 2 ** 20),
      }),
      load: createLoad(busy),
      ...(trust && { trust }),
      log,
    },
    {
      dataDir: config.dataDir,
      role: config.role,
      name: config.name,
      version: VERSION,
      ...(config.publicUrl !== undefined && { url: config.publicUrl }),
      listen: await listenOn(config, log),
      ...(config.p2pAnnounce !== undefined && { announce: config.p2pAnnounce.split(',') }),
      ...(config.role !== 'initial' && config.hub !== undefined && { hubUrl: config.hub }),
      ...(config.role !== 'initial' && invite && { invite }),
      ...(config.ownerKey !== undefined && { ownerKeyFile: config.ownerKey }),
      ...(config.swarmKey !== undefined && { swarmKey: new Uint8Array(await readFile(config.swarmKey)) }),
      mdns: config.mdns ?? (config.role !== 'initial' && !isOwnMachine(linkHost(config))),
      policy: config.admission,
    },
  )
  network.offer('world', { zones: [...zones], services: ['zones'] })
  log.info({ node: network.self, addresses: network.addresses(), role: config.role }, 'links to other nodes are open')
  return network
}

/** Beside the port of the pages, unless named; one that is taken is given up for a free one only when nobody asked for it. */
async function listenOn(config: Config, log: Log): Promise<string[]> {
  const ip = linkHost(config)
  const kind = ip.includes(':') ? 'ip6' : 'ip4'
  const pick = async (asked: number | undefined, usual: number, flag: string): Promise<number> => {
    const wanted = asked ?? usual
    if (wanted === 0 || (await isFree(wanted, ip))) return wanted
    if (asked !== undefined)
      throw new ConfigError([
        `${flag} ${asked} is taken by another program; stop it, or choose another (0 picks a free one)`,
      ])
    log.warn({ port: wanted }, 'the usual port for links is taken by another program; another one is used')
    return 0
  }
  const beside = (steps: number) =>
    config.port === 0 || config.role === 'local' ? 0 : (config.port + steps) % 65_536
  const tcp = `/${kind}/${ip}/tcp/${await pick(config.p2pPort, beside(1), '--p2p-port')}`
  if (config.role === 'local' && config.p2pWsPort === undefined) return [tcp]
  return [tcp, `/${kind}/${ip}/tcp/${await pick(config.p2pWsPort, beside(2), '--p2p-ws-port')}/ws`]
}

const isFree = (port: number, host: string): Promise<boolean> =>
  new Promise((done) => {
    const probe = createServer()
    probe.once('error', () => done(false))
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => done(true)))
  })

/** How busy this process was since it was asked last. */
function createLoad(busy: NetworkNeeds['busy']): () => Load {
  let before = { usage: process.cpuUsage(), atMs: performance.now() }
  return () => {
    const usage = process.cpuUsage(before.usage)
    const elapsedMs = Math.max(1, performance.now() - before.atMs)
    before = { usage: process.cpuUsage(), atMs: performance.now() }
    const cpuPct = Math.min(10_000, Math.round((usage.user + usage.system) / 10 / elapsedMs))
    return { ...busy(), cpuPct, rssMb: Math.round(process.memoryUsage.rss() / 2 ** 20) }
  }
}
