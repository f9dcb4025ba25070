/** For the staff: how this node was told to take its place in the network, and where that is changed. */
import type { NetworkSettings } from '../../server/protocol/api.ts'
import { t } from '../i18n.ts'
import type { Api } from '../net/api.ts'
import { el } from './el.ts'
import type { Section } from './network-section.ts'
import { createTable } from './network-table.ts'

export function createSettingsSection(api: Api): Section {
  let settings: NetworkSettings['settings'] = []
  const table = createTable({
    captionKey: 'network.page.settings-caption',
    heads: ['name', 'value', 'flag', 'env'].map((name) => `network.page.settings-${name}`),
    emptyKey: 'ui.pane.loading',
  })
  const node = el(
    'div',
    { class: 'net-section' },
    el('p', { class: 'net-quiet', t: 'network.page.settings-how' }),
    table.node,
  )
  const draw = () =>
    table.show(
      settings.map(({ name, value, flag, env, isSecret }) => ({
        key: name,
        cells: [
          t(`network.page.setting-${name}`),
          isSecret ? t('network.page.settings-secret') : (value ?? t('network.page.settings-unset')),
          flag,
          env,
        ],
      })),
    )
  return {
    node,
    async ask() {
      settings = (await api.get<NetworkSettings>('/api/v1/network/settings')).settings
      draw()
    },
    draw,
  }
}
