/** An agent's way from node to node. One compare-and-set in the registry is the commit point; the rules are in `SPEC.md`. */
import { createInTurn } from '../lib/in-turn.ts'
import type { NodeId } from '../link/types.ts'
import type { AgentId } from '../protocol/ids.ts'
import { createDestination } from './destination.ts'
import { MIGRATE_PROTOCOL, registryRequest, travelRequest } from './frames.ts'
import { createGuests } from './guests.ts'
import { createHomeward } from './homeward.ts'
import type { MigrationParts, Travel } from './parts.ts'
import type { RegistryServer } from './registry.ts'
import { createSource } from './source.ts'
import type { Left } from './types.ts'

export type MigrationOptions = {
  /** The registry itself, where this node keeps it: it answers others too. */
  readonly registry?: RegistryServer
  readonly checkpointEveryMs?: number
  readonly watchEveryMs?: number
}

export type Migration = AsyncDisposable & {
  /** Moves an agent to another node, from here or, one of this node's own, from wherever it is. Resolves when it has left, or stays for good. */
  leave(agentId: AgentId, dst: NodeId): Promise<Left>
  /** Whether an agent that the store has may have turns at this node now. Asked before anything is started. */
  mayRun(agentId: AgentId): boolean
  /** T20: whether what an agent does at that epoch may take effect here: it is this node's own, at that epoch, and not on its way. */
  mayAct(agentId: AgentId, epoch: number): boolean
  /** Where an agent that was here is now. */
  movedTo(agentId: AgentId): { readonly node: NodeId; readonly epoch: number } | undefined
  /** How one of this node's that is away is now, as JSON, and what it has logged there after that line; undefined when its host does not say. */
  seen(agentId: AgentId, logAfter?: number): Promise<string | undefined>
  /** Who owns an agent, by the registry. */
  where(agentId: AgentId): ReturnType<MigrationParts['registry']['where']>
  /** The node an agent belongs to, when that is another. */
  homeOf(agentId: AgentId): NodeId | undefined
  /** Whether a node may have an agent's bundle: the other end of its trip, and its home. */
  mayServe(node: NodeId, cid: string): boolean
  /** After a start: finishes what a crash broke off. `hasLease`: guests may be confirmed at once. */
  recover(hasLease: boolean): Promise<void>
  /** Guests rest from here until `resume`: this node cannot be sure of its lease. */
  suspend(): Promise<void>
  resume(): void
  /** Before the node closes: guests rest and their last state goes home, within some seconds. */
  farewell(): Promise<void>
}

const refused = (code: string, msg: string) => ({ code, msg })

export function createMigration(parts: MigrationParts, options: MigrationOptions = {}): Migration {
  const { wire, rows, log } = parts
  const over = new AbortController()
  const jobs = new Set<Promise<unknown>>()

  function background(what: string, agentId: AgentId, work: () => Promise<unknown>): void {
    const job = work()
      .catch((err: unknown) => {
        if (!over.signal.aborted) log.warn({ err, agent: agentId }, `an agent could not be ${what}`)
      })
      .finally(() => jobs.delete(job))
    jobs.add(job)
  }

  const base: Omit<Travel, 'sendCheckpoint' | 'mayAct' | 'confirm'> = {
    ...parts,
    self: wire.self,
    inTurn: createInTurn<AgentId>(),
    closing: over.signal,
    background,
  }
  const guests = createGuests(base)
  const travel: Travel = {
    ...base,
    sendCheckpoint: guests.sendCheckpoint,
    mayAct: guests.mayAct,
    confirm: guests.confirm,
  }
  const source = createSource(travel)
  const destination = createDestination(travel)
  const homeward = createHomeward(travel, source.leave)

  wire.serve(MIGRATE_PROTOCOL, async (frame, caller) => {
    const asked = travelRequest.safeParse(frame)
    if (asked.success) {
      const request = asked.data
      if (request.type === 'STATE') return homeward.stateOf(request.agentId, caller.node, request.logAfter)
      if (request.type === 'CALL') return homeward.called(request.agentId, request.dst, caller.node)
      return request.type === 'CHECKPOINT'
        ? homeward.kept(request, caller.node)
        : (destination.answer(request, caller.node) ?? refused('E_MALFORMED', 'That is no request.'))
    }
    const question = registryRequest.safeParse(frame)
    if (!question.success) return refused('E_MALFORMED', 'That is no request of the migrate protocol.')
    return options.registry
      ? options.registry(question.data, caller.node)
      : refused('E_UNSUPPORTED', 'This node is not the registry.')
  })

  return {
    leave: (agentId, dst) => {
      const row = rows.get(agentId)
      return row?.status === 'moved' && row.home === wire.self
        ? homeward.call(agentId, dst)
        : source.leave(agentId, dst)
    },
    mayRun(agentId) {
      const row = rows.get(agentId)
      return !row || (row.home === wire.self && (row.status === 'offering' || row.status === 'here'))
    },
    mayAct(agentId, epoch) {
      const row = rows.get(agentId)
      if (!row) return true
      return (row.status === 'here' || row.status === 'offering') && row.epoch === epoch && guests.mayAct(row.home)
    },
    movedTo(agentId) {
      const row = rows.get(agentId)
      return row?.status === 'moved' ? row.moved : undefined
    },
    seen: homeward.seen,
    where: (agentId) => parts.registry.where(agentId),
    homeOf(agentId) {
      const home = rows.get(agentId)?.home
      return home === wire.self ? undefined : home
    },
    mayServe: (node, cid) =>
      rows
        .all()
        .some(
          (row) =>
            (row.status === 'frozen' && row.cid === cid && row.peer === node) ||
            (row.status === 'here' && row.checkpoint?.cid === cid && row.home === node),
        ),
    async recover(hasLease) {
      for (const row of rows.all()) {
        if (row.status === 'offering' || row.status === 'frozen')
          background('brought to an end of its trip', row.agentId, () => source.recover(row))
        else if (row.status === 'accepted' || row.status === 'prepared') destination.recover(row)
        else if (row.status === 'moved') await source.tidy(row)
      }
      if (hasLease) guests.resume()
      else await guests.suspend()
      background('looked after', '', () => homeward.watch(options.watchEveryMs))
      background('kept', '', () => guests.keepCheckpoints(options.checkpointEveryMs))
    },
    suspend: guests.suspend,
    resume: guests.resume,
    farewell: () => guests.farewell(),
    async [Symbol.asyncDispose]() {
      over.abort(new Error('The node is closing.'))
      await Promise.all(jobs)
    },
  }
}
