/** The nodes that can be seen from here, how they are linked, and what is known of them. */

import { LISTED_NODES_MAX } from '../../limits.ts'
import type { NodeInfo } from '../../link/types.ts'
import { onNetwork, refusalOfWire } from '../across.ts'
import { no, reply } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'

const short = (node: string) => node.slice(-8)

export const nodes: SessionVerb = {
  name: 'nodes',
  verbs: { en: ['nodes', 'peers'], ru: ['узлы', 'соседи'] },
  async run(_args, session) {
    const { node, zones, network } = session.services
    if (!node) return no('not_here')
    const minutes = Math.max(0, Math.floor((session.nowMs() - node.startedAtMs) / 60_000))
    const lines = [
      session.words('nodes.head'),
      `  ${session.words('nodes.line', { name: node.name, role: node.role, version: node.version, minutes })}`,
      `  ${session.words('nodes.zones', { zones: zones.list().length, people: zones.awake().filter((c) => c.kind === 'player').length })}`,
    ]
    if (!network) return reply(lines.join('\n'))
    const state = network.state()
    const why = 'why' in state && state.why !== undefined ? state.why : 'none'
    const others = (await network.nodes()).filter(({ self }) => !self).slice(0, LISTED_NODES_MAX)
    return reply(
      [
        ...lines,
        session.words('network.state', { state: state.is, why }),
        ...others.map((each) => lineOf(each, session)),
      ].join('\n'),
    )
  },
}

const lineOf = ({ name, role, node, link, load, alive }: NodeInfo, session: SessionContext): string =>
  `  ${session.words('network.node', {
    name,
    role,
    id: short(node),
    way: link?.reach ?? (alive ? 'known' : 'gone'),
    rttMs: link?.rttMs === undefined ? -1 : Math.round(link.rttMs),
    people: load?.people ?? -1,
  })}`

export const ping: SessionVerb = {
  name: 'ping',
  verbs: { en: ['ping'], ru: ['пинг', 'эхо'] },
  async run(args, session) {
    if (args === '')
      return reply(session.words('ping.pong', { name: session.services.node?.name ?? '' }), 'system', {
        atMs: session.nowMs(),
      })
    return onNetwork(session, args, async (network) => {
      const { node, name, self } = await network.resolve(args)
      const ms = self ? 0 : await network.ping(node)
      return reply(session.words('network.ping', { name, ms: Math.round(ms * 10) / 10 }), 'system', { ms })
    })
  },
}

export const known: SessionVerb = {
  name: 'known',
  verbs: { en: ['known'], ru: ['известные'] },
  run: (_args, session) =>
    onNetwork(session, '', async ({ desk }) => {
      const peers = desk.known().slice(0, LISTED_NODES_MAX)
      if (peers.length === 0) return reply(session.words('network.known.none'))
      const lines = peers.map(({ node, name, lastSeenMs, failures }) => {
        const minutes = Math.max(0, Math.floor((session.nowMs() - lastSeenMs) / 60_000))
        return `  ${session.words('network.known.line', { name: name ?? short(node), id: short(node), minutes, failures })}`
      })
      return reply([session.words('network.known.head'), ...lines].join('\n'))
    }),
}

export const stats: SessionVerb = {
  name: 'stats',
  verbs: { en: ['stats'], ru: ['статистика'] },
  run: (_args, session) =>
    onNetwork(session, '', async ({ desk }) => {
      const { links, relayed, knownPeers, dhtNodes, requests, relayedBytes, bans } = desk.stats()
      const mib = Math.round(relayedBytes / 2 ** 20)
      return reply(
        session.words('network.stats', { links, relayed, known: knownPeers, dht: dhtNodes, requests, mib, bans }),
      )
    }),
}

export const id: SessionVerb = {
  name: 'id',
  verbs: { en: ['id'], ru: ['номер'] },
  run: (_args, session) =>
    onNetwork(session, '', async ({ self, owner }) => reply(session.words('network.id', { node: self, owner }))),
}

export const trust: SessionVerb = {
  name: 'trust',
  verbs: { en: ['trust'], ru: ['доверие'] },
  run: (args, session) =>
    onNetwork(session, args, async (network) => {
      const { trust: book } = session.services
      if (!book) return no('not_here')
      const { name, owner = network.owner } = await network.resolve(args === '' ? network.self : args)
      const { figures } = await book.why(owner)
      if (figures.length === 0) return reply(session.words('network.trust.none', { name }))
      const lines = figures.map(({ kind, scorePermille, right, wrong, late }) => {
        const counts = { right: right.count, wrong: wrong.count, late: late.count }
        return `  ${session.words('network.trust.line', { kind, score: scorePermille, ...counts })}`
      })
      return reply([session.words('network.trust.head', { name }), ...lines].join('\n'))
    }),
}

export const broadcast: SessionVerb = {
  name: 'broadcast',
  verbs: { en: ['broadcast'], ru: ['оповестить'] },
  roles: ['admin'],
  async run(args, session) {
    const { network } = session.services
    if (!network) return no('not_here')
    if (args === '') return no('nothing_to_say')
    try {
      await network.desk.broadcast(args)
      return reply(session.words('network.broadcast.sent'))
    } catch (error) {
      return refusalOfWire(error, '')
    }
  },
}
