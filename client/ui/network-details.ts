/** One node: what it says of itself, what a hub found out, what it offers for how much, the link to it, and how far its owner is trusted and why. */
import type { z } from 'zod'
import type { Node, Ping } from '../../server/protocol/api.ts'
import { t } from '../i18n.ts'
import type { Api } from '../net/api.ts'
import { button, el, glyph } from './el.ts'
import { createTrust } from './network-trust.ts'
import { clockOf, leaseOf, loadOf, msOf, numberOf, pricesOf, roleOf, timeOf, wayOf } from './network-words.ts'
import { createNote } from './note.ts'
import { problemText } from './problem-text.ts'

type Fact = readonly [key: string, text: string | HTMLElement | undefined]

export function createDetails(api: Api, closed: () => void) {
  let last: Node | undefined
  let shown = ''
  const title = el('h3', { class: 'net-heading', attrs: { tabindex: -1, id: 'net-details-title' } })
  const facts = el('dl', { class: 'net-facts' })
  const note = createNote()
  const trust = createTrust(api)
  const ping = button({ class: 'button', t: 'network.page.ping', on: { click: () => void measure() } })
  const node = el(
    'section',
    { class: 'net-details', attrs: { hidden: true, 'aria-labelledby': 'net-details-title' } },
    el(
      'header',
      { class: 'net-details-head' },
      title,
      button({ class: 'icon-button', tLabel: 'network.page.close', on: { click: close } }, glyph('×')),
    ),
    el('div', { class: 'net-actions' }, ping),
    note.node,
    facts,
    trust.node,
  )
  node.addEventListener('keydown', ({ key }) => key === 'Escape' && close())

  function close(): void {
    node.hidden = true
    last = undefined
    closed()
  }

  async function measure(): Promise<void> {
    if (!last) return
    const { peerId, name } = last
    ping.setAttribute('aria-busy', 'true')
    try {
      const { rttMs } = await api.post<z.infer<typeof Ping>>(`/api/v1/nodes/${encodeURIComponent(peerId)}/ping`)
      note.say(() => t('network.page.pinged', { name, time: msOf(rttMs) }), 'good')
    } catch (error) {
      note.say(() => t('panels.failed', { reason: problemText(error) }), 'bad')
    }
    ping.removeAttribute('aria-busy')
  }

  function draw(): void {
    if (!last) return
    title.textContent = last.name
    ping.hidden = last.self
    const rows = factsOf(last).filter(([, text]) => text !== undefined && text !== '')
    const signature = JSON.stringify([t('network.page.node'), rows.map(([key, text]) => [key, plainOf(text)])])
    if (signature === shown) return
    shown = signature
    facts.replaceChildren(
      ...rows.map(([key, text]) => el('div', {}, el('dt', { t: `network.page.fact-${key}` }), el('dd', {}, text))),
    )
  }

  return {
    node,
    open(next: Node) {
      note.clear()
      node.hidden = false
      last = next
      draw()
      void trust.show(next.owner)
      title.focus()
      title.scrollIntoView({ block: 'nearest' })
    },
    show(next: Node) {
      last = next
      draw()
    },
    draw() {
      draw()
      trust.draw()
    },
  }
}

const plainOf = (text: string | HTMLElement | undefined) => (typeof text === 'object' ? text.textContent : text)
const list = (items: readonly string[]): HTMLElement | undefined =>
  items.length === 0 ? undefined : el('ul', {}, ...items.map((item) => el('li', {}, item)))

function factsOf(node: Node): readonly Fact[] {
  const { link, machine, proven } = node
  const isWeb = node.url !== undefined && /^https?:/.test(node.url)
  return [
    ['role', roleOf(node.role)],
    ['id', el('code', {}, node.peerId)],
    ['owner', node.owner && el('code', {}, node.owner)],
    ['version', node.version],
    ['url', isWeb ? el('a', { attrs: { href: node.url, rel: 'noreferrer' } }, node.url!) : undefined],
    [
      'lease',
      [leaseOf(node), node.lastSeenMs ? t('network.page.seen', { time: clockOf(node.lastSeenMs) }) : '']
        .filter(Boolean)
        .join(' · '),
    ],
    ['since', node.upSinceMs > 0 ? timeOf(node.upSinceMs) : undefined],
    [
      'link',
      link
        ? t('network.page.link', {
            way: wayOf(node),
            direction: link.direction,
            since: timeOf(link.sinceMs),
            rtt: link.rttMs === undefined ? 'none' : msOf(link.rttMs),
          })
        : wayOf(node),
    ],
    ['address', link?.address && el('code', {}, link.address)],
    ['zones', node.zones.join(', ')],
    ['services', node.services?.join(', ')],
    [
      'models',
      list(
        (node.models ?? []).map(({ name, quant, ctx, tokensPerS, slots }) =>
          t('network.page.model', {
            name,
            quant: quant ?? 'none',
            ctx: numberOf(ctx),
            speed: tokensPerS === undefined ? 'none' : numberOf(tokensPerS, 1),
            slots,
          }),
        ),
      ),
    ],
    ['prices', list(pricesOf(node))],
    ['load', node.load && loadOf(node)],
    [
      'machine',
      machine &&
        [
          t('network.page.machine', { cores: machine.cores, cpu: machine.cpu, memory: numberOf(machine.memoryMb) }),
          ...machine.gpus.map(({ name, memoryMb }) => t('network.page.gpu', { name, memory: numberOf(memoryMb) })),
        ].join('; '),
    ],
    [
      'proven',
      proven &&
        t('network.page.proven', {
          reach: proven.reach,
          rtt: msOf(proven.rttMs),
          hashes: numberOf(proven.hashesPerMs),
          time: timeOf(proven.atMs),
        }),
    ],
    ['addresses', node.addresses && list(node.addresses)],
  ]
}
