/** What can answer a request: a model in a child process, a server upstream, another node. The router knows nothing more of them. */
import type { Signed } from '../lib/signed.ts'
import type { InferError } from './errors.ts'
import type { Finish, InferRequest, Run, ToolCall } from './types.ts'

export type BackendModel = {
  readonly id: string
  /** SHA-256 of the model's file in hex. */
  readonly sha256?: string
  readonly contextTokens?: number
  readonly can: { readonly chat: boolean; readonly embed: boolean }
  /** It can go on from a text that another has begun. */
  readonly resumes: boolean
  /** Micro-credits for a million tokens. */
  readonly priceInMicro: bigint
  readonly priceOutMicro: bigint
  /** As measured or said; a first guess of the router. */
  readonly tokensPerS?: number
}

export type BackendRequest = InferRequest & {
  readonly model: string
  /** The text that has been heard already: the answer goes on after it, and does not repeat it. */
  readonly textSoFar?: string
  /** The asker wants it in one piece: it need not be streamed. */
  readonly whole?: boolean
  /** Whose prompt it is: nothing computed for one tenant is reused for another. */
  readonly tenant: string
}

/** What another node signed that an answer took (`remote/meter.ts`), under the request's id. */
export type SignedMeter = Signed & { readonly id: string }
export type BackendUsage = {
  readonly inTokens: number
  readonly outTokens: number
  readonly ms: number
  readonly receipt?: SignedMeter
}

/** As `InferSink`, with what only the router needs. `tokens` is how many came with the text. */
export type BackendSink = {
  started(info: { readonly sha256?: string; readonly inTokens?: number }): void
  text(text: string, tokens: number): void
  tool(call: ToolCall): void
  end(finish: Finish, usage: BackendUsage): void
  fail(error: InferError): void
}

export type EmbedRequest = { readonly model: string; readonly texts: readonly string[]; readonly tenant: string }
export type Embedded = { readonly vectors: readonly (readonly number[])[]; readonly usage: BackendUsage }

/** How likely a model finds an answer: the mean natural logarithm of its tokens' probabilities, and how many it would have chosen itself. */
export type Score = { readonly meanLogProb: number; readonly firstChoice: number; readonly tokens: number }

export type Backend = {
  /** Unique on this node: `embedded:<sha256>`, `upstream:<name>`, `node:<peer id>`. */
  readonly id: string
  /** A node's id, or `here`. */
  readonly node: string
  /** The owner's key of another node. */
  readonly owner?: string
  /** The registry counts that node as a trusted or an initial one. */
  readonly isTrusted?: boolean
  /** Personal prompts may go there: this node itself, the initial node, a node of the same owner, a server on the host's own ground. */
  readonly isOwnGround: boolean
  /** Between 0 and 1, from verified work only; absent for what is the node's own. */
  trust?(): number
  models(): readonly BackendModel[]
  state(): {
    readonly ready: boolean
    readonly why?: 'loading' | 'down'
    readonly progress?: number
    readonly slots: number
  }
  run(request: BackendRequest, sink: BackendSink): Run
  /** Throws `InferError`. */
  embed?(request: EmbedRequest, signal?: AbortSignal): Promise<Embedded>
  /** Throws `InferError`. */
  score?(request: BackendRequest, answer: string, signal?: AbortSignal): Promise<Score>
  [Symbol.asyncDispose](): Promise<void>
}
