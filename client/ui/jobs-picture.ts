/** A picture while it is made: each tile is painted as it comes. */
import type { Job, JobPieces } from '../../server/protocol/jobs-api.ts'
import { t } from '../i18n.ts'
import type { Api } from '../net/api.ts'
import { el } from './el.ts'

type Tile = {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
  /** Width and height of the whole picture. */
  readonly of: readonly [number, number]
  readonly rgb: { readonly base64: string }
}

export function createJobPicture(api: Api): { readonly node: HTMLElement; follow(job: Job): Promise<void> } {
  const canvas = el('canvas', { class: 'job-picture', attrs: { role: 'img' } })
  const node = el('div', { class: 'job-picture-frame', attrs: { hidden: true } }, canvas)
  const tiles: Tile[] = []
  let next = 0
  let busy = false

  return {
    node,
    async follow(job) {
      if (busy || (job.status !== 'running' && tiles.length >= job.parts.done)) return
      busy = true
      try {
        const { pieces, next: to } = await api.get<JobPieces>(
          `/api/v1/jobs/${encodeURIComponent(job.id)}/pieces?after=${next}`,
        )
        next = to
        for (const { value } of pieces) tiles.push(value as unknown as Tile)
        if (tiles.length > 0) paint(job)
      } finally {
        busy = false
      }
    },
  }

  function paint(job: Job): void {
    const [width, height] = tiles[0]!.of
    // A canvas that changes its size is blank again: then everything is painted anew.
    const grown = canvas.width !== width || canvas.height !== height
    if (grown) Object.assign(canvas, { width, height })
    const pen = canvas.getContext('2d')
    for (const tile of grown ? tiles : tiles.slice(-64)) pen?.putImageData(imageOf(tile), tile.x, tile.y)
    canvas.setAttribute('aria-label', t('jobs.picture', { id: job.id, done: job.parts.done, of: job.parts.of }))
    node.hidden = false
  }
}

function imageOf({ w, h, rgb }: Tile): ImageData {
  const bytes = Uint8Array.from(atob(rgb.base64), (letter) => letter.charCodeAt(0))
  const image = new ImageData(w, h)
  for (let i = 0; i < w * h; i++) {
    image.data.set(bytes.subarray(i * 3, i * 3 + 3), i * 4)
    image.data[i * 4 + 3] = 255
  }
  return image
}
