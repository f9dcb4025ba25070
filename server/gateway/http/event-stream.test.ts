import { once } from 'node:events'
import { createServer, get, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { sendEvents } from './event-stream.ts'
import type { StreamEvent } from './route.ts'

type Word = StreamEvent & { readonly text: string }
const failed = (error: unknown): StreamEvent => ({ type: 'error', message: (error as Error).message }) as StreamEvent

/** A server that answers everything so. */
async function answering(answer: (res: ServerResponse) => void) {
  const server = createServer((_req, res) => answer(res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.dispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

describe('a stream of events', () => {
  test('ends with what failed, as an event, where no status can say it any more', async () => {
    using server = await answering(
      (res) =>
        void sendEvents(
          res,
          async function* () {
            yield { type: 'text', text: 'a' } as Word
            throw new Error('torn')
          },
          failed,
        ),
    )
    const body = await (await fetch(server.url)).text()
    expect(body).toBe(
      'event: text\ndata: {"type":"text","text":"a"}\n\nevent: error\ndata: {"type":"error","message":"torn"}\n\n',
    )
  })

  test('is not begun for somebody who left before it was', async () => {
    const sent = Promise.withResolvers<boolean>()
    using server = await answering((res) => {
      let isMade = false
      const make = async function* () {
        isMade = true
        yield { type: 'text', text: 'a' } as Word
      }
      res.once('close', () => sendEvents(res, make, failed).then(() => sent.resolve(isMade), sent.reject))
      request.destroy()
    })
    const request = get(server.url).on('error', () => {})
    expect(await sent.promise).toBe(false)
  })

  test('stops whoever makes it when its reader leaves without having read, and is over then', async () => {
    const sent = Promise.withResolvers<boolean>()
    using server = await answering((res) => {
      let isStopped = false
      const make = async function* (signal: AbortSignal) {
        signal.addEventListener('abort', () => {
          isStopped = true
        })
        for (;;) yield { type: 'text', text: 'a'.repeat(100_000) } as Word
      }
      sendEvents(res, make, failed).then(() => sent.resolve(isStopped), sent.reject)
    })
    const request = get(server.url, (answer) => answer.once('readable', () => request.destroy())).on(
      'error',
      () => {},
    )
    expect(await sent.promise).toBe(true)
  })
})
