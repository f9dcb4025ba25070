/** Shards: memory and cores that one node lends another for a part of a model, through llama.cpp's RPC. */
import type { NodeId } from '../../link/types.ts'

/**
 * Why a node lends nothing, or no longer. `build`: other servers than ours; `not_allowed`: its host does not lend to us; `busy`: somebody
 * else has it; `unpaid`: nothing is set aside for it, or an earlier rent is owed; `price`: more than our host said; `ended`: the
 * agreement is no more; `lease`, `idle`, `quota`: why it ended; `no_servers`: nothing was built there; `server`: its rpc-server died;
 * `unreachable`: the link.
 */
export const SHARD_REASONS = [
  'build',
  'not_allowed',
  'busy',
  'unpaid',
  'price',
  'ended',
  'lease',
  'idle',
  'quota',
  'no_servers',
  'server',
  'unreachable',
] as const
export type ShardReason = (typeof SHARD_REASONS)[number]

export class ShardError extends Error {
  readonly reason: ShardReason
  constructor(reason: ShardReason, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.reason = reason
  }
}

/** What a host lends, and to whom. */
export type ShardOffer = {
  readonly memoryMb: number
  readonly threads: number
  readonly priceMicroPerMinute: bigint
  /** Nodes and owners; nobody else, for whoever speaks to an rpc-server can do on this machine what it can. */
  readonly peers: readonly string[]
}

/** A model that is computed on other nodes too. */
export type ShardedModel = {
  readonly id: string
  readonly file: string
  /** Of a file that its host allowed. */
  readonly sha256: string
  /** One or two: with three llama.cpp's RPC comes to a stop (llama.cpp#28487). */
  readonly nodes: readonly NodeId[]
  /** How much of it stays here; the rest is spread by the memory that the nodes lend. */
  readonly localMb: number
  readonly contextTokens: number
  readonly sequences: number
  readonly priceInMicro: bigint
  readonly priceOutMicro: bigint
  /** The most that is paid to one node. */
  readonly maxPriceMicroPerMinute: bigint
}

/** What stands set aside, as whoever it is for sees it. */
export type SetAside = { readonly state?: string; readonly to?: string; readonly amountMicro?: bigint }
/** The ledger that both nodes reach. Ids are made here; `nameOf` is what one is called there. */
export type RentMoney = {
  readonly account: string
  nameOf(id: string): string
  /** False when there is not so much. */
  hold(id: string, to: string, amountMicro: bigint, timeoutMs: number): Promise<boolean>
  /** Pays so much of it, and the rest comes back. Repeatable. */
  settle(id: string, amountMicro: bigint): Promise<void>
  look(name: string): Promise<SetAside>
  /** Gives back what was set aside for this node: on another's ledger its payee alone can. */
  letGo(name: string): Promise<void>
}

export type ShardLog = Record<'info' | 'warn', (fields: object, message: string) => void>
