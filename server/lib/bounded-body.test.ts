import { expect, test } from 'vitest'
import { BodyTooLong, boundedText } from './bounded-body.ts'

/** An answer that says nothing of its length. */
function chunked(chunks: Iterable<Uint8Array>) {
  const state = { isCancelled: false }
  const each = chunks[Symbol.iterator]()
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value, done } = each.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel() {
      state.isCancelled = true
    },
  })
  return { response: new Response(body), state }
}
const bytes = (text: string) => new TextEncoder().encode(text)

test('a body of at most so many bytes is read whole, letters that are cut in two as well', async () => {
  const word = bytes('фонарь')
  const { response } = chunked([word.slice(0, 3), word.slice(3)])
  expect(await boundedText(response, word.length)).toBe('фонарь')
  expect(await boundedText(new Response(null, { status: 204 }), 0)).toBe('')
})

test('whoever sends more is cut off, though they never end', async () => {
  function* endless() {
    for (;;) yield bytes('more')
  }
  const { response, state } = chunked(endless())
  await expect(boundedText(response, 100)).rejects.toBeInstanceOf(BodyTooLong)
  expect(state.isCancelled).toBe(true)
})

test('what says that it is longer is not begun', async () => {
  const response = new Response('short', { headers: { 'content-length': '101' } })
  await expect(boundedText(response, 100)).rejects.toMatchObject({ code: 'body_too_long', maxBytes: 100 })
})
