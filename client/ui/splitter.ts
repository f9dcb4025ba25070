/** A bar between two panes, moved by mouse, touch or arrow keys; its place is kept for the next visit. */
import type { Keep } from '../net/storage.ts'
import { el } from './el.ts'

type Options = {
  readonly keep: Keep
  readonly name: string
  readonly axis: 'x' | 'y'
  readonly labelKey: string
  /** Id of the pane whose share of the parent it sets. */
  readonly controls: string
  readonly start: number
  readonly min: number
  readonly max: number
}

const STEP = 2

/** The share, in per cent, is written to the custom property `--split-<name>` of the parent. */
export function createSplitter({ keep, name, axis, labelKey, controls, start, min, max }: Options): HTMLElement {
  const key = `academy.split.${name}`
  const node = el('div', {
    class: `splitter splitter-${axis}`,
    tLabel: labelKey,
    attrs: {
      role: 'separator',
      tabindex: 0,
      'aria-orientation': axis === 'x' ? 'vertical' : 'horizontal',
      'aria-controls': controls,
      'aria-valuemin': min,
      'aria-valuemax': max,
    },
  })
  let share = start

  function move(to: number): void {
    share = Math.min(max, Math.max(min, to))
    node.setAttribute('aria-valuenow', String(Math.round(share)))
    node.parentElement?.style.setProperty(`--split-${name}`, `${share}%`)
  }
  const settle = (to: number): void => {
    move(to)
    keep.write(key, share)
  }
  function follow(event: PointerEvent): void {
    const box = node.parentElement!.getBoundingClientRect()
    move(
      axis === 'x' ? ((event.clientX - box.left) / box.width) * 100 : ((event.clientY - box.top) / box.height) * 100,
    )
  }

  node.addEventListener('pointerdown', (event) => {
    node.setPointerCapture(event.pointerId)
    node.addEventListener('pointermove', follow)
    const done = () => {
      node.removeEventListener('pointermove', follow)
      settle(share)
    }
    node.addEventListener('lostpointercapture', done, { once: true })
  })
  node.addEventListener('dblclick', () => settle(start))
  node.addEventListener('keydown', (event) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -STEP,
      ArrowUp: -STEP,
      ArrowRight: STEP,
      ArrowDown: STEP,
    }
    const to =
      event.key === 'Home'
        ? min
        : event.key === 'End'
          ? max
          : event.key === 'Enter'
            ? start
            : share + (steps[event.key] ?? 0)
    if (to === share) return
    event.preventDefault()
    settle(to)
  })
  queueMicrotask(() => move(keep.read<number>(key) ?? start))
  return node
}
