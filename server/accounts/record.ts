/** A change and its audit entries as one: both happen or neither does. */
import type { Clock } from '../lib/clock.ts'
import { type AuditDraft, appendAudit } from './audit.ts'
import type { AccountOperations, AccountStore } from './types.ts'

export type Note = (draft: AuditDraft) => void
export type Record = <T>(work: (operations: AccountOperations, note: Note) => Promise<T>) => Promise<T>

/** `onAppended` hears the hash of each entry before it is committed. */
export function createRecord(
  { store, clock }: { store: AccountStore; clock: Clock },
  onAppended: (hash: string) => void,
): Record {
  return (work) =>
    store.atomically(async (operations) => {
      const drafts: AuditDraft[] = []
      const result = await work(operations, (draft) => drafts.push(draft))
      for (const draft of drafts) onAppended(await appendAudit(operations, draft, clock))
      return result
    })
}
