/**
 * The audit log: append-only, each entry carrying the hash of the one before, so that no entry can be altered, removed
 * or put in between without everything after it telling. (Entries cut off at the end show only against a copy.)
 */
import { createHash } from 'node:crypto'
import type { Clock } from '../lib/clock.ts'
import { AUDIT_PAGE } from '../limits.ts'
import type { Params, PlayerId } from '../protocol/ids.ts'
import { canonicalJson } from './canonical.ts'
import type { AccountOperations, Audit, AuditRow } from './types.ts'

const AUDIT_ACTIONS = [
  'guest.made',
  'person.registered',
  'person.upgraded',
  'person.renamed',
  'sign_in.ok',
  'sign_in.failed',
  'sign_in.locked',
  'sign_in.banned',
  'session.ended',
  'refresh.reused',
  'password.changed',
  'password.reset',
  'roles.changed',
  'moderation.mute',
  'moderation.ban',
  'moderation.lift',
  'moderation.kick',
  'moderation.block',
  'moderation.unblock',
  'moderation.report',
  'moderation.report_closed',
] as const
type AuditAction = (typeof AUDIT_ACTIONS)[number]

/** `details` never holds a secret, a password, a token or a whole address. */
export type AuditDraft = {
  readonly actor: PlayerId | 'node' | 'nobody'
  readonly action: AuditAction
  readonly subject: string
  readonly details?: Params
}

const AUDIT_START_HASH = '0'.repeat(64)

/** Appends in the caller's transaction, as its last step; the entry's hash. */
export async function appendAudit(operations: AccountOperations, draft: AuditDraft, clock: Clock): Promise<string> {
  const head = await operations.lockAuditHead()
  const entry = {
    index: head ? head.index + 1 : 0,
    atMs: clock.now(),
    actor: draft.actor,
    action: draft.action,
    subject: draft.subject,
    details: canonicalJson(draft.details ?? {}),
    prevHash: head?.hash ?? AUDIT_START_HASH,
  }
  const hash = hashOf(entry)
  await operations.addAudit({ ...entry, hash })
  return hash
}

/** SHA-256 over the previous hash and the entry's canonical JSON. */
function hashOf({ index, atMs, actor, action, subject, details, prevHash }: Omit<AuditRow, 'hash'>): string {
  const body = canonicalJson({ index, atMs, actor, action, subject, details })
  return createHash('sha256').update(prevHash).update('\n').update(body).digest('hex')
}

export function createAudit(store: Pick<AccountOperations, 'auditAfter'>): Audit {
  return {
    entries: (afterIndex, limit = AUDIT_PAGE) =>
      store.auditAfter(afterIndex, Math.min(Math.max(limit, 1), AUDIT_PAGE)),
    verify: () => verifyAudit(store),
  }
}

/** Reads page by page, in constant memory, and stops at the first entry that does not follow from those before it. */
export async function verifyAudit(store: Pick<AccountOperations, 'auditAfter'>): ReturnType<Audit['verify']> {
  let index = 0
  let prevHash = AUDIT_START_HASH
  for (;;) {
    const page = await store.auditAfter(index - 1, AUDIT_PAGE)
    for (const entry of page) {
      const problem = problemOf(entry, index, prevHash)
      if (problem) return { entries: index, broken: { index, problem } }
      prevHash = entry.hash
      index++
    }
    if (page.length < AUDIT_PAGE) return { entries: index }
  }
}

function problemOf(entry: AuditRow, index: number, prevHash: string): string | undefined {
  if (entry.index !== index) return `entry ${index} is missing`
  if (entry.prevHash !== prevHash) return `entry ${index} does not carry the hash of the one before it`
  if (entry.hash !== hashOf(entry)) return `entry ${index} has been altered`
  return undefined
}
