/** Lays the light over the ground by multiplication: lamps once when they change, moving lights as they move. */
import { BlendModes, type GameObjects, type Scene } from 'phaser'
import type { Chart } from './chart.ts'
import { type Lamp, type LightMap, nightOver, SAMPLES, shine, toPixels } from './light.ts'
import { TILE_PX } from './tileset.ts'

export type LightLayer = {
  /** A new chart, or other lamps on it. */
  show(chart: Chart, lamps: readonly Lamp[]): void
  /** Lights that people carry; does nothing when none has moved. */
  carry(lights: readonly Lamp[]): void
  /** Brightness of a spot, 0 … 1 and above near lamps. */
  at(x: number, y: number): number
}

export function createLightLayer(scene: Scene): LightLayer {
  let chart: Chart | undefined
  let steady: LightMap | undefined
  let now: LightMap | undefined
  let image: GameObjects.Image | undefined
  let carried = ''
  let serial = 0

  function draw(lights: readonly Lamp[]): void {
    if (!steady || !now || !chart || !image) return
    now.rgb.set(steady.rgb)
    for (const light of lights) shine(now, chart, light)
    const texture = scene.textures.get(image.texture.key) as ReturnType<Scene['textures']['createCanvas']>
    const pixels = texture!.context.createImageData(now.width, now.height)
    toPixels(now, pixels.data)
    texture!.context.putImageData(pixels, 0, 0)
    texture!.refresh()
  }

  return {
    show(next, lamps) {
      chart = next
      steady = nightOver(next)
      for (const lamp of lamps) shine(steady, next, lamp)
      now = { ...steady, rgb: new Float32Array(steady.rgb.length) }
      const old = image
      const key = `light-${++serial}`
      scene.textures.createCanvas(key, steady.width, steady.height)
      image = scene.add
        .image(next.left * TILE_PX, next.top * TILE_PX, key)
        .setOrigin(0)
        .setScale(TILE_PX / SAMPLES)
        .setBlendMode(BlendModes.MULTIPLY)
        .setDepth(10)
      if (old) {
        old.destroy()
        scene.textures.remove(old.texture.key)
      }
      carried = ''
      draw([])
    },
    carry(lights) {
      const signature = lights.map(({ x, y, radius }) => `${x.toFixed(1)},${y.toFixed(1)},${radius}`).join(';')
      if (signature === carried) return
      carried = signature
      draw(lights)
    },
    at(x, y) {
      if (!now || !chart) return 1
      const column = Math.floor((x - chart.left) * SAMPLES)
      const row = Math.floor((y - chart.top) * SAMPLES)
      const at = (row * now.width + column) * 3
      return ((now.rgb[at] ?? 0) + (now.rgb[at + 1] ?? 0) + (now.rgb[at + 2] ?? 0)) / 3
    },
  }
}
