import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { TLOG_FETCH_TRIES, TLOG_RETRY_AFTER_MAX_MS } from '../../limits.ts'
import { httpSource } from './http-source.ts'

/** A log over HTTP that answers what it is told to, and a reader of it whose waits are only written down. */
async function served(stack: AsyncDisposableStack, answer: (path: string, n: number, res: ServerResponse) => void) {
  const asked: string[] = []
  const server = createServer((req, res) => answer(req.url!, asked.push(req.url!), res)).listen(0, '127.0.0.1')
  stack.defer(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const waits: number[] = []
  const { port } = server.address() as AddressInfo
  const source = httpSource(`http://127.0.0.1:${port}/tlog/`, async (ms) => waits.push(ms))
  return { source, asked, waits }
}

const refuse = (res: ServerResponse, status: number, after?: string) =>
  res.writeHead(status, after === undefined ? {} : { 'retry-after': after }).end()

test('M15 an auditor over HTTP asks again for what was refused for the moment, and waits no longer than a minute, whatever it is told', async () => {
  await using stack = new AsyncDisposableStack()
  const told = ['5', '31536000', 'Fri, 31 Dec 2100 23:59:59 GMT', '-4', undefined]
  const { source, waits } = await served(stack, (_, n, res) =>
    n <= told.length ? refuse(res, n % 2 === 0 ? 503 : 429, told[n - 1]) : void res.end('head'),
  )
  expect(await source.checkpoint()).toBe('head')
  expect(waits).toHaveLength(told.length)
  expect(waits.slice(0, 2)).toEqual([5_000, TLOG_RETRY_AFTER_MAX_MS])
  expect(Math.max(...waits.slice(2))).toBeLessThan(TLOG_RETRY_AFTER_MAX_MS)
})

test('M15 it gives up with the reason after so many tries, and at once when it is refused for good', async () => {
  await using stack = new AsyncDisposableStack()
  const busy = await served(stack, (_, __, res) => refuse(res, 503))
  await expect(busy.source.checkpoint()).rejects.toMatchObject({
    code: 'log_unreachable',
    message: expect.stringContaining('answers 503'),
  })
  expect(busy.asked).toHaveLength(TLOG_FETCH_TRIES)
  const shut = await served(stack, (_, __, res) => refuse(res, 403))
  await expect(shut.source.checkpoint()).rejects.toMatchObject({ code: 'log_unreachable' })
  expect([shut.asked.length, shut.waits]).toEqual([1, []])
})

test('M3 a tile that has become full meanwhile is read from the full one', async () => {
  await using stack = new AsyncDisposableStack()
  const { source, asked } = await served(stack, (path, _, res) =>
    path === '/tlog/tile/0/000' ? void res.end(Buffer.alloc(8_192, 7)) : refuse(res, 404),
  )
  expect(await source.tile(0, 0, 3)).toEqual(new Uint8Array(96).fill(7))
  expect(asked).toEqual(['/tlog/tile/0/000.p/3', '/tlog/tile/0/000'])
})
