/** The settings of a node as options of `academy node`: all of them, as the type demands. */
import { type Command, Option } from 'commander'
import { type Flags, flagOf } from '../config.ts'

/** The server's key stands in the environment alone: a command line is seen by everybody on the machine. */
type Offered = Exclude<keyof Flags, 'upstreamKey'>

const OPTIONS: Readonly<Record<Offered, readonly [value: string, description: string]>> = {
  role: ['role', 'initial, trusted or local'],
  port: ['n', 'HTTP port; 0 picks a free one'],
  host: ['address', 'address to listen on'],
  dataDir: ['dir', 'data directory'],
  name: ['name', 'name of the node'],
  world: ['dir', 'world to run'],
  publicUrl: ['url', 'where people reach it, behind a proxy'],
  trustProxy: ['flag', 'believe x-forwarded-for'],
  lineRate: ['n', 'lines of one person in a second'],
  databaseUrl: ['url', 'PostgreSQL instead of the embedded database'],
  redisUrl: ['url', 'checked, and for now not used'],
  logDir: ['dir', "where the keys of the ledger's log are; a folder of the data directory without it"],
  logWitnesses: ['list', "witnesses of the ledger's log beside those of the network: OWNER URL KEY, …"],
  witnessedLogs: ['list', 'keys of logs to witness beside those of the network'],
  logLevel: ['level', 'debug, info, warn, error or silent'],
  model: ['file', 'a GGUF file to answer with; allowed by what is in it from then on'],
  gpu: ['use', 'auto or off'],
  upstream: ['url', 'a server of models, as in http://127.0.0.1:8080/v1; its key is ACADEMY_UPSTREAM_KEY'],
  inferRate: ['n', 'requests of one person or key to models in a minute'],
  characters: ['flag', 'people of the world who have a voice speak through a model where nothing is written'],
  characterTokens: ['n', 'for how many tokens a day they do'],
  llamaServers: ['dir', "llama.cpp's servers, as scripts/build-llama-servers.ts built them"],
  hub: ['url', 'the initial node to join: the address of its pages'],
  invite: ['code', 'an invitation of a hub, instead of or besides --hub'],
  p2p: ['flag', 'links to other nodes, on or off'],
  p2pPort: ['n', 'TCP port of the links; 0 picks a free one'],
  p2pWsPort: ['n', 'WebSocket port of the links'],
  p2pHost: ['address', 'address the links listen on'],
  p2pAnnounce: ['addresses', 'addresses to tell others instead, behind a port mapping'],
  admission: ['policy', 'who joins here as trusted: open, lan or invite'],
  visitors: ['policy', "whether other nodes' people may come here: open or none"],
  mdns: ['flag', 'look for nodes on the local network'],
  swarmKey: ['file', 'key of a private swarm'],
  ownerKey: ['file', "the owner's key, when it is not in the data directory"],
}

/** Adds the options; what comes back reads what was given to them. */
export function addNodeOptions(command: Command): () => Flags {
  const options = Object.entries(OPTIONS).map(([setting, [value, description]]) => {
    const option = new Option(`${flagOf(setting as Offered)} <${value}>`, description)
    command.addOption(option)
    return [setting, option.attributeName()] as const
  })
  return () =>
    Object.fromEntries(
      options.flatMap(([setting, given]) => {
        const value: unknown = command.getOptionValue(given)
        return value === undefined ? [] : [[setting, value]]
      }),
    )
}
