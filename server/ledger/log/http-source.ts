/** Reads a log over HTTP by the addresses of C2SP tlog-tiles, patiently: what is refused for the moment is asked for again. */
import { setTimeout as pause } from 'node:timers/promises'
import {
  TLOG_FETCH_TIMEOUT_MS,
  TLOG_FETCH_TRIES,
  TLOG_RETRY_AFTER_MAX_MS,
  TLOG_RETRY_MAX_MS,
  TLOG_RETRY_MIN_MS,
} from '../../limits.ts'
import { bundlePath, TILE_WIDTH, tilePath } from '../../protocol/tlog/tiles.ts'
import type { LogSource } from './auditor.ts'

export class LogUnreachable extends Error {
  readonly code = 'log_unreachable'
}

/** `prefix` as in tlog-tiles: `https://academy.example/tlog`. `wait` takes milliseconds. */
export function httpSource(prefix: string, wait: (ms: number) => Promise<unknown> = pause): LogSource {
  const base = prefix.replace(/\/+$/, '')
  let shown: Promise<string | undefined> | undefined

  async function get(path: string): Promise<Uint8Array | undefined> {
    const url = `${base}/${path}`
    let waitMs = TLOG_RETRY_MIN_MS
    for (let tries = 1; ; tries++) {
      const answer = await fetch(url, { signal: AbortSignal.timeout(TLOG_FETCH_TIMEOUT_MS) }).catch(
        (error: Error) => error,
      )
      if (answer instanceof Error) {
        if (tries >= TLOG_FETCH_TRIES) throw new LogUnreachable(`${url} cannot be read: ${answer.message}`)
      } else if (answer.ok) return new Uint8Array(await answer.arrayBuffer())
      else if (answer.status === 404) return undefined
      else if ((answer.status !== 429 && answer.status < 500) || tries >= TLOG_FETCH_TRIES)
        throw new LogUnreachable(`${url} answers ${answer.status}`)
      const asked = answer instanceof Error ? 0 : Number(answer.headers.get('retry-after')) * 1000
      // NaN where it is a date, or nothing is asked.
      await wait(Math.max(waitMs, Math.min(asked || 0, TLOG_RETRY_AFTER_MAX_MS)))
      waitMs = Math.min(waitMs * 2, TLOG_RETRY_MAX_MS)
    }
  }

  /** Once a tile is full, its partial forms may be gone. */
  async function tile(path: (width: number) => string, width: number, bytes: number | undefined) {
    const part = await get(path(width))
    if (part || width === TILE_WIDTH) return part
    const whole = await get(path(TILE_WIDTH))
    return bytes === undefined ? whole : whole?.slice(0, bytes)
  }

  return {
    // One head for the whole reading: the log grows meanwhile.
    checkpoint: () => (shown ??= get('checkpoint').then((bytes) => bytes && new TextDecoder().decode(bytes))),
    tile: (level, index, width) => tile((w) => tilePath({ level, index, width: w }), width, width * 32),
    bundle: (index, width) => tile((w) => bundlePath({ index, width: w }), width, undefined),
  }
}
