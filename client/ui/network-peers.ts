/** For the staff: who is linked, what each has used and was refused and why, who is banned until when, and nodes known from before. */
import type { z } from 'zod'
import type { PeerList } from '../../server/protocol/api.ts'
import { t } from '../i18n.ts'
import type { Api } from '../net/api.ts'
import { el } from './el.ts'
import { createBanForm } from './network-ban-form.ts'
import type { Section } from './network-section.ts'
import { createTable } from './network-table.ts'
import { msOf, numberOf, roleOf, shortOf, timeOf } from './network-words.ts'
import { createNote } from './note.ts'
import { problemText } from './problem-text.ts'

type Peers = z.infer<typeof PeerList>

export function createPeersSection(api: Api, mayBan: () => boolean): Section {
  let peers: Peers | undefined
  const note = createNote()
  const links = createTable({
    captionKey: 'network.page.links-caption',
    heads: [
      'network.page.node',
      'network.page.role-head',
      'network.page.path',
      'network.page.rtt',
      'network.page.address',
      'network.page.since',
      'network.page.ban-head',
    ],
    emptyKey: 'network.page.no-links',
  })
  const use = createTable({
    captionKey: 'network.page.use-caption',
    heads: [
      'network.page.node',
      'network.page.requests',
      'network.page.bytes',
      'network.page.refused',
      'network.page.offences',
      'network.page.last-refusal',
      'network.page.shares-head',
    ],
    emptyKey: 'network.page.no-use',
  })
  const bans = createTable({
    captionKey: 'network.page.bans-caption',
    heads: [
      'network.page.ban-subject',
      'network.page.ban-reason',
      'network.page.ban-since',
      'network.page.ban-until',
      'network.page.ban-times',
      'network.page.lift-head',
    ],
    emptyKey: 'network.page.no-bans',
  })
  const known = createTable({
    captionKey: 'network.page.known-caption',
    heads: ['network.page.node', 'network.page.role-head', 'network.page.last-seen', 'network.page.failures'],
    emptyKey: 'network.page.no-known',
  })
  const form = createBanForm((wish) =>
    guarded(async () => {
      await api.post('/api/v1/network/bans', wish)
      note.say(() => t('network.page.banned', { subject: wish.subject }), 'good')
      await ask()
    }),
  )
  const node = el(
    'div',
    { class: 'net-section' },
    el('p', { class: 'net-quiet', t: 'network.page.admission' }),
    links.node,
    use.node,
    bans.node,
    note.node,
    form.node,
    known.node,
  )

  async function guarded(action: () => Promise<unknown>): Promise<void> {
    try {
      await action()
    } catch (error) {
      note.say(() => t('panels.failed', { reason: problemText(error) }), 'bad')
    }
  }
  const lift = (subject: string) =>
    guarded(async () => {
      await api.remove(`/api/v1/network/bans/${encodeURIComponent(subject)}`)
      note.say(() => t('network.page.lifted', { subject }), 'good')
      await ask()
      form.focus()
    })

  async function ask(): Promise<void> {
    peers = await api.get<Peers>('/api/v1/network/peers')
    draw()
  }

  function draw(): void {
    if (!peers) return
    const names = new Map([...peers.known, ...peers.links].map(({ peerId, name }) => [peerId, name]))
    const nameOf = (peerId: string) => {
      const name = names.get(peerId)
      return name ? `${name} ${shortOf(peerId)}` : shortOf(peerId)
    }
    form.node.hidden = !mayBan()
    links.show(
      peers.links.map(({ peerId, role, path, rttMs, address, sinceMs }) => ({
        key: peerId,
        cells: [
          nameOf(peerId),
          role ? roleOf(role) : t('network.page.not-admitted'),
          t('network.page.way', { way: path }),
          rttMs === undefined ? t('network.page.unknown') : msOf(rttMs),
          address,
          timeOf(sinceMs),
          mayBan()
            ? {
                text: t('network.page.ban'),
                label: t('network.page.ban-one', { name: nameOf(peerId) }),
                press: () => form.propose(`node:${peerId}`),
              }
            : t('network.page.admins-only'),
        ],
      })),
    )
    use.show(
      peers.use.map(({ peerId, requests, bytes, refused, offences, lastRefusal, shares, bytesLeft }) => ({
        key: peerId,
        cells: [
          nameOf(peerId),
          numberOf(requests),
          t('network.page.kib', { kib: numberOf(bytes / 1024, 1) }),
          numberOf(refused),
          Object.entries(offences)
            .map(([kind, count]) => t('network.page.offence', { kind, count }))
            .join(', ') || t('network.page.none'),
          lastRefusal ?? t('network.page.none'),
          [
            ...shares.map(({ protocol, minute, hour }) =>
              t('network.page.share', {
                protocol,
                minute: numberOf(minute.left),
                ofMinute: numberOf(minute.of),
                hour: numberOf(hour.left),
                ofHour: numberOf(hour.of),
              }),
            ),
            t('network.page.bytes-left', { left: mibOf(bytesLeft.left), of: mibOf(bytesLeft.of) }),
          ].join('; '),
        ],
      })),
    )
    bans.show(
      peers.bans.map(({ subject, reason, detail, sinceMs, untilMs, times }) => ({
        key: subject,
        cells: [
          subjectOf(subject, nameOf),
          `${t('network.page.reason', { reason })}: ${detail}`,
          timeOf(sinceMs),
          timeOf(untilMs),
          numberOf(times),
          mayBan()
            ? {
                text: t('network.page.lift'),
                label: t('network.page.lift-one', { name: subjectOf(subject, nameOf) }),
                press: () => void lift(subject),
              }
            : t('network.page.admins-only'),
        ],
      })),
    )
    known.show(
      peers.known.map(({ peerId, role, lastSeenMs, failures }) => ({
        key: peerId,
        cells: [
          nameOf(peerId),
          role ? roleOf(role) : t('network.page.unknown'),
          timeOf(lastSeenMs),
          numberOf(failures),
        ],
      })),
    )
  }

  return { node, ask, draw }
}

const mibOf = (bytes: number) => numberOf(bytes / 2 ** 20, 1)

/** `node:<id>`, `owner:<hex>` or `address:<ip>`, in words. */
function subjectOf(subject: string, nameOf: (peerId: string) => string): string {
  const [kind = '', ...rest] = subject.split(':')
  const value = rest.join(':')
  return t('network.page.subject', {
    kind,
    value: kind === 'node' ? nameOf(value) : kind === 'owner' ? shortOf(value) : value,
  })
}
