/**
 * What sequences say, in few messages: a token goes out at once unless one went out a moment ago; then it waits for those that come
 * until that moment is over. Tokens are put into words when they are sent, all of an answer's together.
 */
import { INFER_JOIN_MS } from '../../limits.ts'
import type { FromHost } from './messages.ts'

type Said = Extract<FromHost, { type: 'text' }>['said']
/** What was said since the last time it was asked. */
export type Words = () => { readonly text: string; readonly tokens: number } | undefined
export type Voice = {
  /** That answer has something to say. */
  wants(id: number, words: Words): void
  /** Says everything now. */
  flush(): void
}

export function createVoice(send: (said: Said) => void): Voice {
  const waiting = new Map<number, Words>()
  let lastMs = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  let isDue = false

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    isDue = false
    if (waiting.size === 0) return
    lastMs = performance.now()
    const said = [...waiting].flatMap(([id, words]) => {
      const { text, tokens } = words() ?? { text: '', tokens: 0 }
      return tokens > 0 ? [[id, text, tokens] as const] : []
    })
    waiting.clear()
    if (said.length > 0) send(said)
  }

  return {
    flush,
    wants(id, words) {
      waiting.set(id, words)
      if (isDue || timer) return
      const restMs = lastMs + INFER_JOIN_MS - performance.now()
      isDue = restMs < 1
      // At the end of this turn, so that all who are in the same step of the batch are heard together.
      if (isDue) setImmediate(flush)
      else timer = setTimeout(flush, restMs)
    },
  }
}
