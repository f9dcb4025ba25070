/** Agents of this node that are away: where they are, their checkpoints, and having them back when their host is dead. */
import {
  TRAVELLER_WATCH_EVERY_MS,
  TRIP_BUNDLE_MAX_BYTES,
  TRIP_LONG_POLL_MS,
  TRIP_REQUEST_TIMEOUT_MS,
  TRIP_SILENCES_MAX,
  TRIP_STATE_TIMEOUT_MS,
} from '../limits.ts'
import type { NodeId } from '../link/types.ts'
import type { AgentId } from '../protocol/ids.ts'
import { MIGRATE_PROTOCOL, type TravelAnswer, type TravelRequest, travelAnswer } from './frames.ts'
import { checkpointPin, pauseMs, type Travel } from './parts.ts'
import { isFinal } from './registry-client.ts'
import type { Checkpoint, RowOf } from './rows.ts'
import type { Left, Ownership } from './types.ts'

export function createHomeward(travel: Travel, leave: (agentId: AgentId, dst: NodeId) => Promise<Left>) {
  const { self, registry, rows, bundles, host, timers, inTurn, closing } = travel

  const traveller = (agentId: AgentId): RowOf<'moved'> | undefined => {
    const row = rows.get(agentId)
    return row?.status === 'moved' && row.home === self ? row : undefined
  }

  async function look(agentId: AgentId): Promise<void> {
    if (!traveller(agentId)) return
    const now = await registry.where(agentId)
    if (now) await inTurn(agentId, () => act(agentId, now))
  }

  async function act(agentId: AgentId, now: Ownership & { readonly hostIsDead: boolean }): Promise<void> {
    const row = traveller(agentId)
    if (!row || now.epoch < row.moved.epoch) return
    if (now.owner === self) return back(row, now.epoch)
    if (now.hostIsDead && row.checkpoint) {
      const mine = await registry.reclaim(agentId, now.epoch).catch((error: unknown) => {
        if (isFinal(error)) return undefined
        throw error
      })
      if (mine) return back(row, mine.epoch)
    } else if (now.epoch !== row.moved.epoch) await rows.put({ ...row, moved: { node: now.owner, epoch: now.epoch } })
  }

  /** It is this node's again, and goes on from what is kept of it. */
  async function back(row: RowOf<'moved'>, epoch: number): Promise<void> {
    const { agentId, checkpoint, moved } = row
    const bytes = checkpoint && (await bundles.get(checkpoint.cid))
    if (!checkpoint || !bytes) {
      travel.log.warn({ agent: agentId }, 'an agent is given back and no checkpoint of it is here')
      return
    }
    const { tick, atMs } = checkpoint
    await host.activate({ agentId, epoch, home: self, from: moved.node, redone: { tick, atMs } }, bytes)
    await rows.put({ agentId, epoch, home: self, status: 'here' })
    await host.thaw(agentId)
    host.told(agentId, { step: 'returned', node: moved.node, epoch, tick, atMs })
    await bundles.unpin(checkpoint.cid, checkpointPin(agentId))
  }

  async function kept(request: Extract<TravelRequest, { type: 'CHECKPOINT' }>, by: NodeId): Promise<TravelAnswer> {
    const { agentId, epoch, cid, tick, last } = request
    const row = traveller(agentId)
    const isNow = row && row.moved.epoch === epoch && row.moved.node === by
    const owner = row && !isNow ? await registry.where(agentId) : undefined
    if (!row || (!isNow && (owner?.owner !== by || owner.epoch !== epoch)))
      return { type: 'REJECT', reason: 'stale', text: 'It is not an agent of this node that lives with you.' }
    const before = row.checkpoint
    const isNewer = tick > (before?.tick ?? -1) || (last === true && tick === before?.tick && cid !== before.cid)
    if (before && before.epoch === epoch && !isNewer) return { type: 'KEPT' }
    await bundles.pull(cid, [by], { pin: checkpointPin(agentId), maxBytes: TRIP_BUNDLE_MAX_BYTES, signal: closing })
    const checkpoint: Checkpoint = { cid, epoch, tick, atMs: timers.now() }
    await rows.put({ ...row, moved: { node: by, epoch }, checkpoint })
    if (before && before.cid !== cid) await bundles.unpin(before.cid, checkpointPin(agentId))
    return { type: 'KEPT' }
  }

  const calls = new Map<AgentId, Promise<Left>>()

  /** A home asks for its guest. The journey goes on when the answer is late, and is not begun twice. */
  async function called(agentId: AgentId, dst: NodeId, by: NodeId): Promise<TravelAnswer> {
    const row = rows.get(agentId)
    if (row?.home !== by) return { type: 'REJECT', reason: 'policy', text: 'Only its home may call it.' }
    if (row.status === 'moved') return { type: 'ACTIVATED', epoch: row.moved.epoch }
    const going = calls.get(agentId) ?? leave(agentId, dst)
    calls.set(agentId, going)
    void going.catch(() => {}).finally(() => calls.delete(agentId))
    const waited = new AbortController()
    const late = timers.sleep(TRIP_LONG_POLL_MS, waited.signal).then(
      () => undefined,
      () => undefined,
    )
    const left = await Promise.race([going, late]).finally(() => waited.abort())
    if (!left) return { type: 'PREPARING' }
    return left.ok
      ? { type: 'ACTIVATED', epoch: left.epoch }
      : { type: 'REJECT', reason: left.code, text: left.message }
  }

  /** Has one that is away sent on, by the node it is at. */
  async function call(agentId: AgentId, dst: NodeId): Promise<Left> {
    const startedMs = timers.now()
    for (let silences = 0; ; ) {
      const row = traveller(agentId)
      if (!row) return { ok: false, code: 'not_here', message: 'It is not away.' }
      try {
        const answer = travelAnswer.parse(
          await travel.wire.request(
            row.moved.node,
            MIGRATE_PROTOCOL.protocol,
            { type: 'CALL', agentId, dst },
            { timeoutMs: TRIP_REQUEST_TIMEOUT_MS, signal: closing },
          ),
        )
        if (answer.type === 'REJECT') return { ok: false, code: answer.reason, message: answer.text }
        if (answer.type === 'ACTIVATED')
          return { ok: true, node: dst, epoch: answer.epoch, frozenMs: timers.now() - startedMs }
      } catch {
        closing.throwIfAborted()
        if (++silences >= TRIP_SILENCES_MAX)
          return { ok: false, code: 'unreachable', message: 'The node it is at does not answer.' }
        await timers.sleep(pauseMs(silences), closing)
      }
    }
  }

  /** For the owner of a guest, through its home. */
  async function stateOf(agentId: AgentId, by: NodeId, logAfter?: number): Promise<TravelAnswer> {
    const row = rows.get(agentId)
    const json = row?.status === 'here' && row.home === by ? await host.state?.(agentId, logAfter) : undefined
    return json === undefined
      ? { type: 'REJECT', reason: 'not_here', text: 'No agent of yours of that name lives here.' }
      : { type: 'STATE', json }
  }

  /** How one that is away is now; undefined when its host does not say in time. */
  async function seen(agentId: AgentId, logAfter?: number): Promise<string | undefined> {
    const row = traveller(agentId)
    if (!row) return undefined
    const options = { timeoutMs: TRIP_STATE_TIMEOUT_MS, signal: closing }
    const answer = await travel.wire
      .request(
        row.moved.node,
        MIGRATE_PROTOCOL.protocol,
        { type: 'STATE', agentId, ...(logAfter !== undefined && { logAfter }) },
        options,
      )
      .then(
        (frame) => travelAnswer.safeParse(frame).data,
        () => undefined,
      )
    return answer?.type === 'STATE' ? answer.json : undefined
  }

  return {
    call,
    called,
    stateOf,
    seen,
    kept: (request: Extract<TravelRequest, { type: 'CHECKPOINT' }>, by: NodeId): Promise<TravelAnswer> =>
      inTurn(request.agentId, () => kept(request, by)),
    /** Until the room closes. */
    async watch(everyMs = TRAVELLER_WATCH_EVERY_MS): Promise<void> {
      for (;;) {
        for (const { agentId } of rows.all())
          await look(agentId).catch((err: unknown) => {
            closing.throwIfAborted()
            travel.log.warn({ err, agent: agentId }, 'an agent that is away could not be looked after')
          })
        await timers.sleep(everyMs, closing)
      }
    },
  }
}
