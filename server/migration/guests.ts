/** Agents of other nodes that live here: their state is sent home now and then, and they rest while this node's lease is in doubt. */
import { GUEST_CHECKPOINT_EVERY_MS, GUEST_FAREWELL_MAX_MS, TRIP_REQUEST_TIMEOUT_MS } from '../limits.ts'
import type { Frame, NodeId } from '../link/types.ts'
import type { AgentId } from '../protocol/ids.ts'
import { MIGRATE_PROTOCOL, travelAnswer } from './frames.ts'
import { checkpointPin, pauseMs, type Travel } from './parts.ts'
import type { Checkpoint, RowOf } from './rows.ts'

export function createGuests(travel: Omit<Travel, 'sendCheckpoint' | 'mayAct' | 'confirm'>) {
  const { self, wire, registry, rows, bundles, host, timers, inTurn, closing } = travel
  let suspended = false

  const guest = (agentId: AgentId): RowOf<'here'> | undefined => {
    const row = rows.get(agentId)
    return row?.status === 'here' && row.home !== self ? row : undefined
  }
  const guests = () => rows.all().filter((row): row is RowOf<'here'> => row.status === 'here' && row.home !== self)

  async function sendCheckpoint(agentId: AgentId, { cid, epoch, tick }: Checkpoint, isLast = false): Promise<void> {
    const row = guest(agentId)
    if (row?.epoch !== epoch) return
    const request: Frame = { type: 'CHECKPOINT', agentId, epoch, cid, tick, ...(isLast && { last: true }) }
    const options = { timeoutMs: TRIP_REQUEST_TIMEOUT_MS, signal: closing }
    travelAnswer.parse(await wire.request(row.home, MIGRATE_PROTOCOL.protocol, request, options))
  }

  /** Its state as it stands, kept here and at its home; the one before is let go when the home has this one. */
  async function checkpoint(agentId: AgentId, isLast = false): Promise<void> {
    const row = guest(agentId)
    if (!row || (suspended && !isLast)) return
    const taken = await host.snapshot(agentId)
    if (!taken || (taken.tick === row.checkpoint?.tick && !isLast)) return
    const cid = await bundles.put('agent', taken.bytes, { pin: checkpointPin(agentId), owner: row.home })
    const next: Checkpoint = { cid, epoch: row.epoch, tick: taken.tick, atMs: timers.now() }
    const before = row.checkpoint
    const isStill = await inTurn(agentId, async () => {
      const now = guest(agentId)
      if (now?.epoch !== row.epoch) return false
      await rows.put({ ...now, checkpoint: next })
      return true
    })
    if (isStill) await sendCheckpoint(agentId, next, isLast)
    if (!isStill) await bundles.unpin(cid, checkpointPin(agentId))
    else if (before && before.cid !== cid) await bundles.unpin(before.cid, checkpointPin(agentId))
  }

  /** Goes on if it is still this node's; else what is here of it ends. Asked until the registry answers. */
  async function confirm(agentId: AgentId): Promise<void> {
    for (let tries = 0; !suspended && guest(agentId); tries++) {
      const found = await registry.where(agentId).then(
        (owner) => ({ owner }),
        () => undefined,
      )
      if (found) return inTurn(agentId, () => confirmed(agentId, found.owner?.owner, found.owner?.epoch))
      await timers.sleep(pauseMs(tries), closing)
    }
  }

  async function confirmed(agentId: AgentId, owner: string | undefined, epoch: number | undefined): Promise<void> {
    const row = guest(agentId)
    if (!row || suspended) return
    if (owner === self && epoch === row.epoch) {
      await host.thaw(agentId)
      host.told(agentId, { step: 'resumed' })
      return
    }
    await host.drop(agentId)
    await rows.remove(agentId)
    if (row.checkpoint) await bundles.unpin(row.checkpoint.cid, checkpointPin(agentId))
  }

  return {
    mayAct: (home: NodeId): boolean => home === self || !suspended,
    confirm,
    sendCheckpoint,
    /** Until the room closes. */
    async keepCheckpoints(everyMs = GUEST_CHECKPOINT_EVERY_MS): Promise<void> {
      for (;;) {
        await timers.sleep(everyMs, closing)
        for (const { agentId } of guests())
          await checkpoint(agentId).catch((err: unknown) => {
            closing.throwIfAborted()
            travel.log.warn({ err, agent: agentId }, "a guest's checkpoint could not be sent home")
          })
      }
    },
    /** This node's lease has ended as far as it knows: its guests may have been given back. */
    async suspend(): Promise<void> {
      suspended = true
      const active = rows
        .all()
        .filter(({ status, home }) => home !== self && (status === 'here' || status === 'offering'))
      await Promise.all(
        active.map(async ({ agentId }) => {
          await host.freeze(agentId)
          host.told(agentId, { step: 'suspended' })
        }),
      )
    },
    /** The node is stopped: guests rest, and what they are now goes home, so that nothing is done again there. In bounded time. */
    async farewell(maxMs = GUEST_FAREWELL_MAX_MS): Promise<void> {
      suspended = true
      const waited = new AbortController()
      const all = Promise.all(
        guests().map(async ({ agentId }) => {
          await host.freeze(agentId)
          host.told(agentId, { step: 'suspended' })
          await checkpoint(agentId, true).catch((err: unknown) => {
            if (!waited.signal.aborted)
              travel.log.warn({ err, agent: agentId }, "a guest's last checkpoint could not be sent home")
          })
        }),
      )
      const late = timers.sleep(maxMs, waited.signal).catch(() => {})
      await Promise.race([all, late]).finally(() => waited.abort())
    },
    /** It has a lease again. */
    resume(): void {
      suspended = false
      for (const { agentId } of guests()) travel.background('taken up again', agentId, () => confirm(agentId))
    },
  }
}
