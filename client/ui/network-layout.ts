/** Where nodes stand on the map of the network, and whose names have room. Knows nothing of drawing. */

export type Point = { readonly x: number; readonly y: number }

/** Nodes at most around this one with a word at each line; more are a crowd, in rings, of which only some have room for their names. */
export const FEW = 10
const EDGE = { x: 76, y: 56 }
const CROWD_EDGE = { x: 44, y: 38 }
/** Rings of a crowd, from the outermost inwards, as shares of the way to the edge. */
const RINGS = [
  { upTo: 24, shares: [1, 0.58] },
  { upTo: Number.POSITIVE_INFINITY, shares: [1, 0.73, 0.46] },
] as const
/** Half the side of a mark, and the size of letters in a crowd, in pixels of the picture. */
const MARK = 12
const LETTER = { width: 7.3, height: 13 }

/** Around the middle from the top. The first of a crowd stand on its outermost ring, far from each other, where their names have room. */
export function placesOf(count: number, centre: Point): readonly Point[] {
  // Two stand left and right, where names have room.
  if (count <= FEW)
    return Array.from({ length: count }, (_, i) => at(i / count - (count === 2 ? 0.25 : 0), 1, centre, EDGE))
  const { shares } = RINGS.find(({ upTo }) => count <= upTo)!
  const all = shares.reduce((sum, share) => sum + share, 0)
  let left = count
  return shares.flatMap((share, ring) => {
    const n = ring === shares.length - 1 ? left : Math.round((count * share) / all)
    left -= n
    return scattered(n).map((i) => at((i + (ring % 2) / 2) / n, share, centre, CROWD_EDGE))
  })
}

/** 0 to n - 1, each far from those before it: about the golden section of a turn further each time. */
function scattered(n: number): readonly number[] {
  const isApart = (step: number): boolean => {
    let [a, b] = [n, step]
    while (b > 0) [a, b] = [b, a % b]
    return a === 1
  }
  let step = Math.max(1, Math.round(n * 0.382))
  while (!isApart(step)) step++
  return Array.from({ length: n }, (_, i) => (i * step) % n)
}

function at(turn: number, share: number, centre: Point, edge: Point): Point {
  const angle = (turn - 0.25) * 2 * Math.PI
  return {
    x: centre.x + Math.cos(angle) * (centre.x - edge.x) * share,
    y: centre.y + Math.sin(angle) * (centre.y - edge.y) * share,
  }
}

type Box = { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }
const touches = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom

export type Label = Point & { readonly text: string }

/** Names below or above their marks, cut where they must be, of those that cover nothing and nobody; the first come first. */
export function roomForNames(
  names: readonly string[],
  places: readonly Point[],
  centre: Point,
): readonly (Label | undefined)[] {
  const taken: Box[] = [...places, centre].map(({ x, y }) => ({
    left: x - MARK,
    right: x + MARK,
    top: y - MARK,
    bottom: y + MARK,
  }))
  // What this node is called stands below it, in two lines.
  taken.push({ left: centre.x - 64, right: centre.x + 64, top: centre.y, bottom: centre.y + 46 })

  function tryOne(text: string, x: number, baseline: number): Label | undefined {
    const half = (text.length * LETTER.width) / 2
    const box = { left: x - half, right: x + half, top: baseline - LETTER.height + 2, bottom: baseline + 3 }
    const isInside = box.left >= 0 && box.right <= 2 * centre.x && box.top >= 0 && box.bottom <= 2 * centre.y
    if (!isInside || taken.some((other) => touches(box, other))) return undefined
    taken.push(box)
    return { x, y: baseline, text }
  }

  return names.map((name, i) => {
    const { x, y } = places[i]!
    const [above, below] = [y - MARK - 5, y + MARK + LETTER.height]
    for (const max of NAME_MAX_CHARS)
      for (const baseline of y < centre.y ? [above, below] : [below, above]) {
        const label = tryOne(cut(name, max), x, baseline)
        if (label) return label
      }
    return undefined
  })
}

/** A name in a crowd, and the next shorter form of it. */
const NAME_MAX_CHARS = [14, 9, 6] as const

export const cut = (name: string, max: number): string => (name.length > max ? `${name.slice(0, max - 1)}…` : name)
