/**
 * Money of a node whose people's credits are its own affair: other nodes are paid on the initial node's ledger out of its owner's
 * account, and the person pays this node for it on its own ledger. Work done here is paid here alone.
 */
import type { AccountId } from '../../ledger/types.ts'
import { createInTurn } from '../../lib/in-turn.ts'
import { createEscrow } from '../escrow.ts'
import type { Escrow, Hold } from '../types.ts'
import type { DoorClient } from './door-client.ts'

export type AbroadParts = {
  readonly here: Escrow
  readonly door: DoorClient
  /** This node's account on both ledgers. */
  readonly node: AccountId
  /** The account of its owner on the initial node's ledger. */
  readonly owner: AccountId
}

export function createAbroadEscrow({ here, door, node, owner }: AbroadParts): Escrow {
  const pending = async (name: string) => (await door.pending(name)).state
  const there = createEscrow({ transfer: door.submit, pending }, door.nameOf)
  const inTurn = createInTurn<AccountId>()
  /** What was moved to the owner for one hold must not be taken for the next. */
  const holdThere = (asked: Hold) => inTurn(owner, () => holdNow(asked))
  /** Where the owner has not enough, what this node has earned there goes to its owner first. */
  async function holdNow(asked: Hold): ReturnType<Escrow['hold']> {
    const done = await there.hold({ ...asked, from: owner })
    if (done !== 'insufficient_funds') return done
    const id = `${asked.id}:own`
    const [moved] = await door.submit([
      { id, from: node, to: owner, amountMicro: asked.amountMicro, code: 'transfer' },
    ])
    return moved!.status === 'refused' ? done : there.hold({ ...asked, from: owner })
  }

  return {
    nameOf: (holdId, to) => (to === node ? holdId : door.nameOf(holdId)),
    async hold(asked) {
      if (asked.to === node) return here.hold(asked)
      const held = await here.hold({ ...asked, to: node })
      if (held !== 'held') return held
      const done = await holdThere(asked).catch(() => 'refused' as const)
      if (done !== 'held')
        await here.settle({ id: `${asked.id}:back`, holdId: asked.id, to: node, amountMicro: 0n, memo: asked.memo })
      return done
    },
    async settle(asked) {
      if (asked.to === node) return here.settle(asked)
      const { fee, ...bare } = asked
      const done = await there.settle({ ...asked, ...(fee && { fee: { ...fee, from: owner } }) })
      // What the owner has paid there, the fee too, is what this node is paid here.
      const paid = done === 'gone' ? 0n : asked.amountMicro + (fee?.amountMicro ?? 0n)
      await here.settle({ ...bare, to: node, amountMicro: paid })
      return done
    },
  }
}
