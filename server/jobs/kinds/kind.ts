/** What a kind of job is: how its input is read, cut into parts, worked on and put together. A new kind is one file and one line in `index.ts`. */
import type { z } from 'zod'
import type { Bundles } from '../../bundles/types.ts'
import type { JobModels } from '../../inference/types.ts'
import type { NodeId, OwnerId } from '../../link/types.ts'
import type { CompileResult, Sandbox, SourceFiles } from '../../sandbox/types.ts'
import type { Outcome, Privacy, Value } from '../types.ts'

export type Done = { readonly outcome: Outcome; readonly fuel: number }

/** What a part may use that is done beside the node's other work, in processes of its own. */
export type WorkServices = {
  readonly sandbox: Sandbox
  readonly compile: (files: SourceFiles) => Promise<CompileResult>
  readonly bundles?: Bundles
  readonly models?: JobModels
  /** Who asked: whence what is missing can be pulled. */
  readonly buyer: NodeId
  readonly signal: AbortSignal
  readonly progress: (share: number) => void
}

/**
 * `digest`: the same input gives the same bytes everywhere, and workers are compared. `kind`: the kind checks answers itself.
 * `sample`: no two answers are alike; one worker is asked, and the kind looks closely at some of its answers.
 */
export type Verification = 'digest' | 'kind' | 'sample'

export type JobKind<Input = unknown> = {
  readonly name: string
  readonly input: z.ZodType<Input>
  readonly verification: Verification
  /**
   * The parts of the next stage, from the results of the one before; none when there is no more to do. The first stage has no
   * results.
   */
  parts(input: Input, stage: number, results: readonly Value[]): readonly Value[]
  /** The most fuel that a part may take. */
  fuelOf(part: Value): number
  /** What a worker must have for this part: told when offers are asked for, so that only who has it offers. */
  readonly needsOf?: (part: Value) => readonly string[]
  /** Whether this node has it. Absent: it needs nothing. */
  readonly has?: (needs: readonly string[], services: Pick<WorkServices, 'models'>) => boolean
  /** The result, from the results of the last stage. */
  join(input: Input, results: readonly Value[]): Value
  /** Results of single parts can be shown while others are under way. */
  readonly live?: boolean
  /** Works on a part in a process of its own: pure, no clock, no chance, the same bytes everywhere. Throws `PartError`. */
  readonly run?: (part: Value, progress: (share: number) => void) => { readonly value: Value; readonly fuel: number }
  /** Instead of `run`, for what needs services of the node; what it does must not be done on the node's own thread. */
  readonly perform?: (part: Value, services: WorkServices) => Promise<Done>
  /** Where `verification` is not `digest`: what an answer has earned, found out by the buyer. A bare number is a share of the price; 0 for a wrong one. */
  readonly check?: (part: Value, services: CheckServices) => Promise<number | Checked>
  /** After the verdict: the worker lets go of what it kept for this part. */
  readonly release?: (part: Value, services: Pick<WorkServices, 'bundles'>) => Promise<void>
}
/**
 * `confirmed` and `wrong` count for and against the owner; `doubted` is not paid and counts for nothing; `unchecked` is believed on
 * the owner's word and paid when it has passed more checks.
 */
export type Checked = {
  readonly share: number
  readonly finding: 'confirmed' | 'unchecked' | 'doubted' | 'wrong'
  readonly credibility: number
  readonly why: string
  /** It may be asked again later, of others, as one whose answer is known. */
  readonly isKnown?: boolean
}
export type CheckServices = {
  readonly bundles?: Bundles
  readonly models?: JobModels
  readonly answer: Outcome
  /** Whose answer it is. */
  readonly node: NodeId
  readonly owner: OwnerId
  /** Whom the part and the answer may be shown to. */
  readonly privacy: Privacy
  /** It is drawn to be looked at closely. */
  readonly isSampled: boolean
  /** From the agreement to the commitment, by the buyer's clock. */
  readonly tookMs?: number
  /** The answer that the same part had before. */
  readonly known?: Outcome
  readonly isSelf: boolean
  readonly signal: AbortSignal
  readonly progress: (share: number) => void
}

/** The input is wrong in a way that only working on it shows: an answer like any other, the same from every worker. */
export class PartError extends Error {
  readonly code: string
  readonly fuel: number
  constructor(code: string, message: string, fuel = 1) {
    super(message)
    this.code = code
    this.fuel = fuel
  }
}

/** Gives a kind the type of its own input. */
export const kind = <Input>(definition: JobKind<Input>): JobKind => definition as unknown as JobKind
