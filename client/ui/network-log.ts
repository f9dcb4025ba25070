/** For the staff: the newest log lines of the network, as this process keeps them in memory. */
import type { NetworkLog } from '../../server/protocol/api.ts'
import { t } from '../i18n.ts'
import type { Api } from '../net/api.ts'
import { el } from './el.ts'
import type { Section } from './network-section.ts'
import { createTable } from './network-table.ts'
import { clockOf } from './network-words.ts'

export function createLogSection(api: Api): Section {
  let lines: NetworkLog['lines'] = []
  const table = createTable({
    captionKey: 'network.page.log-caption',
    heads: ['when', 'level', 'part', 'message', 'detail'].map((name) => `network.page.log-${name}`),
    emptyKey: 'network.page.log-empty',
  })
  const node = el(
    'div',
    { class: 'net-section' },
    el('p', { class: 'net-quiet', t: 'network.page.log-how' }),
    table.node,
  )
  const draw = () =>
    table.show(
      lines.map(({ seq, atMs, level, part, message, detail }) => ({
        key: String(seq),
        cells: [clockOf(atMs), t('network.page.level', { level }), part, message, detail],
      })),
    )
  return {
    node,
    async ask() {
      lines = (await api.get<NetworkLog>('/api/v1/network/log')).lines
      draw()
    },
    draw,
  }
}
