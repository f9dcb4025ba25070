/** An answer as a promise of the whole, and as something to be iterated over. */
import type { InferError } from './errors.ts'
import type { Completion, InferEvent, InferSink, Run, Served, ToolCall } from './types.ts'

export function completed(start: (sink: InferSink) => Run): Promise<Completion> {
  return new Promise((resolve, reject) => {
    let text = ''
    let served: Served | undefined
    const toolCalls: ToolCall[] = []
    start({
      started: (by) => {
        served = by
      },
      text: (piece) => {
        text += piece
      },
      tool: (call) => void toolCalls.push(call),
      end: (finish, usage, costMicro) => resolve({ text, toolCalls, finish, usage, served: served!, costMicro }),
      fail: reject,
    })
  })
}

/** More events than this waiting make the backend pause. */
const WAITING_MAX = 64

export async function* streamed(start: (sink: InferSink) => Run): AsyncGenerator<InferEvent> {
  const waiting: InferEvent[] = []
  let failure: InferError | undefined
  let over = false
  let wake = () => {}
  let paused = false
  let run: Run | undefined
  const push = (event: InferEvent) => {
    waiting.push(event)
    if (waiting.length > WAITING_MAX && !paused) {
      paused = true
      run?.pause()
    }
    wake()
  }
  run = start({
    started: (served) => push({ type: 'started', served }),
    text: (text) => push({ type: 'text', text }),
    tool: (call) => push({ type: 'tool', call }),
    end(finish, usage, costMicro) {
      over = true
      push({ type: 'end', finish, usage, costMicro })
    },
    fail(error) {
      over = true
      failure = error
      wake()
    },
  })
  try {
    while (true) {
      const event = waiting.shift()
      if (event) {
        yield event
        if (paused && waiting.length === 0) {
          paused = false
          run.resume()
        }
      } else if (failure) throw failure
      else if (over) return
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    if (!over) run.cancel()
  }
}
