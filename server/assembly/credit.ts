/** Credit between owners: promises to pay, and the trust that says how far they go. */
import { createIous } from '../ledger/iou/ious.ts'
import type { Ious } from '../ledger/iou/types.ts'
import { createTrust } from '../ledger/trust/trust.ts'
import type { Trust } from '../ledger/trust/types.ts'
import type { Ledger } from '../ledger/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../ops/log.ts'
import type { Database } from '../storage/database.ts'
import { createIouStore } from '../storage/iou.ts'
import { createTrustStore } from '../storage/trust.ts'

export type Credit = { readonly trust: Trust; readonly ious: Ious; [Symbol.asyncDispose](): Promise<void> }
export type CreditNeeds = {
  readonly database: Database
  readonly ledger: Ledger
  readonly clock: Clock
  readonly log: Log
}

export async function assembleCredit({ database, ledger, clock, log }: CreditNeeds): Promise<Credit> {
  const ious = await createIous({ store: createIouStore(database), ledger, clock, log })
  const trust = createTrust({ store: createTrustStore(database), owed: ious.owed, clock })
  return { trust, ious, [Symbol.asyncDispose]: () => ious[Symbol.asyncDispose]() }
}
