/** What `academy peers`, `ping`, `dht` and the like ask of a running node, through the door in its data directory. */
import { z } from 'zod'
import type { Trust } from '../ledger/trust/types.ts'
import { BROADCAST_MAX_CHARS, DHT_TEXT_MAX_CHARS, INVITE_USES_MAX } from '../limits.ts'
import type { Link, Network, NetworkDesk, NodeInfo } from '../link/types.ts'
import { readOrder } from './order.ts'

type Part = Network & { readonly desk: NetworkDesk; readonly link: Pick<Link, 'dial'> }

const text = (min: number, max: number) =>
  z.string().min(min, 'must not be empty').max(max, `must be at most ${max} characters`)
const word = text(1, 300)
const subject = z.templateLiteral([z.enum(['node', 'owner', 'address']), ':', z.string().min(1).max(128)], {
  error: 'must be node:ID, owner:HEX or address:IP',
})
const request = z.discriminatedUnion('op', [
  z.object({ op: z.enum(['peers', 'known', 'stats', 'id', 'bans', 'republish']) }),
  z.object({ op: z.literal('ping'), node: word, count: z.number().int().min(1).max(100) }),
  z.object({ op: z.literal('connect'), address: word.startsWith('/', 'must begin with /') }),
  z.object({ op: z.literal('trust'), node: word.optional() }),
  z.object({ op: z.literal('broadcast'), text: text(1, BROADCAST_MAX_CHARS) }),
  z.object({
    op: z.literal('invite'),
    role: z.enum(['trusted', 'local']),
    uses: z.number().int().min(1).max(INVITE_USES_MAX),
    hours: z.number().positive().max(8_760).optional(),
  }),
  z.object({ op: z.literal('ban'), subject, reason: word, minutes: z.number().positive().max(525_600).optional() }),
  z.object({ op: z.literal('unban'), subject }),
  z.object({ op: z.literal('put'), name: word, text: text(0, DHT_TEXT_MAX_CHARS) }),
  z.object({ op: z.enum(['get', 'find', 'provide', 'providers']), name: word }),
])
type Request = z.infer<typeof request>

class NoNetwork extends Error {
  readonly code = 'no_network'
  constructor() {
    super('This node has no links to others. Start it with --hub URL, or with --p2p true.')
  }
}

export function createNetworkControl(network: Part | undefined, trust: Trust) {
  return async (body: Readonly<Record<string, unknown>>): Promise<unknown> => {
    if (!network) throw new NoNetwork()
    return answer(network, trust, readOrder(request, body))
  }
}

async function answer(network: Part, trust: Trust, asked: Request): Promise<unknown> {
  const { desk, dht } = network
  switch (asked.op) {
    case 'peers':
      return {
        state: network.state(),
        nodes: (await network.nodes()).map(brief),
        bans: desk.bans(),
        use: desk.uses(),
      }
    case 'known':
      return desk.known()
    case 'stats':
      return { ...desk.stats(), addresses: network.addresses() }
    case 'id':
      return { node: network.self, owner: network.owner, addresses: network.addresses() }
    case 'bans':
      return desk.bans()
    case 'ping': {
      const { node, name } = await network.resolve(asked.node)
      const ms: number[] = []
      for (let i = 0; i < asked.count; i++) ms.push(Math.round((await network.ping(node)) * 100) / 100)
      return { node, name, ms }
    }
    case 'connect':
      return { node: await network.link.dial([asked.address]) }
    case 'trust': {
      const { owner = network.owner, name } =
        asked.node === undefined ? { name: undefined } : await network.resolve(asked.node)
      return { name, ...plain(await trust.why(owner)) }
    }
    case 'broadcast':
      await desk.broadcast(asked.text)
      return { ok: true }
    case 'invite': {
      const { role, uses, hours } = asked
      return { code: await network.invite({ role, uses, ...(hours !== undefined && { ttlMs: hours * 3_600_000 }) }) }
    }
    case 'ban':
      return desk.ban(asked.subject, asked.reason, asked.minutes === undefined ? undefined : asked.minutes * 60_000)
    case 'unban':
      return { ok: await desk.unban(asked.subject) }
    case 'put':
      return dht.put(asked.name, new TextEncoder().encode(asked.text))
    case 'get': {
      const [, owner, name = asked.name] = /^([0-9a-f]{64})\/(.+)$/.exec(asked.name) ?? []
      const found = await dht.get(name, owner)
      return found ? { value: new TextDecoder().decode(found.value), seq: found.seq } : { value: null }
    }
    case 'find': {
      const node = await network.resolve(asked.name).then(
        (found) => found.node,
        () => asked.name,
      )
      return (await dht.findNode(node)) ?? { node, addresses: [] }
    }
    case 'provide':
      return dht.provide(asked.name)
    case 'providers':
      return dht.findProviders(asked.name)
    case 'republish':
      return { values: await dht.republish() }
  }
}

const brief = ({ node, name, role, self, alive, link, proven, load, url, lastSeenMs }: NodeInfo) => ({
  node,
  name,
  role,
  self,
  alive,
  ...(link && { path: link.reach, address: link.address, rttMs: link.rttMs, direction: link.direction }),
  ...(proven && { proven }),
  ...(load && { load }),
  url,
  lastSeenMs,
})

/** Amounts as decimal strings: JSON has no bigint. */
const plain = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? String(each) : each)))
