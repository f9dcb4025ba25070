/** People, agents, world characters and things on the map: glyphs that walk from tile to tile, throw shadows and, some of them, shine. */
import { BlendModes, type GameObjects, type Scene } from 'phaser'
import type { MapCharacter, MapItem, Picture } from '../state.ts'
import type { Chart } from './chart.ts'
import { ATLAS, GLOW, type Glyphs, SHADOW } from './glyphs.ts'
import { falloff, type Lamp } from './light.ts'
import type { LightLayer } from './light-layer.ts'
import { drawn } from './sleepers.ts'
import { AGENT_LIGHT, LAMPLIGHT, OWN_LIGHT } from './terrain.ts'
import { TILE_PX } from './tileset.ts'
import { walk } from './walk.ts'

type Point = { readonly x: number; readonly y: number }
type Figure = {
  readonly image: GameObjects.Image
  readonly shadow: GameObjects.Image
  one: MapCharacter
  x: number
  y: number
  /** Tiles still to be walked over, next first. */
  route: readonly Point[]
}
type Thing = { readonly image: GameObjects.Image; readonly glow: GameObjects.Image; item: MapItem }

/** A walk takes about as long whatever its length, so that nobody waits for a picture. */
const WALK_MS = 480
const SLOWEST_TILES_PER_S = 7
const COLORS = {
  me: 0xffc66d,
  player: 0xa9d6f5,
  agent: 0x8fe0c8,
  npc: 0xf0e2cc,
  thing: 0xd9c7a4,
  lit: 0xffd48a,
  dark: 0x8ba0b3,
} as const

export type Figures = {
  sync(picture: Picture, chart: Chart, me: string): void
  step(deltaMs: number, still: boolean, timeMs: number): void
  /** Where a character is drawn now, in tiles; the middle of its glyph. */
  where(id: string): Point | undefined
  /** Lights that walk. */
  carried(): readonly Lamp[]
}

/** Lamps of the chart's level, as the light needs them. */
export function lampsOf(picture: Picture, chart: Chart): readonly Lamp[] {
  const shown = new Set(chart.places.map((place) => place.id))
  return [...picture.items.values()]
    .filter((item) => item.light > 0 && shown.has(item.place))
    .map((item) => ({ x: item.x + 0.5, y: item.y + 0.5, radius: item.light + 1.5, color: LAMPLIGHT }))
}

export function createFigures(scene: Scene, glyphs: Glyphs, light: LightLayer): Figures {
  const figures = new Map<string, Figure>()
  const things = new Map<string, Thing>()
  let lamps: readonly Lamp[] = []
  let myself = ''

  function newFigure(one: MapCharacter): Figure {
    const name =
      one.id === myself ? '@' : one.kind === 'agent' ? 'agent' : one.kind === 'player' ? '@' : one.glyph || '&'
    const image = scene.add.image(0, 0, ATLAS, glyphs.frame(name)).setDepth(one.id === myself ? 32 : 30)
    const shadow = scene.add.image(0, 0, SHADOW).setDepth(20).setOrigin(0.12, 0.5)
    return { image, shadow, one, x: one.x, y: one.y, route: [] }
  }

  function syncCharacters(picture: Picture, chart: Chart): void {
    const shown = new Set(chart.places.filter((place) => !place.dim).map((place) => place.id))
    const standing = drawn(picture, myself)
    for (const [id, figure] of figures) {
      const one = standing.get(id)
      if (one && shown.has(one.place)) continue
      figure.image.destroy()
      figure.shadow.destroy()
      figures.delete(id)
    }
    for (const [id, one] of standing) {
      if (!shown.has(one.place)) continue
      const figure = figures.get(id)
      if (!figure) figures.set(id, newFigure(one))
      else if (figure.one.x !== one.x || figure.one.y !== one.y) send(figure, one, chart)
      figures.get(id)!.one = one
    }
  }

  function send(figure: Figure, one: MapCharacter, chart: Chart): void {
    const from = { x: Math.round(figure.x), y: Math.round(figure.y) }
    const route = walk(chart, from, one)
    if (route) figure.route = route
    else Object.assign(figure, { x: one.x, y: one.y, route: [] })
  }

  function syncThings(picture: Picture, chart: Chart): void {
    const shown = new Set(chart.places.filter((place) => !place.dim).map((place) => place.id))
    const glimpsed = new Set(chart.places.map((place) => place.id))
    const visible = (item: MapItem) => shown.has(item.place) || (item.light > 0 && glimpsed.has(item.place))
    for (const [id, thing] of things) {
      const item = picture.items.get(id)
      if (item && visible(item) && glyphOf(item) === glyphOf(thing.item)) continue
      thing.image.destroy()
      thing.glow.destroy()
      things.delete(id)
    }
    for (const [id, item] of picture.items) {
      if (!visible(item)) continue
      const thing = things.get(id) ?? newThing(item)
      thing.item = item
      things.set(id, thing)
      placeThing(thing)
    }
  }

  function newThing(item: MapItem): Thing {
    const image = scene.add.image(0, 0, ATLAS, glyphs.frame(glyphOf(item))).setDepth(24)
    const glow = scene.add.image(0, 0, GLOW).setDepth(22).setBlendMode(BlendModes.ADD)
    return { image, glow, item }
  }

  function placeThing({ image, glow, item }: Thing): void {
    const lit = item.light > 0
    image.setPosition(middle(item.x), middle(item.y))
    image.setTint(
      lit ? COLORS.lit : isLamp(item) ? COLORS.dark : dimmed(COLORS.thing, light.at(item.x + 0.5, item.y + 0.5)),
    )
    glow
      .setPosition(middle(item.x), middle(item.y) - TILE_PX * 0.15)
      .setVisible(lit)
      .setScale((item.light + 2) / 6)
  }

  function advance(figure: Figure, deltaMs: number, still: boolean): void {
    let left = Math.max((figure.route.length / WALK_MS) * 1000, SLOWEST_TILES_PER_S) * (deltaMs / 1000)
    while (figure.route[0] && left > 0) {
      const next = figure.route[0]
      const far = Math.hypot(next.x - figure.x, next.y - figure.y)
      const part = still || far <= left ? 1 : left / far
      figure.x += (next.x - figure.x) * part
      figure.y += (next.y - figure.y) * part
      if (part < 1) return
      if (!still) left -= far
      figure.route = figure.route.slice(1)
    }
  }

  function draw({ image, shadow, one, x, y }: Figure): void {
    const kind = one.id === myself ? 'me' : one.kind
    const bright = kind === 'me' || kind === 'agent' ? 1 : light.at(x + 0.5, y + 0.5) * 1.3
    image
      .setPosition(middle(x), middle(y))
      .setTint(dimmed(COLORS[kind], bright))
      .setAlpha(one.awake ? 1 : 0.5)
    const lamp = strongest(lamps, x + 0.5, y + 0.5)
    if (!lamp) return void shadow.setVisible(false)
    const angle = Math.atan2(y + 0.5 - lamp.y, x + 0.5 - lamp.x)
    const length = 0.22 + 0.1 * Math.min(3, Math.hypot(x + 0.5 - lamp.x, y + 0.5 - lamp.y))
    shadow
      .setVisible(true)
      .setPosition(middle(x), middle(y) + TILE_PX * 0.28)
      .setRotation(angle)
      .setScale(length, 0.09)
      .setAlpha(Math.min(0.7, lamp.strength * 1.2))
  }

  return {
    sync(picture, chart, me) {
      if (me !== myself) for (const figure of figures.values()) figure.one = { ...figure.one, x: Number.NaN }
      myself = me
      lamps = lampsOf(picture, chart)
      syncThings(picture, chart)
      syncCharacters(picture, chart)
    },
    step(deltaMs, still, timeMs) {
      for (const figure of figures.values()) {
        advance(figure, deltaMs, still)
        draw(figure)
      }
      if (still) return
      for (const { glow, item } of things.values())
        if (item.light > 0) glow.setAlpha(flicker(timeMs, item.x * 7 + item.y))
    },
    where(id) {
      const figure = figures.get(id)
      return figure && { x: figure.x + 0.5, y: figure.y + 0.5 }
    },
    carried() {
      return [...figures.values()].flatMap(({ one, x, y }): Lamp[] => {
        if (one.id === myself) return [{ x: x + 0.5, y: y + 0.5, radius: 3.6, color: OWN_LIGHT }]
        if (one.kind === 'agent' && one.awake) return [{ x: x + 0.5, y: y + 0.5, radius: 2.8, color: AGENT_LIGHT }]
        return []
      })
    },
  }
}

const middle = (tiles: number): number => (tiles + 0.5) * TILE_PX
const isLamp = (item: MapItem): boolean => item.light > 0 || item.state === 'lit' || item.state === 'dark'
const glyphOf = (item: MapItem): string => (item.light > 0 ? 'lamp' : isLamp(item) ? 'lamp-dark' : item.glyph || '*')

/** A flame is never quite still: two slow waves of no common measure. */
const flicker = (timeMs: number, salt: number): number =>
  0.86 + 0.09 * Math.sin(timeMs / 310 + salt) + 0.05 * Math.sin(timeMs / 127 + salt * 3)

function strongest(lamps: readonly Lamp[], x: number, y: number): (Lamp & { readonly strength: number }) | undefined {
  let best: (Lamp & { readonly strength: number }) | undefined
  for (const lamp of lamps) {
    const distance = Math.hypot(lamp.x - x, lamp.y - y)
    const strength = distance < 0.4 ? 0 : falloff(distance, lamp.radius)
    if (strength > (best?.strength ?? 0.05)) best = { ...lamp, strength }
  }
  return best
}

/** The colour in less light; never so dark that the glyph cannot be read. */
function dimmed(color: number, light: number): number {
  const part = Math.max(0.62, Math.min(1, light))
  const channel = (shift: number) => Math.round(((color >> shift) & 255) * part) << shift
  return channel(16) | channel(8) | channel(0)
}
