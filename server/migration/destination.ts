/** The side that an agent comes to. It pulls, verifies, loads without letting it act, and acts only on the registry's word. */
import { sign } from '../lib/signed.ts'
import { TRIP_BUNDLE_MAX_BYTES, TRIP_LONG_POLL_MS } from '../limits.ts'
import type { NodeId } from '../link/types.ts'
import type { AgentId } from '../protocol/ids.ts'
import type { TravelAnswer, TravelRequest } from './frames.ts'
import { checkpointPin, pauseMs, type Travel, tripPin } from './parts.ts'
import { isFinal } from './registry-client.ts'
import type { RowOf } from './rows.ts'
import type { Arrival, Intent, Offer, TravelRefusal, Trip, TripId } from './types.ts'

type Coming = RowOf<'accepted' | 'prepared'>
const reject = (reason: TravelRefusal, text: string): TravelAnswer => ({
  type: 'REJECT',
  reason,
  text: text.slice(0, 500),
})

export function createDestination(travel: Travel) {
  const { self, registry, rows, bundles, host, timers, inTurn } = travel
  const preparing = new Map<TripId, Promise<TravelAnswer>>()
  const watched = new Set<TripId>()

  const coming = (agentId: AgentId, mid: TripId): Coming | undefined => {
    const row = rows.get(agentId)
    return row && (row.status === 'accepted' || row.status === 'prepared') && row.mid === mid ? row : undefined
  }

  const tripOf = (row: Coming): Trip => ({
    mid: row.mid,
    agentId: row.agentId,
    epoch: row.epoch,
    src: row.peer,
    dst: self,
  })

  /** Whether the registry knows of this trip, as it was told here, and has not ended it. */
  async function isOpen(trip: Trip): Promise<boolean> {
    const known = await registry.status(trip.mid)
    const { agentId, epoch, src } = trip
    return known?.status === 'open' && known.agentId === agentId && known.epoch === epoch && known.src === src
  }

  async function offered(offer: Offer): Promise<TravelAnswer> {
    const { trip, home } = offer
    const { agentId, epoch, mid } = trip
    if (coming(agentId, mid)) return { type: 'ACCEPT' }
    const row = rows.get(agentId)
    if (row && row.status !== 'moved' && row.epoch >= epoch)
      return reject('stale', 'This node has it at that epoch or a later one.')
    if (!travel.mayAct(home)) return reject('no_lease', 'This node cannot be sure of its lease just now.')
    if (!(await isOpen(trip))) return reject('expired', 'The registry knows of no such trip.')
    const refused = await host.refusal(offer)
    if (refused) return reject(refused.code, refused.message)
    const before =
      row?.status === 'moved'
        ? { moved: row.moved, ...(row.checkpoint && { checkpoint: row.checkpoint }) }
        : undefined
    await rows.put({ agentId, epoch, home, mid, peer: trip.src, status: 'accepted', ...(before && { before }) })
    watch(agentId, mid)
    return { type: 'ACCEPT' }
  }

  function prepared({ agentId, mid, epoch, cid, stateHash }: RowOf<'prepared'>): TravelAnswer {
    return {
      type: 'PREPARED',
      cid,
      stateHash,
      signed: sign('prepared', { mid, agentId, epoch, cid, stateHash }, travel.key),
    }
  }

  async function prepare(row: RowOf<'accepted'>, cid: string): Promise<TravelAnswer> {
    const { agentId, mid, peer, home } = row
    let stateHash: string
    try {
      const bytes = await bundles.pull(cid, [peer], {
        pin: tripPin(mid),
        owner: home,
        maxBytes: TRIP_BUNDLE_MAX_BYTES,
        signal: travel.closing,
      })
      stateHash = await host.dryLoad({ trip: tripOf(row), home }, bytes)
    } catch (error) {
      travel.closing.throwIfAborted()
      const { code = 'failed', message } = error as { readonly code?: string; readonly message: string }
      return reject(
        code.endsWith('quota') || code === 'too_large' ? 'capacity' : code === 'version' ? 'version' : 'failed',
        message,
      )
    }
    return inTurn(agentId, async () => {
      if (!coming(agentId, mid)) return reject('expired', 'The trip is over.')
      const next: RowOf<'prepared'> = { ...row, status: 'prepared', cid, stateHash }
      await rows.put(next)
      return prepared(next)
    })
  }

  /** Begins once; answers within the time of one request, and says when it is still at it. */
  async function transferred(trip: Trip, cid: string): Promise<TravelAnswer> {
    const row = coming(trip.agentId, trip.mid)
    if (!row) return reject('expired', 'This node has not accepted such a trip, or it is over.')
    if (row.status === 'prepared')
      return row.cid === cid ? prepared(row) : reject('failed', 'That is another bundle.')
    let under = preparing.get(trip.mid)
    if (!under) {
      under = prepare(row, cid)
      preparing.set(trip.mid, under)
      void under.catch(() => {}).finally(() => preparing.delete(trip.mid))
    }
    const waited = new AbortController()
    const late = timers.sleep(TRIP_LONG_POLL_MS, waited.signal).then(
      (): TravelAnswer => ({ type: 'PREPARING' }),
      (): TravelAnswer => ({ type: 'PREPARING' }),
    )
    return Promise.race([under, late]).finally(() => waited.abort())
  }

  // --- the registry's word ----------------------------------------------------------------------------------------------

  /** Asks until the trip is decided, then does what was decided. */
  function watch(agentId: AgentId, mid: TripId): void {
    if (watched.has(mid)) return
    watched.add(mid)
    travel.background('taken in', agentId, async () => {
      try {
        for (let tries = 0; coming(agentId, mid); tries++) {
          await timers.sleep(pauseMs(tries), travel.closing)
          const intent = await registry.status(mid).catch((error: unknown) => {
            if (isFinal(error)) throw error
            return 'silent' as const
          })
          if (intent === 'silent' || intent?.status === 'open') continue
          await inTurn(agentId, () => conclude(agentId, mid, intent)).catch((err: unknown) => {
            travel.closing.throwIfAborted()
            travel.log.warn(
              { err, agent: agentId },
              'an agent that has come could not be taken in; it is tried again',
            )
          })
        }
      } finally {
        watched.delete(mid)
      }
    })
  }

  /** One that the registry does not know any more was never committed: of those it keeps an entry for ever. */
  async function conclude(agentId: AgentId, mid: TripId, intent: Intent | undefined): Promise<void> {
    const row = coming(agentId, mid)
    if (!row) return
    if (intent?.status === 'committed' && row.status === 'prepared') await arrived(row)
    else if (!intent || intent.status === 'aborted') await forgotten(row)
  }

  async function arrived(row: RowOf<'prepared'>): Promise<void> {
    const { agentId, home, cid, mid, peer } = row
    const epoch = row.epoch + 1
    const bytes = await bundles.get(cid)
    if (!bytes) throw new Error(`The bundle ${cid} of a prepared agent is gone.`)
    const arrival: Arrival = { agentId, epoch, home, from: peer }
    const checkpoint = home === self ? undefined : { cid, epoch, tick: 0, atMs: timers.now() }
    if (checkpoint) await bundles.pin(cid, checkpointPin(agentId))
    await host.activate(arrival, bytes)
    await rows.put({ agentId, epoch, home, status: 'here', ...(checkpoint && { checkpoint }) })
    // Committed is not for ever: while this node was dead its guest may have been given back.
    if (home === self) await host.thaw(agentId)
    else travel.background('taken up', agentId, () => travel.confirm(agentId))
    host.told(agentId, { step: 'arrived', node: self, epoch })
    await bundles.unpin(cid, tripPin(mid))
    const kept = row.before?.checkpoint
    if (kept && kept.cid !== cid) await bundles.unpin(kept.cid, checkpointPin(agentId))
    if (checkpoint) travel.background('kept at its home', agentId, () => travel.sendCheckpoint(agentId, checkpoint))
  }

  async function forgotten(row: Coming): Promise<void> {
    const { agentId, before, home, mid } = row
    if (before) await rows.put({ agentId, epoch: before.moved.epoch - 1, home, status: 'moved', ...before })
    else await rows.remove(agentId)
    if (row.status === 'prepared') await bundles.unpin(row.cid, tripPin(mid))
  }

  async function activated(agentId: AgentId, mid: TripId): Promise<TravelAnswer> {
    for (let tries = 0; coming(agentId, mid) && tries < 3; tries++) {
      const intent = await registry.status(mid)
      if (intent) await inTurn(agentId, () => conclude(agentId, mid, intent))
    }
    const row = rows.get(agentId)
    return row?.status === 'here' || row?.status === 'moved'
      ? { type: 'ACTIVATED', epoch: row.epoch }
      : reject('expired', 'There is no such trip.')
  }

  return {
    /** Answers the source. Undefined: it is no question for a destination. */
    answer(request: TravelRequest, by: NodeId): Promise<TravelAnswer> | undefined {
      if (request.type === 'ACTIVATE') return activated(request.agentId, request.mid)
      if (request.type !== 'OFFER' && request.type !== 'TRANSFER') return undefined
      const { trip } = request
      if (trip.src !== by || trip.dst !== self)
        return Promise.resolve(reject('policy', 'It is not a trip from you to here.'))
      return request.type === 'OFFER' ? inTurn(trip.agentId, () => offered(request)) : transferred(trip, request.cid)
    },
    recover: (row: Coming): void => watch(row.agentId, row.mid),
  }
}
