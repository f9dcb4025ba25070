/** Who this node is on the market. */
import type { AccountId } from '../../ledger/types.ts'
import type { NodeId, OwnerId } from '../../link/types.ts'

export type Identity = {
  readonly node: NodeId
  readonly owner: OwnerId
  /** Where earnings go. */
  readonly account: AccountId
  /** Signs a commitment with the node's key, hex. */
  readonly sign?: (commitment: string) => string
}
export type MarketLog = {
  debug(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
