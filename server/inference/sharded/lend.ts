/** The side that lends: one rpc-server for each agreement, on loopback, reached through the tunnel of that agreement and by nothing else. */
import {
  SHARD_BYTES_PER_HOUR,
  SHARD_IDLE_MS,
  SHARD_LEASE_MS,
  SHARD_LISTEN_TIMEOUT_MS,
  SHARD_PERIOD_MINUTES,
} from '../../limits.ts'
import type { Caller, Frame, FrameStream, Wire } from '../../link/types.ts'
import type { LlamaServers } from './build.ts'
import { connectHere, freePort, type ServerChild, startServer } from './child.ts'
import { AskFrame, TUNNEL_PROTOCOL, TunnelFrame } from './frames.ts'
import { joinTunnel } from './tunnel.ts'
import { type RentMoney, ShardError, type ShardLog, type ShardOffer, type ShardReason } from './types.ts'

export type LendParts = {
  readonly wire: Pick<Wire, 'serve' | 'serveStream'>
  /** Undefined when none were built. */
  readonly servers: () => LlamaServers | undefined
  readonly money: Pick<RentMoney, 'account' | 'look' | 'letGo'>
  readonly log: ShardLog
  readonly now: () => number
}
export type LendBounds = { readonly leaseMs: number; readonly idleMs: number; readonly bytesPerHour: number }
const USUAL: LendBounds = { leaseMs: SHARD_LEASE_MS, idleMs: SHARD_IDLE_MS, bytesPerHour: SHARD_BYTES_PER_HOUR }

export type Lent = {
  readonly id: string
  readonly node: string
  readonly sinceMs: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly pid: number | undefined
}
export type Lender = AsyncDisposable & {
  /** Undefined: nothing is lent from now on, and what is lent ends. */
  offer(offer: ShardOffer | undefined): Promise<void>
  offered(): ShardOffer | undefined
  lent(): Lent | undefined
}

type Agreement = {
  readonly id: string
  readonly borrower: Caller
  readonly server: ServerChild
  readonly port: number
  readonly sinceMs: number
  readonly streams: Set<FrameStream>
  readonly timers: { lease?: NodeJS.Timeout; idle?: NodeJS.Timeout; paid?: NodeJS.Timeout }
  /** The last that was set aside for it. */
  hold?: string
  bytesIn: number
  bytesOut: number
  /** In the hour that began then. */
  hourBytes: number
  hourMs: number
}

export function createLender(
  { wire, servers, money, log, now }: LendParts,
  bounds: LendBounds = USUAL,
  periodMs = SHARD_PERIOD_MINUTES * 60_000,
): Lender {
  let offer: ShardOffer | undefined
  let agreement: Agreement | undefined
  /** Agreed on and not yet running. */
  let starting: string | undefined
  const why = new Map<string, ShardReason>()
  /** What an owner's last agreement was to be paid from. */
  const owed = new Map<string, string>()

  wire.serve(TUNNEL_PROTOCOL, async (frame, caller) => {
    const asked = AskFrame.safeParse(frame)
    if (!asked.success) return { t: 'no', reason: 'ended', msg: 'The request cannot be read.' }
    try {
      return await answer(asked.data, caller)
    } catch (error) {
      if (asked.data.t === 'agree') await giveBack(asked.data.hold)
      if (!(error instanceof ShardError)) throw error
      return { t: 'no', reason: error.reason, msg: error.message }
    }
  })
  wire.serveStream(TUNNEL_PROTOCOL, take)

  async function answer(asked: AskFrame, caller: Caller): Promise<Frame> {
    const { lent, built } = allowed(caller)
    switch (asked.t) {
      case 'terms':
        return {
          t: 'terms',
          build: built.build,
          memoryMb: lent.memoryMb,
          priceMicroPerMinute: String(lent.priceMicroPerMinute),
          periodMinutes: SHARD_PERIOD_MINUTES,
          account: money.account,
        }
      case 'agree':
        await agree(asked, caller, lent, built)
        break
      case 'renew':
        await renew(of(asked.id, caller), asked.hold)
        break
      case 'end':
        await end(of(asked.id, caller), 'ended')
        return { t: 'ended' }
    }
    return { t: 'agreed', leaseMs: bounds.leaseMs }
  }

  /** What was set aside for an agreement that did not come about; not what another one is paid from. */
  async function giveBack(hold: string | undefined): Promise<void> {
    if (hold === undefined || [...owed.values()].includes(hold)) return
    await money.letGo(hold).catch((err) => log.warn({ err, hold }, 'what was set aside could not be given back'))
  }

  /** Throws unless this node lends to whoever asks. */
  function allowed({ node, owner, role }: Caller) {
    const isPeer = offer?.peers.some((peer) => peer === node || peer === owner)
    if (!offer || !isPeer || (role !== 'trusted' && role !== 'initial'))
      throw new ShardError(
        'not_allowed',
        'This node lends no shards to you. Its host can, with "academy shard lend".',
      )
    const built = servers()
    if (!built) throw new ShardError('no_servers', "llama.cpp's servers were not built on that node.")
    return { lent: offer, built }
  }

  function of(id: string, { node }: Caller): Agreement {
    if (agreement?.id === id && agreement.borrower.node === node) return agreement
    const reason = why.get(id) ?? 'ended'
    throw new ShardError(reason, `The agreement is over: ${reason}.`)
  }

  async function agree(
    { id, build, hold }: Extract<AskFrame, { t: 'agree' }>,
    caller: Caller,
    lent: ShardOffer,
    built: LlamaServers,
  ): Promise<void> {
    if (agreement?.id === id) return
    if (build !== built.build)
      throw new ShardError(
        'build',
        `It has other servers of llama.cpp: ${built.build.slice(0, 12)} there, not yours.`,
      )
    if (agreement || starting) throw new ShardError('busy', 'Its shard is lent to somebody else just now.')
    starting = id
    try {
      await mustBePaid(caller.owner ?? caller.node, hold, lent.priceMicroPerMinute)
      const port = await freePort()
      const args = ['--host', '127.0.0.1', '--port', String(port), '--threads', String(lent.threads)]
      const server = startServer({ program: built.rpcServer, args, memoryMb: lent.memoryMb })
      const probe = await connectHere(port, server, SHARD_LISTEN_TIMEOUT_MS)
      probe?.destroy()
      if (!probe) {
        owed.delete(caller.owner ?? caller.node)
        await server[Symbol.asyncDispose]()
        const { how, said } = await server.exited
        log.warn({ how, said }, 'an rpc-server did not start')
        throw new ShardError('server', 'Its rpc-server did not start.')
      }
      agreement = {
        id,
        borrower: caller,
        server,
        port,
        sinceMs: now(),
        streams: new Set(),
        timers: {},
        bytesIn: 0,
        bytesOut: 0,
        hourBytes: 0,
        hourMs: now(),
      }
      const { pid } = server
      log.info({ borrower: caller.node, memoryMb: lent.memoryMb, pid }, 'a shard is lent')
      watch(agreement)
      await renew(agreement, hold)
    } finally {
      starting = undefined
    }
  }

  function watch(one: Agreement): void {
    void one.server.exited.then(({ how, said }) => {
      if (agreement !== one) return
      log.warn({ how, said, borrower: one.borrower.node }, 'an rpc-server died')
      void end(one, 'server')
    })
    one.timers.idle = setTimeout(() => void end(one, 'idle'), bounds.idleMs)
  }

  /** Nothing is lent on an earlier debt, and nothing is set aside twice. */
  async function mustBePaid(owner: string, hold: string | undefined, price: bigint): Promise<void> {
    const before = owed.get(owner)
    if (before !== undefined) {
      if ((await money.look(before)).state !== 'posted')
        throw new ShardError('unpaid', 'An earlier rent was not paid.')
      owed.delete(owner)
    }
    if (price === 0n) return
    if (hold === undefined) throw new ShardError('unpaid', 'Nothing was set aside for the next minutes.')
    const { state, to, amountMicro = 0n } = await money.look(hold)
    if (state !== 'open' || to !== money.account || amountMicro < price * BigInt(SHARD_PERIOD_MINUTES))
      throw new ShardError('unpaid', 'What was set aside is not open, not ours, or not enough.')
    owed.set(owner, hold)
  }

  async function renew(one: Agreement, hold: string | undefined): Promise<void> {
    if (hold !== undefined && hold !== one.hold) {
      // The first was looked at before the server was started.
      if (one.hold !== undefined)
        await mustBePaid(one.borrower.owner ?? one.borrower.node, hold, offer?.priceMicroPerMinute ?? 0n)
      one.hold = hold
      clearTimeout(one.timers.paid)
      one.timers.paid = setTimeout(() => void end(one, 'unpaid'), periodMs + bounds.leaseMs)
    }
    if (agreement !== one) return
    clearTimeout(one.timers.lease)
    one.timers.lease = setTimeout(() => void end(one, 'lease'), bounds.leaseMs)
  }

  async function end(one: Agreement, reason: ShardReason): Promise<void> {
    if (agreement !== one) return
    agreement = undefined
    why.clear()
    why.set(one.id, reason)
    for (const timer of Object.values(one.timers)) clearTimeout(timer)
    log.info({ borrower: one.borrower.node, reason, bytesIn: one.bytesIn, bytesOut: one.bytesOut }, 'a shard is back')
    for (const stream of one.streams)
      void stream
        .send({ t: 'no', reason, msg: `The agreement is over: ${reason}.` })
        .then(() => stream.close())
        .catch(() => {})
    await one.server[Symbol.asyncDispose]()
  }

  async function take(stream: FrameStream): Promise<void> {
    const frames = stream.frames[Symbol.asyncIterator]()
    let one: Agreement | undefined
    try {
      const first = TunnelFrame.safeParse((await frames.next()).value)
      if (!first.success || first.data.t !== 'open') throw new ShardError('ended', 'A stream begins with OPEN.')
      one = of(first.data.id, stream.peer)
      const socket = await connectHere(one.port, one.server, SHARD_LISTEN_TIMEOUT_MS)
      if (!socket) throw new ShardError('server', 'Its rpc-server is gone.')
      socket.on('error', () => {})
      one.streams.add(stream)
      await stream.send({ t: 'opened' })
      const counted = one
      await joinTunnel(socket, stream, frames, { passed: (bytes, way) => count(counted, bytes, way) })
    } catch (error) {
      if (!(error instanceof ShardError)) throw error
      await stream.send({ t: 'no', reason: error.reason, msg: error.message }).catch(() => {})
    } finally {
      one?.streams.delete(stream)
    }
  }

  function count(one: Agreement, bytes: number, way: 'in' | 'out'): void {
    // From the network into the socket is what the other side sent.
    if (way === 'in') one.bytesIn += bytes
    else one.bytesOut += bytes
    one.timers.idle?.refresh()
    if (now() - one.hourMs > 3_600_000) {
      one.hourMs = now()
      one.hourBytes = 0
    }
    one.hourBytes += bytes
    if (one.hourBytes <= bounds.bytesPerHour) return
    void end(one, 'quota')
    throw new ShardError('quota', `More than ${bounds.bytesPerHour} bytes in an hour.`)
  }

  return {
    async offer(next) {
      offer = next
      if (agreement && !next?.peers.some((peer) => isOf(agreement!.borrower, peer)))
        await end(agreement, 'not_allowed')
    },
    offered: () => offer,
    lent: () =>
      agreement && {
        id: agreement.id,
        node: agreement.borrower.node,
        sinceMs: agreement.sinceMs,
        bytesIn: agreement.bytesIn,
        bytesOut: agreement.bytesOut,
        pid: agreement.server.pid,
      },
    async [Symbol.asyncDispose]() {
      offer = undefined
      if (agreement) await end(agreement, 'ended')
    },
  }
}

const isOf = ({ node, owner }: Caller, peer: string) => peer === node || peer === owner
