/** Who may send how much, and who may send nothing. */
import type { WireError } from '../errors.ts'
import type { Caller, Served } from '../types.ts'

/** A caller with where it comes from: an IP address, or the relay it comes through. */
export type Known = Caller & { readonly address?: string }

export type OffenceKind = 'malformed' | 'replay' | 'flood'
/** `node:<id>`, `owner:<hex>` or `address:<ip>`. */
export type BanSubject = `${'node' | 'owner' | 'address'}:${string}`
export type Ban = {
  readonly subject: BanSubject
  /** A stable word: `malformed`, `replay`, `flood`, or `operator`. */
  readonly reason: string
  /** What was seen, for the operator. */
  readonly detail: string
  readonly sinceMs: number
  readonly untilMs: number
  /** How often this subject was banned, this time included. */
  readonly times: number
}

export type BanStore = {
  /** Those that hold, and those that ended since. */
  list(sinceMs: number): Promise<readonly Ban[]>
  put(ban: Ban): Promise<void>
  remove(subject: BanSubject): Promise<void>
}

/** What one node has used, for the operator. */
export type PeerUse = {
  readonly node: string
  readonly requests: number
  readonly refused: number
  readonly bytes: number
  readonly offences: Readonly<Partial<Record<OffenceKind, number>>>
  /** Of the last refusal. */
  readonly lastRefusal?: string
  /** Of each protocol it has used: requests it may still make, of how many. */
  readonly shares: readonly {
    readonly protocol: string
    readonly minute: Level
    readonly hour: Level
  }[]
  /** Bytes it may still send this minute. */
  readonly bytesLeft: Level
}
export type Level = { readonly left: number; readonly of: number }

export type Admission = {
  /** Counts one request; why it is not answered, if it is not. */
  refusal(from: Known, served: Served, bytes: number): WireError | undefined
  /** Counts bytes of a stream, and waits while there are too many of them. */
  passage(from: Known, bytes: number): Promise<void>
  offence(from: Known, kind: OffenceKind, detail: string): void
  banned(who: { readonly node?: string; readonly owner?: string; readonly address?: string }): Ban | undefined
  ban(subject: BanSubject, reason: string, detail: string, forMs?: number): Promise<Ban>
  unban(subject: BanSubject): Promise<boolean>
  bans(): readonly Ban[]
  uses(): readonly PeerUse[]
  /** Told of each new ban, so that links can be cut. */
  onBan(listener: (ban: Ban) => void): () => void
}
