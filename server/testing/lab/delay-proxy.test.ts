import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { createDelayProxy } from './delay-proxy.ts'

async function echo() {
  const server = createServer((socket) => socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, close: () => server.close() }
}

/** What comes back until the other side ends. */
async function read(socket: Socket): Promise<string> {
  let text = ''
  for await (const piece of socket) text += piece
  return text
}

describe('a worse connection', () => {
  test('carries everything, in order, and what half-closes ends', async () => {
    const to = await echo()
    await using proxy = await createDelayProxy(to, { latencyMs: 2 })
    const socket = connect(proxy.port, '127.0.0.1')
    const sent = Array.from({ length: 200 }, (_, i) => `${i};`).join('')
    for (const part of sent.match(/.{1,50}/g)!) socket.write(part)
    socket.end()
    expect(await read(socket)).toBe(sent)
    expect(proxy.carried()).toBe(2 * sent.length)
    to.close()
  })

  test('a partition holds everything back and loses nothing; a reset breaks what is open', async () => {
    const to = await echo()
    await using proxy = await createDelayProxy(to)
    const socket = connect(proxy.port, '127.0.0.1')
    let heard = ''
    socket.on('data', (piece) => (heard += piece)).on('error', () => {})
    socket.write('a')
    await expect.poll(() => heard).toBe('a')
    proxy.partitioned = true
    socket.write('b')
    const other = connect(proxy.port, '127.0.0.1')
    let answered = ''
    other.on('data', (piece) => (answered += piece)).on('error', () => {})
    other.write('c')
    await once(other, 'connect')
    expect([heard, answered, proxy.carried()]).toEqual(['a', '', 2])
    proxy.partitioned = false
    await expect.poll(() => [heard, answered]).toEqual(['ab', 'c'])
    const closed = new Promise((resolve) => socket.once('close', resolve))
    proxy.reset()
    await closed
    other.destroy()
    to.close()
  })
})
