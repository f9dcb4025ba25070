/** A person's word for one call of a tool: asked for, given or refused, used once, or too late. */

import type { Clock } from '../../lib/clock.ts'
import { newId } from '../../lib/ids.ts'
import { APPROVAL_TTL_MS, APPROVALS_PENDING_MAX } from '../../limits.ts'
import type { PlayerId } from '../../protocol/ids.ts'
import type { Approval, ApprovalStore } from './types.ts'

/** Keys in order, so that the same arguments are the same text. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )

export type Wanted = {
  readonly player: PlayerId
  readonly dialogue: string
  readonly tool: string
  readonly args: object
}

export function createApprovals({ store, clock }: { store: ApprovalStore; clock: Clock }) {
  return {
    /** Undefined when too many already wait for this person. */
    async ask({ player, dialogue, tool, args }: Wanted, shown: string): Promise<Approval | undefined> {
      const now = clock.now()
      if ((await store.pending(player, now)).length >= APPROVALS_PENDING_MAX) return undefined
      const approval: Approval = {
        id: newId('approval', now),
        player,
        dialogue,
        tool,
        args: canonical(args),
        shown,
        status: 'pending',
        createdAtMs: now,
        expiresAtMs: now + APPROVAL_TTL_MS,
      }
      await store.add(approval)
      return approval
    },
    /** From any device of that person; false when it is not theirs, decided already, or too late. */
    decide: (id: string, player: PlayerId, isApproved: boolean) =>
      store.decide(id, player, isApproved ? 'approved' : 'denied', clock.now()),
    pending: (player: PlayerId) => store.pending(player, clock.now()),
    find: (id: string) => store.find(id),
    /** Runs `act` if this is the one use of the approval; undefined when it is not to be had. What fails afterwards stays used. */
    async run<T>(
      id: string,
      { player, tool, args }: Omit<Wanted, 'dialogue'>,
      act: () => Promise<T>,
    ): Promise<{ readonly value: T } | undefined> {
      if (!(await store.use({ id, player, tool, args: canonical(args) }, clock.now()))) return undefined
      return { value: await act() }
    },
  }
}
export type Approvals = ReturnType<typeof createApprovals>
