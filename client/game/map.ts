/** The map: a window onto the zone one is in, drawn from the synced picture. Knows nothing of the network. */
import { AUTO, Game, Scale, type Scene } from 'phaser'
import { t, words } from '../i18n.ts'
import type { Keep } from '../net/storage.ts'
import type { Picture, Store } from '../state.ts'
import { button, el, glyph } from '../ui/el.ts'
import { type Chart, chartOf } from './chart.ts'
import { type Target, targetAt } from './click.ts'
import { createFigures, lampsOf } from './figures.ts'
import { createGlyphs } from './glyphs.ts'
import { createGround } from './ground.ts'
import { createLabels, type Label } from './labels.ts'
import { createLightLayer } from './light-layer.ts'
import { listenForGestures } from './pointer.ts'
import { MAP_FONT } from './tileset.ts'
import { createView } from './view.ts'
import { createWayMarks } from './way-marks.ts'

export type MapView = { speak(speech: { readonly who: string; readonly text: string }): void }
type Deps = {
  readonly host: HTMLElement
  readonly store: Store
  readonly keep: Keep
  readonly type: (line: string) => void
  readonly stillMotion: () => boolean
}

const TALK_MS = 5_000
const TALK_SHOWN_CHARS = 60
const FRAMES_PER_S = 30

/** Resolves to undefined where the browser cannot draw. */
export async function createMap(deps: Deps): Promise<MapView | undefined> {
  // The tiles are drawn from the page's own face, so it has to be there first; both scripts are asked for.
  await Promise.all([document.fonts.load(MAP_FONT, '@#'), document.fonts.load(MAP_FONT, 'Яя')])
  const canvasHost = el('div', { class: 'map-canvas', attrs: { id: 'map-canvas', role: 'application', tabindex: 0 } })
  deps.host.append(canvasHost)
  const scene = await startGame(canvasHost).catch(() => undefined)
  if (!scene) return undefined
  return paintMap(scene, canvasHost, deps)
}

function startGame(parent: HTMLElement): Promise<Scene> {
  return new Promise((resolve) => {
    new Game({
      type: AUTO,
      parent,
      width: Math.max(1, parent.clientWidth),
      height: Math.max(1, parent.clientHeight),
      backgroundColor: '#06121d',
      scale: { mode: Scale.NONE },
      input: { keyboard: false, mouse: false, touch: false, gamepad: false },
      audio: { noAudio: true },
      banner: false,
      fps: { limit: FRAMES_PER_S },
      scene: {
        create(this: Scene) {
          this.game.canvas.setAttribute('aria-hidden', 'true')
          resolve(this)
        },
      },
    })
  })
}

function paintMap(scene: Scene, canvasHost: HTMLElement, { host, store, keep, type, stillMotion }: Deps): MapView {
  const ground = createGround(scene)
  const light = createLightLayer(scene)
  const glyphs = createGlyphs(scene)
  const ways = createWayMarks(scene, glyphs)
  const figures = createFigures(scene, glyphs, light)
  const view = createView(scene)
  const labels = createLabels()
  const talk = new Map<string, { readonly text: string; readonly untilMs: number }>()
  let chart: Chart | undefined
  let drawn = ''
  let lit = ''
  let hint: (Target & { readonly x: number; readonly y: number }) | undefined

  const tools = el(
    'div',
    { class: 'map-tools', tLabel: 'ui.map.tools', attrs: { role: 'group' } },
    ...(
      [
        ['zoomIn', '+', 1],
        ['zoomOut', '\u2212', -1],
        ['zoomReset', '@', 0],
      ] as const
    ).map(([key, mark, step]) =>
      button(
        {
          class: 'icon-button',
          tLabel: `ui.map.${key}`,
          tTitle: `ui.map.${key}`,
          on: { click: () => view.zoom(step) },
        },
        glyph(mark),
      ),
    ),
  )
  host.append(labels.node, tools)
  new ResizeObserver(
    () => canvasHost.clientWidth > 0 && view.resize(canvasHost.clientWidth, canvasHost.clientHeight),
  ).observe(canvasHost)

  const me = () => store.get().player?.id ?? ''
  const visitedKey = () => `academy.visited.${me()}`
  let visited = new Set<string>()
  store.watch(me, () => {
    visited = new Set(keep.read<string[]>(visitedKey()) ?? [])
  })

  function show(picture: Picture | undefined): void {
    const place = picture?.places.get(picture.characters.get(me())?.place ?? '')
    if (!picture || !place) return
    if (!visited.has(place.id)) {
      visited.add(place.id)
      keep.write(visitedKey(), [...visited])
    }
    const still = stillMotion()
    const signature = JSON.stringify([place.z, still, [...visited], [...picture.places.values()], [...picture.doors]])
    if (signature !== drawn) {
      drawn = signature
      chart = chartOf(picture, place.z, visited)
      ground.show(chart, still)
      lit = ''
    }
    if (!chart) return
    const lamps = lampsOf(picture, chart)
    const lampSignature = JSON.stringify(lamps)
    if (lampSignature !== lit) {
      lit = lampSignature
      light.show(chart, lamps)
    }
    figures.sync(picture, chart, me())
    ways.show(chart, place.id)
    words(canvasHost, 'ui.map.canvas', 'aria-label', {
      zone: picture.name[store.get().locale],
      place: place.name[store.get().locale],
    })
  }
  store.watch((state) => state.picture, show)
  store.watch(
    (state) => state.locale,
    () => show(store.get().picture),
  )
  store.watch(
    (state) => state.settings,
    () => show(store.get().picture),
  )

  const targetUnder = (px: number, py: number): Target | undefined => {
    const { picture, locale } = store.get()
    const { x, y } = view.toTile(px, py)
    return chart && picture ? targetAt({ chart, picture, me: me(), locale }, x, y) : undefined
  }
  listenForGestures(canvasHost, {
    onPoint(px, py) {
      const target = targetUnder(px, py)
      if (!target) return
      view.home()
      type(target.kind === 'go' ? t(`ui.direction.${target.direction}`) : `${t('ui.verb.look')} ${target.name}`)
    },
    onHover(px, py) {
      const target = targetUnder(px, py)
      hint = target && { ...target, x: px, y: py }
      return target !== undefined
    },
    onLeave() {
      hint = undefined
    },
    onPan: view.pan,
    onZoom: view.zoom,
  })

  function labelsNow(timeMs: number): readonly Label[] {
    const { picture, locale, past, marks } = store.get()
    const here = picture?.characters.get(me())?.place
    const inView = ({ x, y }: Label) => x > -80 && x < view.width + 80 && y > -20 && y < view.height + 30
    const places =
      view.tilePx < 13
        ? []
        : (chart?.places ?? [])
            .filter((place) => !place.dim)
            .map((place): Label => {
              const { x, y } = view.toScreen(place.x + 4.5, place.y)
              return { id: place.id, text: place.name[locale], x, y, tone: place.id === here ? 'here' : 'place' }
            })
    for (const [who, { untilMs }] of talk) if (untilMs < timeMs) talk.delete(who)
    const spoken = [...talk].flatMap(([who, { text }]): Label[] => {
      const at = figures.where(who)
      return at ? [{ id: `talk ${who}`, text, ...view.toScreen(at.x, at.y - 0.6), tone: 'talk' }] : []
    })
    const under: Label[] = hint ? [{ id: 'hint', text: hintText(hint), x: hint.x, y: hint.y - 12, tone: 'hint' }] : []
    const then = (chart?.places ?? [])
      .filter(({ id }) => id === past?.place)
      .map(
        (place): Label => ({
          id: 'past',
          text: past!.text,
          ...view.toScreen(place.x + 4.5, place.y + 2.5),
          tone: 'past',
        }),
      )
    const drawn = marks.flatMap((mark): Label[] => {
      const place = chart?.places.find(({ id }) => id === mark.place)
      if (!place) return []
      const at = view.toScreen(place.x + 7.5, place.y + 4.6)
      const text = mark.note === '' || view.tilePx < 17 ? mark.glyph : `${mark.glyph} ${mark.note}`
      return [{ id: `mark ${mark.agent} ${mark.place}`, text, ...at, tone: 'mark' }]
    })
    return [...places, ...drawn, ...spoken, ...then, ...under].filter(inView)
  }

  scene.events.on('update', (timeMs: number, deltaMs: number) => {
    const still = stillMotion()
    ground.step(timeMs)
    figures.step(deltaMs, still, timeMs)
    light.carry(figures.carried())
    view.step(figures.where(me()), deltaMs, still)
    labels.draw(labelsNow(timeMs))
  })

  return {
    speak({ who, text }) {
      const short = text.length > TALK_SHOWN_CHARS ? `${text.slice(0, TALK_SHOWN_CHARS - 1)}\u2026` : text
      talk.set(who, { text: short, untilMs: scene.time.now + TALK_MS })
    },
  }
}

const hintText = (target: Target): string =>
  target.kind === 'look'
    ? target.name
    : [t(`ui.direction.${target.direction}`), target.name].filter(Boolean).join(' \u00b7 ')
