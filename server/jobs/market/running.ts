/** What a buyer keeps of a job while it is under way. */
import type { NodeId } from '../../link/types.ts'
import type { JobRecord, PartState } from '../types.ts'

export type Running = {
  readonly job: JobRecord
  readonly stop: AbortController
  readonly bytes: Map<PartState, Uint8Array>
  /** Canaries under way: the job does not wait for them, its settling does. */
  readonly aside: Promise<void>[]
}
/** A vote that is waited for. */
export type Waiting = {
  readonly node: NodeId
  readonly part: PartState
  readonly job: JobRecord
  heardMs: number
  readonly committed: (commitment: string, signature?: string) => void
  readonly lost: (reason: string) => void
}
