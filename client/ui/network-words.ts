/** How facts of the network are put into words: paths, times, prices, ids by their end. */
import type { Node } from '../../server/protocol/api.ts'
import { locale, t } from '../i18n.ts'
import { inCredits } from './purse-credits.ts'

/** The end of an id is what tells ids apart. */
export const shortOf = (id: string): string => (id.length > 10 ? `…${id.slice(-8)}` : id)

export const roleOf = (role: string): string => t('network.page.role', { role })

export const timeOf = (atMs: number): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'short', timeStyle: 'short' }).format(atMs)

export const clockOf = (atMs: number): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'short', timeStyle: 'medium' }).format(atMs)

export const numberOf = (value: number, digits = 0): string =>
  new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value)

export const msOf = (ms: number): string =>
  t('network.page.ms', { ms: ms < 1 ? `< ${numberOf(1)}` : numberOf(ms, ms < 10 ? 1 : 0) })

/** Which path the link to a node uses; a node alive that this one only knows of has none. */
export const wayOf = ({ self, link }: Pick<Node, 'self' | 'link'>): string =>
  t('network.page.way', { way: self ? 'self' : (link?.path ?? 'none') })

export const leaseOf = ({ alive = true }: Pick<Node, 'alive'>): string => t('network.page.lease', { alive })

export const loadOf = ({ load }: Pick<Node, 'load'>): string =>
  load
    ? t('network.page.load', {
        people: load.people,
        agents: load.agents,
        cpu: numberOf(load.cpuPct),
        memory: numberOf(load.rssMb),
      })
    : t('network.page.unknown')

/** `infer in NAME` and `infer out NAME` are credits for a million tokens; other kinds are named as the node names them. */
export function pricesOf({ prices = {} }: Pick<Node, 'prices'>): readonly string[] {
  return Object.entries(prices).map(([kind, micro]) => {
    const [, way, model] = /^infer (in|out) (.+)$/.exec(kind) ?? []
    const credits = inCredits(micro)
    return way && model
      ? t('network.page.price-model', { way, model, credits })
      : t('network.page.price', { kind, credits })
  })
}

export function offersOf({ zones, models = [], services = [], prices }: Node): string {
  const parts = [
    zones.length > 0 && t('network.page.zones-count', { count: zones.length }),
    models.length > 0 && t('network.page.models-named', { names: models.map(({ name }) => name).join(', ') }),
    ...pricesOf({ prices }).slice(0, 2),
    zones.length === 0 && models.length === 0 && services.join(', '),
  ].filter(Boolean)
  return parts.length > 0 ? parts.join('; ') : t('network.page.nothing')
}
