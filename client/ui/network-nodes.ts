/** The nodes of the network: a map, a table with the same facts, and the details of the one that is looked at. */
import type { z } from 'zod'
import type { NetworkStatus, Node, NodeList } from '../../server/protocol/api.ts'
import { t } from '../i18n.ts'
import type { Api } from '../net/api.ts'
import { el } from './el.ts'
import { createDetails } from './network-details.ts'
import { createNetworkMap } from './network-map.ts'
import type { Section } from './network-section.ts'
import { createTable } from './network-table.ts'
import { leaseOf, loadOf, msOf, offersOf, roleOf, shortOf, timeOf, wayOf } from './network-words.ts'

type Status = z.infer<typeof NetworkStatus>

export function createNodesSection(api: Api): Section & { hasNetwork(): boolean; stop(): void } {
  let nodes: readonly Node[] = []
  let status: Status | undefined
  let looked: string | undefined
  const standing = el('p', { class: 'net-standing', attrs: { role: 'status' } })
  const alone = el(
    'section',
    { class: 'net-alone', attrs: { hidden: true } },
    el('h3', { class: 'net-heading', t: 'network.page.alone-title' }),
    el('p', { t: 'network.page.alone-why' }),
    el('p', { t: 'network.page.alone-hub' }),
    command('npx academy node --role local --hub https://…'),
    el('p', { t: 'network.page.alone-invite' }),
    command('npx academy node --role trusted --invite academy-…'),
  )
  const map = createNetworkMap(look)
  const table = createTable({
    captionKey: 'network.page.nodes-caption',
    heads: [
      'network.page.node',
      'network.page.role-head',
      'network.page.path',
      'network.page.rtt',
      'network.page.lease-head',
      'network.page.offers',
      'network.page.load-head',
      'network.page.owner',
      'network.page.since',
    ],
    emptyKey: 'network.page.no-nodes',
  })
  const details = createDetails(api, () => {
    const before = looked
    looked = undefined
    if (before) table.focus(before)
  })
  const node = el('div', { class: 'net-section' }, standing, alone, map.node, table.node, details.node)

  /** A node without any names itself so. */
  const hasNetwork = () => nodes[0]?.peerId !== 'self'

  function look(peerId: string): void {
    looked = peerId
    const found = nodes.find((one) => one.peerId === peerId)
    if (found) details.open(found)
  }

  function draw(): void {
    const self = nodes[0]
    if (!self) return
    alone.hidden = hasNetwork() && status?.state !== 'alone'
    const hub = nodes.find(({ peerId }) => peerId === status?.hub)
    const words = hasNetwork()
      ? [
          t('network.page.state', {
            state: status?.state ?? 'alone',
            hub: hub?.name ?? (status?.hub ? shortOf(status.hub) : 'none'),
            why: status?.why ?? 'none',
          }),
          t('network.page.counts', {
            nodes: nodes.filter(({ alive }) => alive !== false).length,
            links: status?.links ?? 0,
            dht: status?.dhtNodes ?? 0,
          }),
        ].join(' ')
      : t('network.page.no-network')
    // A live region speaks at each change: only when it has changed.
    if (standing.textContent !== words) standing.textContent = words
    map.node.hidden = !hasNetwork()
    map.show(nodes)
    table.show(
      nodes.map((one) => ({
        key: one.peerId,
        cells: [
          {
            text: one.name,
            label: t('network.page.look', { name: one.name }),
            press: () => look(one.peerId),
          },
          roleOf(one.role),
          wayOf(one),
          one.link?.rttMs === undefined ? t('network.page.unknown') : msOf(one.link.rttMs),
          leaseOf(one),
          offersOf(one),
          loadOf(one),
          one.owner ? shortOf(one.owner) : t('network.page.unknown'),
          one.upSinceMs > 0 ? timeOf(one.upSinceMs) : t('network.page.unknown'),
        ],
      })),
    )
    const open = nodes.find(({ peerId }) => peerId === looked)
    if (open) details.show(open)
  }

  return {
    node,
    async ask() {
      const { nodes: listed } = await api.get<z.infer<typeof NodeList>>('/api/v1/nodes')
      status = listed[0]?.peerId === 'self' ? undefined : await api.get<Status>('/api/v1/network')
      nodes = listed
      draw()
    },
    draw() {
      draw()
      details.draw()
    },
    hasNetwork,
    stop: () => map.stop(),
  }
}

const command = (line: string) => el('pre', { class: 'net-command', attrs: { tabindex: 0 } }, el('code', {}, line))
