/** Reads server-sent events from an answer as they come (html.spec.whatwg.org/multipage/server-sent-events.html): data of one line each. */

/** The parsed data of each event; comments are passed over. Ends with the body, throws as reading it does. */
export async function* eventsOf<T>(body: ReadableStream<Uint8Array>): AsyncGenerator<T> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let held = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      held += value
      const frames = held.split('\n\n')
      held = frames.pop()!
      for (const frame of frames) {
        const data = frame.split('\n').find((line) => line.startsWith('data: '))
        if (data) yield JSON.parse(data.slice('data: '.length)) as T
      }
    }
  } finally {
    // Leaving early hangs up, and the node calls off what it was doing.
    await reader.cancel().catch(() => undefined)
  }
}
