/** The transparency log over the ledger's entries, and what it is made of. Rules M1… in ../SPEC.md, files and frames in FORMAT.md. */
import type { Evidence } from '../../protocol/tlog/evidence.ts'
import type { Hash } from '../../protocol/tlog/merkle.ts'
import type { Policy } from '../../protocol/tlog/policy.ts'
import type { ReceiptFile, ReceiptMemo } from '../../protocol/tlog/receipt.ts'

/** What the ledger has committed, in order and without a gap. */
export type EntrySource = {
  /** Canonical bytes from an index on; fewer than `limit` only at the end. */
  read(fromIndex: number, limit: number): Promise<readonly Uint8Array[]>
  /** Called after each commit of this process. */
  onCommitted(listener: () => void): () => void
}

export type StoredTile = { readonly level: number; readonly index: number; readonly hashes: Uint8Array }
export type StoredBundle = { readonly index: number; readonly entries: Uint8Array }
/** What an append leaves behind: tiles and bundles as they are now, whole or grown. */
export type LogChange = {
  readonly size: number
  readonly tiles: readonly StoredTile[]
  readonly bundles: readonly StoredBundle[]
}
export type LogStanding = {
  readonly size: number
  /** Of the last signature; empty before the first. */
  readonly origin: string
  readonly signed: string
  readonly cosigned: string
  /** Key, witnesses and quorum as the signer told them with it, JSON; empty before the first. */
  readonly policy: string
}
/** What the signer publishes. `epoch` is that of its lease. */
export type Published = {
  readonly origin: string
  readonly note: string
  readonly policy: string
  readonly epoch: number
}

/** Where tiles and bundles are kept. */
export type LogStore = {
  standing(): Promise<LogStanding>
  /** All or nothing; false when the log has another size by now, and then nothing is kept. */
  append(expectedSize: number, change: LogChange): Promise<boolean>
  /** The tile as far as it goes; undefined where there is none. */
  tile(level: number, index: number): Promise<Uint8Array | undefined>
  bundle(index: number): Promise<Uint8Array | undefined>
  /**
   * Takes the lease of the signer, or makes it longer: the epoch, which grows with each change of hands, or undefined while another
   * process has it. `exclusive`: nobody else can have the database open.
   */
  lead(holder: string, leaseMs: number, exclusive: boolean): Promise<number | undefined>
  /** The next may take it at once. */
  resign(holder: string): Promise<void>
  /** False when the lease has changed hands since, and then nothing is kept. */
  setSigned(published: Published): Promise<boolean>
  setCosigned(published: Published): Promise<boolean>
}

export type WitnessedHead = {
  readonly origin: string
  readonly size: number
  readonly note: string
  readonly atMs: number
}
export type WitnessStore = {
  head(origin: string): Promise<WitnessedHead | undefined>
  /** Compare-and-set: false when another head than `expected` stands by now. */
  replace(expected: WitnessedHead | undefined, next: WitnessedHead): Promise<boolean>
  count(): Promise<number>
}

export type FoundEvidence = {
  readonly id: string
  readonly origin: string
  readonly evidence: Evidence
  readonly atMs: number
}
export type EvidenceStore = {
  /** False when it was known. */
  add(found: FoundEvidence): Promise<boolean>
  /** Newest first. */
  list(limit: number): Promise<readonly FoundEvidence[]>
}

/** Why the log signs nothing and nothing may be posted. */
export type LogStop = {
  readonly code: 'log_rolled_back' | 'log_diverged' | 'log_guard_missing' | 'log_forked'
  /** In words for whoever runs the node: the cause, and the way out. */
  readonly message: string
}
export type LogState = { readonly state: 'running' } | ({ readonly state: 'stopped' } & LogStop)

/** What the log says of itself now. */
export type LogStatus = {
  readonly origin: string
  readonly state: LogState['state']
  readonly why?: LogStop
  /** Leaves stored, and leaves under the last signature. */
  readonly size: number
  readonly signedSize: number
  readonly cosignedSize: number
  readonly signedAtMs?: number
  /** Whether this process signs, or another one on the same database. */
  readonly signs: 'here' | 'elsewhere'
  readonly policy: Policy
  readonly evidence: number
}

export type Proof = {
  readonly index: number
  readonly size: number
  readonly leaf: Hash
  readonly hashes: readonly Hash[]
  readonly checkpoint: string
}

/** The log as the rest of the node sees it. */
export type TransparencyLog = {
  status(): LogStatus
  /** Whether the ledger may post; for health, and for those who ask before. */
  mayPost(): { readonly ok: true } | ({ readonly ok: false } & LogStop)
  /** Hears the one change there is: from running to stopped. At once when it has happened already. */
  onStop(listener: (stop: LogStop) => void): () => void
  /** Hears each checkpoint that is published. */
  onCheckpoint(listener: (note: string) => void): () => void
  /** The last published: cosigned where enough witnesses did; undefined before the first. */
  checkpoint(): string | undefined
  policy(): Policy
  /** Exactly `width` hashes or entries, of 256 at most; undefined where the published tree has not so many. */
  tile(level: number, index: number, width: number): Promise<Uint8Array | undefined>
  bundle(index: number, width: number): Promise<Uint8Array | undefined>
  /** Into the last checkpoint, or undefined when it does not hold that entry yet. */
  prove(index: number): Promise<Proof | undefined>
  /** Undefined when one of the sizes is not of the published tree. */
  proveConsistency(oldSize: number, newSize: number): Promise<readonly Hash[] | undefined>
  /** Waits for a checkpoint that holds the entry, and for its witnesses, up to two seconds; undefined when none came. */
  receipt(index: number, memo?: ReceiptMemo): Promise<ReceiptFile | undefined>
  evidence(): Promise<readonly FoundEvidence[]>
  [Symbol.asyncDispose](): Promise<void>
}

export type LogLog = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** The HTTP end of the witness: `body` is undefined when it was no text. */
export type HttpWitness = {
  addCheckpoint(
    body: string | undefined,
  ): Promise<{ readonly status: number; readonly type: string; readonly text: string }>
}
