/** The network of nodes: who is there and how they are linked, where this one is found, and what its operator may do. */
import { HTTP_PAGE_MAX } from '../../../limits.ts'
import type { NodeInfo } from '../../../link/types.ts'
import * as api from '../../../protocol/api.ts'
import type { GatewayParts } from '../../types.ts'
import { HttpProblem } from '../problem.ts'
import { created, none, ok, type Route, route } from '../route.ts'
import { onWire } from '../wire-problem.ts'

export type NetworkRouteParts = Pick<GatewayParts, 'zones' | 'config' | 'network'> & { readonly startedAtMs: number }
type Staff = { readonly roles: readonly string[] }

const isStaff = ({ roles }: Staff) => roles.includes('moderator') || roles.includes('admin')

export function networkRoutes(parts: NetworkRouteParts): readonly Route[] {
  const { network } = parts
  return [...nodeRoutes(parts), ...(network ? [...linkRoutes(network, parts.config), ...dhtRoutes(network)] : [])]
}

function nodeRoutes({ zones, config, network, startedAtMs }: NetworkRouteParts): readonly Route[] {
  const self = (): api.Node => ({
    peerId: network?.self ?? 'self',
    name: config.node.name,
    role: config.node.role,
    url: config.publicUrl,
    self: true,
    zones: zones.list().map((zone) => zone.id),
    version: config.node.version,
    upSinceMs: startedAtMs,
  })
  const shown = (node: NodeInfo, me: Staff): api.Node =>
    node.self ? { ...viewOf(node, me), ...self() } : viewOf(node, me)
  return [
    route({
      method: 'get',
      path: '/api/v1/nodes',
      access: 'person',
      summary: 'The nodes of the network, this one first, and how each is linked with it',
      answers: { 200: api.NodeList },
      run: async ({ me }) => {
        if (!network) return ok({ nodes: [self()] })
        return ok({ nodes: (await network.nodes()).slice(0, HTTP_PAGE_MAX).map((node) => shown(node, me)) })
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/nodes/:peerId',
      access: 'person',
      summary: 'One node',
      answers: { 200: api.Node },
      run: async ({ params, me }) => {
        const id = params.peerId === 'self' ? (network?.self ?? 'self') : params.peerId!
        if (!network && id === 'self') return ok(self())
        const node = await network?.node(id)
        if (!node) throw new HttpProblem('not_found')
        return ok(shown(node, me))
      },
    }),
  ]
}

function viewOf(node: NodeInfo, me: Staff): api.Node {
  const { link, cpu } = node
  return {
    peerId: node.node,
    name: node.name,
    role: node.role,
    ...(node.url !== undefined && { url: node.url }),
    self: node.self,
    zones: [...node.zones],
    version: node.version,
    upSinceMs: node.admittedAtMs ?? 0,
    alive: node.alive,
    ...(node.owner !== undefined && { owner: node.owner }),
    services: [...node.services],
    models: [...node.models],
    prices: { ...node.prices },
    ...(cpu && {
      machine: { cores: cpu.cores, cpu: cpu.model, memoryMb: node.memoryMb ?? 0, gpus: [...node.gpus] },
    }),
    ...(node.proven && { proven: node.proven }),
    ...(node.load && { load: node.load }),
    ...(node.lastSeenMs !== undefined && { lastSeenMs: node.lastSeenMs }),
    ...(link && {
      link: {
        path: link.reach,
        direction: link.direction,
        sinceMs: link.sinceMs,
        ...(link.rttMs !== undefined && { rttMs: link.rttMs }),
        // Where somebody's laptop is concerns those who look after the network alone.
        ...(isStaff(me) && { address: link.address }),
      },
    }),
    ...(isStaff(me) && { addresses: [...node.addresses] }),
  }
}

type NetworkPart = NonNullable<GatewayParts['network']>

function linkRoutes(network: NetworkPart, { node }: GatewayParts['config']): readonly Route[] {
  const { desk } = network
  return [
    route({
      method: 'get',
      path: '/.well-known/academy',
      access: 'public',
      summary: 'Where other nodes reach this one',
      answers: { 200: api.NodeAddress },
      run: () => {
        const { name, role, version } = node
        return ok({ peerId: network.self, name, role, version, addresses: network.addresses() })
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/network',
      access: 'person',
      summary: 'Where this node stands in the network',
      answers: { 200: api.NetworkStatus },
      run: () => {
        const state = network.state()
        const { links, dhtNodes } = desk.stats()
        return ok({
          peerId: network.self,
          owner: network.owner,
          state: state.is,
          ...('why' in state && state.why !== undefined && { why: state.why }),
          ...('hub' in state && { hub: state.hub }),
          links,
          dhtNodes,
        })
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/nodes/:peerId/ping',
      access: 'person',
      summary: 'The time of one signed round trip to a node',
      answers: { 200: api.Ping },
      run: ({ params }) =>
        onWire(async () => ok({ peerId: params.peerId!, rttMs: await network.ping(params.peerId!) })),
    }),
    route({
      method: 'get',
      path: '/api/v1/network/peers',
      access: 'staff',
      summary: 'Links, what each node has used and was refused, nodes known from before, and bans',
      answers: { 200: api.PeerList },
      run: () =>
        ok({
          links: desk
            .links()
            .map(({ node, reach, connections: _, ...rest }) => ({ ...rest, peerId: node, path: reach })),
          use: desk.uses().map(({ node, ...rest }) => ({ ...rest, peerId: node })),
          known: desk.known().map(({ node, owner: _, ...rest }) => ({ ...rest, peerId: node })),
          bans: desk.bans(),
        }),
    }),
    route({
      method: 'post',
      path: '/api/v1/network/bans',
      access: 'admin',
      summary: 'Ban a node, an owner or an address from this node',
      body: api.BanBody,
      answers: { 201: api.Ban },
      run: async ({ body: { subject, reason, minutes } }) =>
        created(await desk.ban(subject as never, reason, minutes === undefined ? undefined : minutes * 60_000)),
    }),
    route({
      method: 'delete',
      path: '/api/v1/network/bans/:subject',
      access: 'admin',
      summary: 'End a ban',
      answers: { 204: 'text/plain' },
      run: async ({ params }) => {
        if (!(await desk.unban(params.subject as never))) throw new HttpProblem('not_found')
        return none
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/network/invites',
      access: 'admin',
      summary: 'An invitation for other people’s nodes; it is shown this once',
      body: api.InviteBody,
      bodyOptional: true,
      answers: { 201: api.InviteMade },
      run: ({ body: { role, uses, hours } }) =>
        onWire(async () =>
          created({
            code: await network.invite({ role, uses, ...(hours !== undefined && { ttlMs: hours * 3_600_000 }) }),
          }),
        ),
    }),
  ]
}

function dhtRoutes({ desk: { dht } }: NetworkPart): readonly Route[] {
  return [
    route({
      method: 'put',
      path: '/api/v1/dht/values/*key',
      access: 'person',
      summary: 'Put a text on the DHT under a word of one’s own',
      body: api.DhtPutBody,
      answers: { 200: api.DhtPut },
      run: ({ me, params, body }) => onWire(async () => ok(await dht.put(me.playerId, params.key!, body.value))),
    }),
    route({
      method: 'get',
      path: '/api/v1/dht/values/*key',
      access: 'person',
      summary: 'Read a text from the DHT: a word of one’s own, or the whole key of anybody’s',
      answers: { 200: api.DhtValue },
      run: ({ me, params }) =>
        onWire(async () => {
          const found = await dht.get(me.playerId, params.key!)
          if (!found) throw new HttpProblem('not_found')
          return ok(found)
        }),
    }),
    route({
      method: 'get',
      path: '/api/v1/dht/nodes/:peerId',
      access: 'person',
      summary: 'Look for a node on the DHT',
      answers: { 200: api.DhtNode },
      run: ({ params }) =>
        onWire(async () => {
          const found = await dht.find(params.peerId!)
          if (!found) throw new HttpProblem('not_found')
          return ok({ peerId: found.node })
        }),
    }),
    route({
      method: 'get',
      path: '/api/v1/dht/providers/*key',
      access: 'person',
      summary: 'Who provides something: a CID, or any text by its SHA-256',
      answers: { 200: api.DhtProviders },
      run: ({ params }) => onWire(async () => ok({ key: params.key!, providers: await dht.providers(params.key!) })),
    }),
    route({
      method: 'post',
      path: '/api/v1/dht/providers',
      access: 'admin',
      summary: 'Say that this node provides something',
      body: api.DhtProvideBody,
      answers: { 200: api.DhtProvided },
      run: ({ body }) => onWire(async () => ok(await dht.provide(body.key))),
    }),
    route({
      method: 'post',
      path: '/api/v1/dht/republish',
      access: 'admin',
      summary: 'Put everything this node has put on the DHT again',
      answers: { 200: api.DhtRepublished },
      run: () => onWire(async () => ok({ values: await dht.republish() })),
    }),
  ]
}
