/** The network as a picture: this node in the middle, others around it by role, a line for each link that stands. The table beside it says the same. */
import type { Node } from '../../server/protocol/api.ts'
import { onLocale, t } from '../i18n.ts'
import { NETWORK_MAP_NODES } from '../limits.ts'
import { el } from './el.ts'
import { cut, FEW, type Point, placesOf, roomForNames } from './network-layout.ts'
import { msOf, roleOf, shortOf, wayOf } from './network-words.ts'

export type NetworkMap = { readonly node: HTMLElement; show(nodes: readonly Node[]): void; stop(): void }

const SVG = 'http://www.w3.org/2000/svg'
const ROLES: readonly string[] = ['initial', 'trusted', 'local']
const NAME_MAX_CHARS = 16
/** A picture narrower than this stands on a phone, or in a narrow pane. */
const NARROW = 480

function svg(tag: string, attrs: Readonly<Record<string, string | number>>, ...children: (Element | string)[]) {
  const node = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attrs)) node.setAttribute(name, String(value))
  node.append(...children)
  return node
}

export function createNetworkMap(look: (peerId: string) => void): NetworkMap {
  const frame = el('div', { class: 'net-map-frame' })
  const more = el('p', { class: 'net-quiet' })
  const node = el('figure', { class: 'net-map' }, frame, legend(), more)
  let nodes: readonly Node[] = []
  let shown = ''

  function draw(): void {
    const width = Math.max(280, Math.min(760, Math.floor(frame.clientWidth)))
    const [self, ...rest] = [...nodes].sort((a, b) => Number(b.self) - Number(a.self))
    if (!self || frame.clientWidth === 0) return
    const around = rest
      .sort((a, b) => Number(!!b.link) - Number(!!a.link))
      .slice(0, NETWORK_MAP_NODES)
      .sort((a, b) => ROLES.indexOf(a.role) - ROLES.indexOf(b.role))
    const label = t('network.page.map-label', {
      name: self.name,
      linked: rest.filter(({ link }) => link).length,
      others: rest.length,
    })
    const signature = JSON.stringify([width, label, [self, ...around].map(signOf)])
    if (signature === shown) return
    shown = signature
    more.textContent = t('network.page.map-more', { count: rest.length - around.length })
    more.hidden = rest.length === around.length
    frame.replaceChildren(pictureOf(self, around, width, label))
  }

  function pictureOf(self: Node, around: readonly Node[], width: number, label: string): Element {
    const height = heightOf(width, around.length)
    const centre = { x: width / 2, y: height / 2 }
    const places = placesOf(around.length, centre)
    const isCrowd = around.length > FEW
    const names = around.map(({ name }) => name)
    const labels = isCrowd ? roomForNames(names, places, centre) : []
    const textsOf = (one: Node, i: number) => {
      if (!isCrowd) return captionOf(one, cut(one.name, NAME_MAX_CHARS), places[i]!, places[i]!.y < centre.y - 24)
      const { text, ...at } = labels[i] ?? {}
      return text === undefined ? [] : [svg('text', { ...at, 'text-anchor': 'middle', class: 'net-crowded' }, text)]
    }
    return svg(
      'svg',
      { viewBox: `0 0 ${width} ${height}`, width, height, class: 'net-picture', role: 'img', 'aria-label': label },
      ...around.map((one, i) => lineOf(one, centre, places[i]!, !isCrowd)),
      ...around.map((one, i) => markOf(one, places[i]!, textsOf(one, i), () => look(one.peerId))),
      markOf(self, centre, captionOf(self, cut(self.name, NAME_MAX_CHARS), centre, false), () => look(self.peerId)),
    )
  }

  const stops = [onLocale(draw)]
  const watcher = new ResizeObserver(draw)
  watcher.observe(frame)
  return {
    node,
    show(next) {
      nodes = next
      draw()
    },
    stop() {
      watcher.disconnect()
      for (const stop of stops) stop()
    },
  }
}

const signOf = (node: Node) => [node.peerId, node.name, node.role, node.alive, wayOf(node), rttOf(node)]
const rttOf = ({ link }: Node): string => (link?.rttMs === undefined ? '' : msOf(link.rttMs))

/** Many need room, and on a phone there is more of it downwards. */
const heightOf = (width: number, count: number): number =>
  Math.round(count > 4 ? (width < NARROW ? width * 1.35 : Math.max(300, width * 0.62)) : Math.max(240, width * 0.45))

/** Thick in the local network, thin straight across the internet, dots through a relay; the word stands at the line where there is room. */
function lineOf(node: Node, from: Point, to: Point, isSaid: boolean): Element {
  if (!node.link) return svg('g', {})
  const line = svg('line', { x1: from.x, y1: from.y, x2: to.x, y2: to.y })
  const kind = { class: `net-line net-line-${node.link.path}` }
  if (!isSaid) return svg('g', kind, line)
  const at = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }
  // Beside a line that goes up or down, above one that goes across.
  const isSteep = Math.abs(to.y - from.y) > Math.abs(to.x - from.x) / 2
  const side = isSteep ? { x: at.x + 10, 'text-anchor': 'start' } : { x: at.x, 'text-anchor': 'middle' }
  return svg(
    'g',
    kind,
    line,
    svg('text', { ...side, y: at.y - (isSteep ? 4 : 23) }, t('network.page.map-way', { way: node.link.path })),
    svg('text', { ...side, y: at.y + (isSteep ? 10 : -9), class: 'net-rtt' }, rttOf(node)),
  )
}

/** A lighthouse's circle for initial nodes, a square for trusted ones, a diamond for local ones; crossed out when the lease has ended. */
function markOf(node: Node, { x, y }: Point, texts: readonly Element[], press: () => void): Element {
  const isGone = node.alive === false
  const group = svg(
    'g',
    { class: `net-mark${node.self ? ' net-mark-self' : ''}${isGone ? ' net-mark-gone' : ''}` },
    svg('title', {}, `${node.name} ${shortOf(node.peerId)}`),
    shapeOf(node.role, x, y),
    ...texts,
  )
  if (isGone)
    group.append(svg('path', { d: `M${x - 8} ${y - 8}L${x + 8} ${y + 8}M${x + 8} ${y - 8}L${x - 8} ${y + 8}` }))
  group.addEventListener('click', press)
  return group
}

/** What it is called and what it is, in two lines. */
function captionOf(node: Node, name: string, { x, y }: Point, isAbove: boolean): readonly Element[] {
  const line = (dy: number, text: string, more = {}) =>
    svg('text', { x, y: y + dy, 'text-anchor': 'middle', ...more }, text)
  const role = node.self ? t('network.page.here') : node.alive === false ? t('network.page.gone') : roleOf(node.role)
  return [line(isAbove ? -34 : 28, name), line(isAbove ? -20 : 42, role, { class: 'net-role' })]
}

function shapeOf(role: string, x: number, y: number): Element {
  if (role === 'initial') return svg('circle', { cx: x, cy: y, r: 12 })
  if (role === 'trusted') return svg('rect', { x: x - 11, y: y - 11, width: 22, height: 22, rx: 3 })
  return svg('path', { d: `M${x} ${y - 13}L${x + 13} ${y}L${x} ${y + 13}L${x - 13} ${y}Z` })
}

function legend(): HTMLElement {
  const sample = (draw: Element) =>
    svg('svg', { viewBox: '0 0 32 14', width: 32, height: 14, class: 'net-picture', 'aria-hidden': 'true' }, draw)
  const entry = (key: string, draw: Element) => {
    const item = el('li', {})
    item.append(sample(draw), el('span', { t: key }))
    return item
  }
  const line = (path: string) =>
    svg('g', { class: `net-line net-line-${path}` }, svg('line', { x1: 0, y1: 7, x2: 32, y2: 7 }))
  const mark = (role: string) =>
    svg('g', { class: 'net-mark', transform: 'translate(9 0) scale(0.5)' }, shapeOf(role, 14, 14))
  return el(
    'ul',
    { class: 'net-legend', tLabel: 'network.page.legend' },
    entry('network.page.legend-initial', mark('initial')),
    entry('network.page.legend-trusted', mark('trusted')),
    entry('network.page.legend-local', mark('local')),
    entry('network.page.legend-lan', line('lan')),
    entry('network.page.legend-direct', line('direct')),
    entry('network.page.legend-relay', line('relay')),
  )
}
