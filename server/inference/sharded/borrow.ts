/** The side that borrows, for one node: an agreement that is kept up and paid, and a port of this machine behind which its rpc-server is. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { SHARD_HOLD_GRACE_MS, SHARD_REQUEST_TIMEOUT_MS } from '../../limits.ts'
import type { Frame, NodeId, Wire } from '../../link/types.ts'
import { AnswerFrame, type AskFrame, type Terms, TUNNEL_PROTOCOL, TunnelFrame } from './frames.ts'
import type { RentBook } from './rent.ts'
import { errorOf, joinTunnel } from './tunnel.ts'
import { ShardError, type ShardLog } from './types.ts'

export type BorrowParts = {
  readonly wire: Pick<Wire, 'request' | 'open'>
  readonly build: string
  readonly rents: RentBook
  readonly maxPriceMicroPerMinute: bigint
  readonly log: ShardLog
  readonly now: () => number
  /** Gives up while it is being agreed on. */
  readonly signal: AbortSignal
}
export type Borrowed = AsyncDisposable & {
  readonly node: NodeId
  readonly memoryMb: number
  /** On 127.0.0.1. */
  readonly port: number
  readonly bytes: { sent: number; received: number }
  /** Rejects, with a `ShardError`, when it cannot be used any more; never resolves. */
  readonly lost: Promise<never>
}

const { protocol } = TUNNEL_PROTOCOL

/** Throws `ShardError`. */
export async function borrow(node: NodeId, parts: BorrowParts): Promise<Borrowed> {
  const { wire, build, rents, maxPriceMicroPerMinute, log, now, signal } = parts

  async function ask(frame: AskFrame) {
    const sent = Object.fromEntries(Object.entries(frame).filter(([, value]) => value !== undefined)) as Frame
    const answer = await wire
      .request(node, protocol, sent, {
        timeoutMs: SHARD_REQUEST_TIMEOUT_MS,
        ...(frame.t !== 'end' && { signal }),
      })
      .catch((cause: Error) => {
        throw new ShardError('unreachable', `The node ${node} cannot be reached: ${cause.message}`, { cause })
      })
    const parsed = AnswerFrame.safeParse(answer)
    if (!parsed.success) throw new ShardError('unreachable', `The node ${node} answered something else.`)
    if (parsed.data.t === 'no') throw errorOf(parsed.data)
    return parsed.data
  }

  const terms = await ask({ t: 'terms' })
  if (terms.t !== 'terms') throw new ShardError('unreachable', `The node ${node} said no terms.`)
  mustSuit(terms)
  const id = randomUUID()
  const price = terms.priceMicroPerMinute
  const periodMs = terms.periodMinutes * 60_000
  const rentOf = () =>
    rents.open(terms.account, price, price * BigInt(terms.periodMinutes), periodMs + SHARD_HOLD_GRACE_MS)
  let rent = await rentOf()
  const agreed = await ask({ t: 'agree', id, build, hold: rent?.name }).catch(async (error: ShardError) => {
    // It may have agreed, and its answer been lost.
    if (error.reason === 'unreachable') void ask({ t: 'end', id }).catch(() => {})
    await rent?.end(error.reason === 'unreachable' ? now() : undefined)
    throw error
  })
  if (agreed.t !== 'agreed') throw new ShardError('unreachable', `The node ${node} did not agree.`)
  const { leaseMs } = agreed

  const { promise: lost, reject: lose } = Promise.withResolvers<never>()
  lost.catch(() => {})
  let closed = false
  const bytes = { sent: 0, received: 0 }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => void pass(socket))
  let lastHeardMs = now()
  let renewing = false
  const timer = setInterval(() => void renew(), leaseMs / 4)

  function mustSuit({ build: theirs, priceMicroPerMinute }: Terms): void {
    if (theirs !== build)
      throw new ShardError(
        'build',
        `The node ${node} has other servers of llama.cpp (${theirs.slice(0, 12)}) than this one (${build.slice(0, 12)}). Build both from the same version, with the same compiler and options.`,
      )
    if (priceMicroPerMinute > maxPriceMicroPerMinute)
      throw new ShardError(
        'price',
        `The node ${node} asks ${priceMicroPerMinute} micro-credits a minute, and at most ${maxPriceMicroPerMinute} were allowed.`,
      )
  }

  async function renew(): Promise<void> {
    if (renewing || closed) return
    renewing = true
    try {
      await rent?.note(now())
      let next: typeof rent
      if (rent && now() - rent.sinceMs >= periodMs) {
        next = await rentOf()
        await rent.end(now())
      }
      await ask({ t: 'renew', id, hold: (next ?? rent)?.name })
      rent = next ?? rent
      lastHeardMs = now()
    } catch (error) {
      const failed = error as ShardError
      // One that was not heard is tried again, as long as the other side may still keep it.
      if (failed.reason !== 'unreachable' || now() - lastHeardMs > leaseMs) lose(failed)
    } finally {
      renewing = false
    }
  }

  async function pass(socket: Socket): Promise<void> {
    sockets.add(socket)
    socket.on('error', () => {})
    try {
      const stream = await wire.open(node, protocol)
      await stream.send({ t: 'open', id })
      const frames = stream.frames[Symbol.asyncIterator]()
      const first = TunnelFrame.safeParse((await frames.next()).value)
      if (first.success && first.data.t === 'no') throw errorOf(first.data)
      if (!first.success || first.data.t !== 'opened')
        throw new ShardError('unreachable', `The node ${node} opened no tunnel.`)
      await joinTunnel(socket, stream, frames, {
        passed(count, way) {
          if (way === 'out') bytes.sent += count
          else bytes.received += count
        },
      })
    } catch (cause) {
      if (closed) return
      const error =
        cause instanceof ShardError
          ? cause
          : new ShardError('unreachable', `The tunnel to the node ${node} broke.`, { cause })
      log.warn({ node, reason: error.reason, err: error }, 'a tunnel to a shard broke')
      lose(error)
    } finally {
      socket.destroy()
      sockets.delete(socket)
    }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    node,
    memoryMb: terms.memoryMb,
    port,
    bytes,
    lost,
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(timer)
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((done) => server.close(() => done()))
      await ask({ t: 'end', id }).catch(() => {})
      await rent?.end(now())
    },
  }
}
