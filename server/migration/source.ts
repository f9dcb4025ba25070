/** The side that an agent leaves. Until the registry says that the trip is committed the agent is this node's, and frozen at worst. */
import { TRIP_REQUEST_TIMEOUT_MS, TRIP_SILENCES_MAX, TRIP_TTL_MS } from '../limits.ts'
import type { Frame, NodeId } from '../link/types.ts'
import type { AgentId } from '../protocol/ids.ts'
import { MIGRATE_PROTOCOL, type TravelAnswer, type TravelRequest, travelAnswer } from './frames.ts'
import { checkpointPin, pauseMs, type Travel, tripPin, untilAnswered } from './parts.ts'
import { isFinal } from './registry-client.ts'
import type { Checkpoint, RowOf } from './rows.ts'
import type { Intent, Left, Offer, Prepared, TravelRefusal, Trip } from './types.ts'

class Stopped extends Error {
  readonly code: TravelRefusal
  constructor(code: TravelRefusal, message: string) {
    super(message)
    this.code = code
  }
}

const reasonOf = (error: unknown): { readonly code: TravelRefusal; readonly message: string } =>
  error instanceof Stopped
    ? { code: error.code, message: error.message }
    : { code: 'failed', message: error instanceof Error ? error.message : String(error) }

export function createSource(travel: Travel) {
  const { self, wire, registry, rows, bundles, host, timers, inTurn } = travel

  async function ask(node: NodeId, request: TravelRequest): Promise<TravelAnswer> {
    const options = { timeoutMs: TRIP_REQUEST_TIMEOUT_MS, signal: travel.closing }
    return travelAnswer.parse(await wire.request(node, MIGRATE_PROTOCOL.protocol, request as Frame, options))
  }

  /** Asked again when nothing comes back, a few times; a refusal is an answer. */
  async function askPatiently(node: NodeId, request: TravelRequest): Promise<TravelAnswer> {
    for (let silences = 0; ; ) {
      try {
        return await ask(node, request)
      } catch (error) {
        travel.closing.throwIfAborted()
        if (isFinal(error)) throw new Stopped('failed', (error as Error).message)
        if (++silences >= TRIP_SILENCES_MAX) throw new Stopped('unreachable', `${node} does not answer.`)
        await timers.sleep(pauseMs(silences), travel.closing)
      }
    }
  }

  async function begin(trip: Trip): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        const intent = await registry.begin(trip, TRIP_TTL_MS)
        if (intent.status === 'open') return
        throw new Stopped('expired', intent.reason ?? intent.status)
      } catch (error) {
        if (error instanceof Stopped) throw error
        travel.closing.throwIfAborted()
        if (isFinal(error)) throw new Stopped('conflict', (error as Error).message)
        if (tries + 1 >= TRIP_SILENCES_MAX) throw new Stopped('no_registry', 'The registry cannot be reached.')
        await timers.sleep(pauseMs(tries), travel.closing)
      }
    }
  }

  async function offer(offered: Offer): Promise<void> {
    const { trip, ...about } = offered
    const answer = await askPatiently(trip.dst, { type: 'OFFER', trip, ...about })
    if (answer.type === 'REJECT') throw new Stopped(answer.reason, answer.text)
    if (answer.type !== 'ACCEPT') throw new Stopped('failed', `${trip.dst} answered ${answer.type} to an offer.`)
  }

  async function freeze(trip: Trip, home: NodeId): Promise<RowOf<'frozen'> & { readonly cid: string }> {
    const { agentId, epoch, mid, dst } = trip
    await host.freeze(agentId)
    const row: RowOf<'frozen'> = { agentId, epoch, home, mid, peer: dst, status: 'frozen' }
    await rows.put(row)
    host.told(agentId, { step: 'frozen', node: dst })
    const cid = await bundles.put('agent', await host.exported(agentId), { pin: tripPin(mid), owner: self })
    const published = { ...row, cid }
    await rows.put(published)
    return published
  }

  /** The destination pulls it meanwhile; this asks until it has all of it, or says why not. */
  async function transfer(trip: Trip, cid: string): Promise<Prepared> {
    for (;;) {
      const answer = await askPatiently(trip.dst, { type: 'TRANSFER', trip, cid })
      if (answer.type === 'PREPARED') return answer
      if (answer.type === 'REJECT') throw new Stopped(answer.reason, answer.text)
      if (answer.type !== 'PREPARING')
        throw new Stopped('failed', `${trip.dst} answered ${answer.type} to a transfer.`)
    }
  }

  /** What stands, whoever decided it. While the registry cannot be asked the agent stays as it is. */
  async function decided(trip: Trip, ask: () => Promise<Intent>): Promise<Intent> {
    try {
      const intent = await untilAnswered(travel, ask, isFinal)
      if (intent.status !== 'open') return intent
    } catch (error) {
      if (!isFinal(error)) throw error
    }
    return calledOff(trip, 'failed')
  }

  const calledOff = (trip: Trip, reason: string): Promise<Intent> =>
    untilAnswered(
      travel,
      () => registry.abort(trip, reason),
      () => false,
    )

  /** Writes down what was decided, then does it. */
  async function conclude(trip: Trip, intent: Intent, why?: { code: TravelRefusal; message: string }): Promise<void> {
    if (intent.status === 'committed') await gone(trip)
    else await stays(trip, why ?? { code: 'expired', message: intent.reason ?? 'The trip was called off.' })
  }

  async function gone(trip: Trip): Promise<void> {
    const { agentId, dst, mid } = trip
    const row = rows.get(agentId)
    const { home, cid } = row as RowOf<'frozen'>
    const moved = { node: dst, epoch: trip.epoch + 1 }
    const checkpoint: Checkpoint | undefined =
      home === self && cid ? { cid, epoch: moved.epoch, tick: 0, atMs: timers.now() } : undefined
    if (checkpoint) await bundles.pin(checkpoint.cid, checkpointPin(agentId))
    const sent = cid ? { mid, cid } : undefined
    await rows.put({
      agentId,
      epoch: trip.epoch,
      home,
      status: 'moved',
      moved,
      ...(checkpoint && { checkpoint }),
      ...(sent && { sent }),
    })
    host.told(agentId, { step: 'moved', ...moved })
    if (sent) travel.background('let go of', agentId, () => released(agentId, dst, sent))
    await host.leave(agentId, moved)
  }

  /** Tells the destination that it may act, and keeps the bundle for it until it does. */
  async function released(
    agentId: AgentId,
    dst: NodeId,
    { mid, cid }: NonNullable<RowOf<'moved'>['sent']>,
  ): Promise<void> {
    const answer = await askPatiently(dst, { type: 'ACTIVATE', mid, agentId })
    if (answer.type === 'ACTIVATED') await bundles.unpin(cid, tripPin(mid))
  }

  async function stays(trip: Trip, why: { code: TravelRefusal; message: string }): Promise<void> {
    const { agentId, mid, dst, epoch } = trip
    const row = rows.get(agentId) as RowOf<'frozen' | 'offering'>
    const cid = row.status === 'frozen' ? row.cid : undefined
    if (row.home === self) await rows.remove(agentId)
    else await rows.put({ agentId, epoch, home: row.home, status: 'here' })
    // A trip may have ended because its agent was given back: a guest goes on only when the registry says that it is here.
    if (row.home === self) await host.thaw(agentId)
    else travel.background('taken up again', agentId, () => travel.confirm(agentId))
    host.told(agentId, { step: row.status === 'frozen' ? 'aborted' : 'refused', node: dst, ...why })
    if (cid) await bundles.unpin(cid, tripPin(mid))
  }

  async function go(agentId: AgentId, dst: NodeId): Promise<Left> {
    const before = rows.get(agentId)
    const about = await host.describe(agentId)
    if (!about || (before && before.status !== 'here'))
      return { ok: false, code: 'not_here', message: 'It is not going here.' }
    const home = before?.home ?? self
    const trip: Trip = { mid: travel.newTrip(), agentId, epoch: about.epoch, src: self, dst }
    await rows.put({ agentId, epoch: trip.epoch, home, mid: trip.mid, peer: dst, status: 'offering' })
    host.told(agentId, { step: 'asked', node: dst })
    let frozenAtMs = timers.now()
    let intent: Intent
    let why: { code: TravelRefusal; message: string } | undefined
    try {
      await begin(trip)
      await offer({
        trip,
        home,
        name: about.name,
        version: host.version,
        bytes: about.bytes,
        memoryMb: about.memoryMb,
      })
      host.told(agentId, { step: 'accepted', node: dst })
      frozenAtMs = timers.now()
      const { cid } = await freeze(trip, home)
      const prepared = await transfer(trip, cid)
      host.told(agentId, { step: 'prepared', node: dst })
      intent = await decided(trip, () => registry.commit(trip, prepared))
    } catch (error) {
      travel.closing.throwIfAborted()
      why = reasonOf(error)
      const { code } = why
      if (rows.get(agentId)?.status === 'offering') {
        // It was never frozen: it goes on, whatever the registry says and when.
        await registry
          .abort(trip, code)
          .catch(() => travel.background('called off', agentId, () => calledOff(trip, code)))
        await stays(trip, why)
        return { ok: false, ...why }
      }
      intent = await calledOff(trip, code)
    }
    await conclude(trip, intent, why)
    if (intent.status === 'committed')
      return { ok: true, node: dst, epoch: trip.epoch + 1, frozenMs: timers.now() - frozenAtMs }
    return { ok: false, ...(why ?? { code: 'expired', message: intent.reason ?? 'The trip was called off.' }) }
  }

  return {
    leave: async (agentId: AgentId, dst: NodeId): Promise<Left> =>
      dst === self
        ? { ok: false, code: 'stale', message: 'It is at that node already.' }
        : inTurn(agentId, () => go(agentId, dst)),
    /** A trip that a crash broke off: it is called off, unless it was committed already. */
    recover: (row: RowOf<'offering' | 'frozen'>): Promise<void> =>
      inTurn(row.agentId, async () => {
        const trip = { mid: row.mid, agentId: row.agentId, epoch: row.epoch, src: self, dst: row.peer }
        const why = { code: 'failed', message: 'This node was restarted on the way.' } as const
        if (row.status === 'offering') {
          travel.background('called off', row.agentId, () => calledOff(trip, 'restarted'))
          await stays(trip, why)
        } else await conclude(trip, await calledOff(trip, 'restarted'), why)
      }),
    /** After a crash: what was left over of one that has gone. */
    async tidy({ agentId, moved, sent }: RowOf<'moved'>): Promise<void> {
      await host.leave(agentId, moved)
      if (sent) travel.background('let go of', agentId, () => released(agentId, moved.node, sent))
    },
  }
}
