/** Mute, kick, ban, report and block: who may is decided here, from the roles in storage, and every act is in the audit log. */

import type { Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import * as limits from '../limits.ts'
import { isVisitor, type PlayerId } from '../protocol/ids.ts'
import { type Act, requireAuthority } from './authority.ts'
import { AccountError } from './errors.ts'
import { type ModerationCache, sanctionOf } from './moderation-cache.ts'
import type { Note, Record } from './record.ts'
import { cleanTalk, nameProblem } from './talk-filter.ts'
import type { Throttle } from './throttle.ts'
import type { AccountOperations, AccountStore, Moderation, PersonRow, SanctionRow, StandingChange } from './types.ts'

export type ModerationDeps = {
  readonly store: AccountStore
  readonly clock: Clock
  readonly record: Record
  readonly cache: ModerationCache
  readonly throttle: Throttle
  /** Sessions that have just ended. */
  readonly forget: (player: PlayerId) => void
  readonly changed: (player: PlayerId, change: StandingChange) => void
}

export function createModeration({
  store,
  clock,
  record,
  cache,
  throttle,
  forget,
  changed,
}: ModerationDeps): Moderation {
  async function sanction(
    kind: 'mute' | 'ban',
    target: PlayerId,
    by: PlayerId,
    reason: string,
    forMs?: number,
  ): Promise<SanctionRow> {
    const nowMs = clock.now()
    const row: SanctionRow = {
      id: newId('sanction', nowMs),
      playerId: target,
      kind,
      reason: reason.slice(0, limits.REASON_MAX_CHARS),
      by,
      fromMs: nowMs,
      ...(forMs !== undefined && { untilMs: nowMs + Math.max(0, Math.floor(forMs)) }),
    }
    await record(async (operations, note) => {
      await authorised(operations, by, kind, target)
      await operations.addSanction(row)
      if (kind === 'ban') await operations.revokeSessionsOf(target, 'banned', nowMs)
      note({
        actor: by,
        action: `moderation.${kind}`,
        subject: target,
        details: { reason: row.reason, untilMs: row.untilMs ?? null },
      })
    })
    await cache.reloadSanctions(target)
    return row
  }

  return {
    sanctions: async (id) => (await store.sanctionsInForce(clock.now(), id)).map(sanctionOf),
    isMuted: (id) => cache.inForce(id, 'mute'),
    isBlocked: cache.isBlocked,
    async mute(target, by, reason, forMs) {
      const row = await sanction('mute', target, by, reason, forMs)
      changed(target, { sanction: sanctionOf(row) })
    },
    async ban(target, by, reason, forMs) {
      const row = await sanction('ban', target, by, reason, forMs)
      forget(target)
      changed(target, { kick: row.reason, sanction: sanctionOf(row) })
    },
    async lift(target, by, kind) {
      await record(async (operations, note) => {
        await authorised(operations, by, 'lift', target)
        if ((await operations.liftSanctions(target, kind, by, clock.now())) === 0) return
        note({ actor: by, action: 'moderation.lift', subject: target, details: { kind } })
      })
      await cache.reloadSanctions(target)
    },
    async kick(target, by, reason) {
      const told = reason.slice(0, limits.REASON_MAX_CHARS)
      await record(async (operations, note) => {
        await authorised(operations, by, 'kick', target)
        note({ actor: by, action: 'moderation.kick', subject: target, details: { reason: told } })
      })
      changed(target, { kick: told })
    },
    async block(by, target, on) {
      await record(async (operations, note) => setBlock(operations, note, by, target, on, clock.now()))
      await cache.reloadBlocks(by)
    },
    async report(by, target, text, context) {
      const nowMs = clock.now()
      await throttle.report(by)
      const id = newId('report', nowMs)
      const cut = (line: string) => line.slice(0, limits.REPORT_TEXT_MAX_CHARS)
      await record(async (operations, note) => {
        await person(operations, by)
        if (target !== undefined) await anybody(operations, target)
        const kept = context.slice(-limits.REPORT_CONTEXT_MAX_LINES).map(cut)
        await operations.addReport({
          id,
          by,
          ...(target !== undefined && { target }),
          text: cut(text),
          context: kept,
          atMs: nowMs,
        })
        note({ actor: by, action: 'moderation.report', subject: target ?? id, details: { report: id } })
      })
      return id
    },
    async reports(state, after, by) {
      if (by !== undefined) requireAuthority(await store.person(by), 'reports')
      const rows = await store.reports(state, after, limits.REPORTS_PAGE)
      return rows.map(({ id, by, target, text, context, atMs }) => ({ id, by, target, text, context, atMs }))
    },
    async closeReport(id, by, note) {
      const words = note.slice(0, limits.REASON_MAX_CHARS)
      await record(async (operations, audit) => {
        requireAuthority(await operations.person(by), 'reports')
        if (!(await operations.report(id))) throw new AccountError('no_such_report')
        if (!(await operations.closeReport(id, by, words, clock.now()))) return
        audit({ actor: by, action: 'moderation.report_closed', subject: id, details: { note: words } })
      })
    },
    cleanTalk,
    nameProblem,
  }
}

async function person(operations: AccountOperations, id: PlayerId): Promise<PersonRow> {
  const found = await operations.person(id)
  if (!found) throw new AccountError('no_such_person')
  return found
}

/** Visitors from other nodes have no account, and no rank; their ids are theirs on every visit. */
const anybody = async (operations: AccountOperations, id: PlayerId): Promise<Pick<PersonRow, 'id' | 'roles'>> =>
  isVisitor(id) ? { id, roles: [] } : person(operations, id)

/** Who may not do it at all does not learn whether the target exists. */
async function authorised(operations: AccountOperations, by: PlayerId, act: Act, target: PlayerId): Promise<void> {
  const actor = await operations.person(by)
  requireAuthority(actor, act)
  requireAuthority(actor, act, await anybody(operations, target))
}

async function setBlock(
  operations: AccountOperations,
  note: Note,
  by: PlayerId,
  target: PlayerId,
  on: boolean,
  atMs: number,
): Promise<void> {
  if (by === target) throw new AccountError('forbidden')
  await person(operations, by)
  await anybody(operations, target)
  const blocks = await operations.blocks(by)
  if (blocks.some((block) => block.target === target) === on) return
  if (on && blocks.length >= limits.BLOCKS_MAX)
    throw new AccountError('too_many_blocks', { params: { max: limits.BLOCKS_MAX } })
  await operations.setBlock({ by, target, atMs }, on)
  note({ actor: by, action: on ? 'moderation.block' : 'moderation.unblock', subject: target })
}
