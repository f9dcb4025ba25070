/** Promises to pay at the ledger: redeemed once; what cannot be paid stops the debtor's credit until it is. Rules in ../SPEC.md. */
import type { Clock } from '../../lib/clock.ts'
import { IOU_REPAID_AT_ONCE } from '../../limits.ts'
import type { Ledger, TransferRefusal } from '../types.ts'
import { iouId, openRedemption } from './iou.ts'
import type { Iou, IouRefusal, IouResult, IouStore, Ious, OwnerId } from './types.ts'

export type IouParts = {
  readonly store: IouStore
  readonly ledger: Pick<Ledger, 'transfer' | 'onCommitted'>
  readonly clock: Clock
  readonly log: { error(fields: object, message: string): void }
}

const ACCOUNT = 'owner:'

export async function createIous({ store, ledger, clock, log }: IouParts): Promise<Ious> {
  /** Owners with something to repay: what comes in for them is looked at. */
  const debtors = new Set<OwnerId>(await store.debtors())
  let repaying: Promise<void> = Promise.resolve()

  const stopListening = ledger.onCommitted((entries) => {
    for (const debtor of new Set(entries.map(({ to }) => to.slice(ACCOUNT.length))))
      if (debtors.has(debtor))
        repaying = repaying
          .then(() => repay(debtor))
          .then(
            () => {},
            (error: unknown) => log.error({ err: error, debtor }, 'a default could not be repaid; it stays owed'),
          )
  })

  async function pay({ id, debtor, creditor, amountMicro }: Iou): Promise<TransferRefusal | undefined> {
    const [result] = await ledger.transfer([
      { id: `iou:${id}`, from: ACCOUNT + debtor, to: ACCOUNT + creditor, amountMicro, code: 'iou' },
    ])
    return result!.status === 'refused' ? result!.reason : undefined
  }

  /** What stands in the books is ended by what the ledger says of its transfer: after a crash too. */
  async function settle(iou: Iou): Promise<IouResult> {
    const refusal = await pay(iou)
    if (refusal === 'account_frozen') return no('account_frozen')
    const state = refusal === undefined ? 'redeemed' : 'defaulted'
    await store.end(iou.id, ['accepted'], state, clock.now())
    if (refusal !== undefined) debtors.add(iou.debtor)
    return answer((await store.find(iou.id))!)
  }

  async function repay(debtor: OwnerId): Promise<number> {
    let paid = 0
    for (const iou of await store.defaulted(debtor, IOU_REPAID_AT_ONCE)) {
      if ((await pay(iou)) !== undefined) return paid
      await store.end(iou.id, ['defaulted'], 'repaid', clock.now())
      paid += 1
    }
    if ((await store.owed(debtor)) === 0n) debtors.delete(debtor)
    return paid
  }

  return {
    async redeem(handed) {
      const opened = openRedemption(handed)
      if (typeof opened === 'string') return no(opened)
      const { terms, amountMicro } = opened
      const id = iouId(handed.iou)
      const before = await store.find(id)
      if (before) {
        if (before.amountMicro !== amountMicro) return no('already_redeemed')
        return before.state === 'accepted' ? settle(before) : answer(before)
      }
      const nowMs = clock.now()
      if (terms.expiresAtMs <= nowMs) return no('expired')
      const { debtor, creditor, nonce, expiresAtMs } = terms
      const { body, sig } = handed.iou
      const iou: Iou = {
        id,
        debtor,
        creditor,
        amountMicro,
        nonce,
        expiresAtMs,
        state: 'accepted',
        acceptedAtMs: nowMs,
        body,
        sig,
      }
      if (await store.insert(iou)) return settle(iou)
      // Somebody handed it in at the same moment, or its number belongs to another promise.
      const standing = await store.find(id)
      if (!standing) return no('nonce_used')
      return standing.amountMicro === amountMicro ? settle(standing) : no('already_redeemed')
    },
    repay,
    owed: (debtor) => store.owed(debtor),
    find: (id) => store.find(id),
    async [Symbol.asyncDispose]() {
      stopListening()
      await repaying
    },
  }
}

const no = (reason: IouRefusal): IouResult => ({ ok: false, reason })
const answer = (iou: Iou): IouResult => (iou.state === 'defaulted' ? no('defaulted') : { ok: true, iou })
