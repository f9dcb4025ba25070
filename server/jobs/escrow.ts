/** The market's money in the ledger: a pending transfer at agreement, posted with its fee or voided at the verdict. */
import { FEES } from '../ledger/names.ts'
import type { Ledger, LedgerInput, PendingState } from '../ledger/types.ts'
import type { Escrow, Money } from './types.ts'

/** The ledger of this node, or another one's as this node reaches it. */
export type Posts = {
  transfer(
    inputs: readonly LedgerInput[],
  ): Promise<readonly { readonly status: 'created' | 'exists' | 'refused'; readonly reason?: string }[]>
  /** Whether what was set aside under a name is set aside still. */
  pending(name: string): Promise<PendingState | undefined>
}

/** `nameOf`: what an id of ours is called there once it stands. */
export function createEscrow(ledger: Posts, nameOf = (id: string) => id): Escrow {
  return {
    nameOf,
    async hold({ id, from, to, amountMicro, timeoutMs, memo }) {
      const [result] = await ledger.transfer([
        { kind: 'pending', id, from, to, amountMicro, timeoutMs, memo, code: 'job' },
      ])
      if (result!.status === 'created') return 'held'
      if (result!.status === 'exists') return (await ledger.pending(nameOf(id))) === 'open' ? 'held' : 'refused'
      return result!.reason === 'insufficient_funds' ? 'insufficient_funds' : 'refused'
    },
    async settle({ id, holdId, amountMicro, fee, memo }) {
      if (amountMicro === 0n) {
        const [result] = await ledger.transfer([{ kind: 'void', id, pendingId: nameOf(holdId), memo }])
        return isSettled(result!) ? 'settled' : 'gone'
      }
      // What is left of the hold goes back in the same chain, and the fee is out of it.
      const post = { kind: 'post', id, pendingId: nameOf(holdId), amountMicro, memo } as const
      const results = await ledger.transfer(
        fee
          ? [
              { ...post, linked: true },
              { ...fee, to: FEES, code: 'fee', memo },
            ]
          : [post],
      )
      return results.every(isSettled) ? 'settled' : 'gone'
    },
  }
}

/** A void of what was never set aside, or has gone back by itself, is as good as done. */
const isSettled = (result: { readonly status: string }): boolean => result.status !== 'refused'

/** What is set aside for this node on its own ledger. */
export const createMoney = (ledger: Pick<Ledger, 'transfer' | 'find' | 'pending'>): Money => ({
  async setAside(hold) {
    const [entry, state] = await Promise.all([ledger.find(hold), ledger.pending(hold)])
    return entry && state ? { state, to: entry.to, amountMicro: entry.amountMicro } : {}
  },
  letGo: (id, hold) => ledger.transfer([{ kind: 'void', id, pendingId: hold }]),
})
