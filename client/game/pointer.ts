/** Mouse, touch and keys on the map: a press points at a tile, a drag moves the window, wheel, pinch and keys come closer. */

export type MapGestures = {
  readonly onPoint: (x: number, y: number) => void
  readonly onHover: (x: number, y: number) => boolean
  readonly onLeave: () => void
  readonly onPan: (dx: number, dy: number) => void
  readonly onZoom: (step: 1 | -1 | 0) => void
}

const DRAG_PX = 6
const KEY_PAN_PX = 60
const PINCH_STEP = 1.25

export function listenForGestures(
  node: HTMLElement,
  { onPoint, onHover, onLeave, onPan, onZoom }: MapGestures,
): void {
  const down = new Map<number, { x: number; y: number }>()
  let dragged = false
  let pinch = 0

  const at = (event: PointerEvent) => {
    const box = node.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const spread = () => {
    const [a, b] = [...down.values()]
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0
  }

  node.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return
    node.setPointerCapture(event.pointerId)
    down.set(event.pointerId, at(event))
    dragged = down.size > 1
    pinch = spread()
  })
  node.addEventListener('pointermove', (event) => {
    const now = at(event)
    const before = down.get(event.pointerId)
    if (!before) return void (node.style.cursor = onHover(now.x, now.y) ? 'pointer' : 'grab')
    if (!dragged && Math.hypot(now.x - before.x, now.y - before.y) < DRAG_PX) return
    dragged = true
    down.set(event.pointerId, now)
    if (down.size > 1) {
      const wide = spread()
      if (wide > pinch * PINCH_STEP || wide < pinch / PINCH_STEP) {
        onZoom(wide > pinch ? 1 : -1)
        pinch = wide
      }
    } else onPan(now.x - before.x, now.y - before.y)
  })
  const up = (event: PointerEvent) => {
    const was = down.get(event.pointerId)
    down.delete(event.pointerId)
    if (was && !dragged && event.type === 'pointerup') onPoint(was.x, was.y)
  }
  node.addEventListener('pointerup', up)
  node.addEventListener('pointercancel', up)
  node.addEventListener('pointerleave', onLeave)
  node.addEventListener('wheel', (event) => {
    event.preventDefault()
    if (event.deltaY !== 0) onZoom(event.deltaY < 0 ? 1 : -1)
  })
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => onPan(KEY_PAN_PX, 0),
    ArrowRight: () => onPan(-KEY_PAN_PX, 0),
    ArrowUp: () => onPan(0, KEY_PAN_PX),
    ArrowDown: () => onPan(0, -KEY_PAN_PX),
    '+': () => onZoom(1),
    '=': () => onZoom(1),
    '-': () => onZoom(-1),
    '0': () => onZoom(0),
  }
  node.addEventListener('keydown', (event) => {
    const run = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key]
    if (!run) return
    event.preventDefault()
    run()
  })
}
