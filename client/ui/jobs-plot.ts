/** A small plot of bars, with the same figures as a table beside it for whoever cannot or would rather not see it. */
import { el } from './el.ts'

export type Bar = { readonly label: string; readonly value: number; readonly text: string }

const SVG = 'http://www.w3.org/2000/svg'
const WIDTH = 320
const HEIGHT = 120
const FLOOR = 16

function svg(tag: string, attrs: Readonly<Record<string, string | number>>, text?: string): SVGElement {
  const node = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attrs)) node.setAttribute(name, String(value))
  if (text !== undefined) node.textContent = text
  return node
}

export function plotOf(bars: readonly Bar[], label: string): SVGElement {
  const most = Math.max(1e-9, ...bars.map(({ value }) => value))
  const step = WIDTH / Math.max(1, bars.length)
  const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'plot', role: 'img', 'aria-label': label })
  picture.append(svg('line', { x1: 0, x2: WIDTH, y1: HEIGHT - FLOOR, y2: HEIGHT - FLOOR, class: 'plot-floor' }))
  bars.forEach(({ value, label: name, text }, i) => {
    const height = ((HEIGHT - FLOOR - 12) * value) / most
    const bar = svg('rect', {
      x: i * step + 2,
      y: HEIGHT - FLOOR - height,
      width: step - 4,
      height,
      class: 'plot-bar',
    })
    bar.append(svg('title', {}, `${name}: ${text}`))
    picture.append(bar)
    const isEdge = i === 0 || i === bars.length - 1
    if (isEdge)
      picture.append(
        svg(
          'text',
          { x: i === 0 ? 2 : WIDTH - 2, y: HEIGHT - 3, class: 'plot-text', 'text-anchor': i === 0 ? 'start' : 'end' },
          name,
        ),
      )
    if (value === most && value > 0) {
      // The figure over the highest bar stays within the picture.
      const at = (i + 0.5) / bars.length
      const anchor = at < 0.2 ? 'start' : at > 0.8 ? 'end' : 'middle'
      const x = anchor === 'start' ? i * step + 2 : anchor === 'end' ? (i + 1) * step - 2 : (i + 0.5) * step
      picture.append(svg('text', { x, y: 9, class: 'plot-text', 'text-anchor': anchor }, text))
    }
  })
  return picture
}

export function tableOf(
  caption: string,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): HTMLElement {
  return el(
    'table',
    { class: 'figures' },
    el('caption', {}, caption),
    el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', { attrs: { scope: 'col' } }, head)))),
    el(
      'tbody',
      {},
      ...rows.map(([first = '', ...rest]) =>
        el('tr', {}, el('th', { attrs: { scope: 'row' } }, first), ...rest.map((text) => el('td', {}, text))),
      ),
    ),
  )
}
