/** A TCP connection made worse on purpose, in user space: latency, a bounded rate, resets, and a partition that holds everything back. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type DelayProxy = {
  readonly port: number
  /** Each way, from now on. */
  latencyMs: number
  /** Bytes a second each way; 0 is without bound. */
  bytesPerS: number
  /** While true nothing passes and nothing is refused: packets are as good as lost. */
  partitioned: boolean
  /** Cuts every connection with a reset, as a lost route does in the end. */
  reset(): void
  /** Bytes carried so far, both ways. */
  carried(): number
  [Symbol.asyncDispose](): Promise<void>
}

const POLL_MS = 10

export async function createDelayProxy(
  to: { host: string; port: number },
  { host = '127.0.0.1', latencyMs = 0, bytesPerS = 0 } = {},
): Promise<DelayProxy> {
  const sockets = new Set<Socket>()
  let carried = 0

  /** One way: in order, each piece no earlier than its latency; the reader is paused while much is on its way. */
  async function carry(from: Socket, into: Socket): Promise<void> {
    let underWay: Promise<void> = Promise.resolve()
    for await (const piece of from as AsyncIterable<Buffer>) {
      const dueMs = performance.now() + proxy.latencyMs
      const before = underWay
      underWay = (async () => {
        await before
        await sleep(Math.max(0, dueMs - performance.now()))
        if (proxy.bytesPerS > 0) await sleep((piece.length / proxy.bytesPerS) * 1000)
        while (proxy.partitioned) await sleep(POLL_MS)
        carried += piece.length
        if (!into.destroyed && !into.write(piece)) await Promise.race([once(into, 'drain'), once(into, 'close')])
      })()
      // Told below, or by the next piece; until then nobody may be waiting.
      underWay.catch(() => {})
      if (proxy.bytesPerS > 0 || proxy.partitioned) await underWay
    }
    await underWay
    into.end()
  }

  const server = createServer({ allowHalfOpen: true }, async (near) => {
    sockets.add(near)
    near.on('error', () => {}).on('close', () => sockets.delete(near))
    while (proxy.partitioned && !near.destroyed) await sleep(POLL_MS)
    const far = connect({ ...to, allowHalfOpen: true, noDelay: true })
    near.setNoDelay(true)
    sockets.add(far)
    far.on('error', () => near.resetAndDestroy()).on('close', () => sockets.delete(far))
    for (const [a, b] of [
      [near, far],
      [far, near],
    ] as const)
      carry(a, b).catch(() => b.destroy())
  })
  server.listen(0, host)
  await once(server, 'listening')

  const proxy: DelayProxy = {
    port: (server.address() as AddressInfo).port,
    latencyMs,
    bytesPerS,
    partitioned: false,
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    carried: () => carried,
    async [Symbol.asyncDispose]() {
      proxy.partitioned = false
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
