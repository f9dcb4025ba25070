/** Models as the rest of the node sees them: one request in, text and tool calls out, wherever the model runs. */
import type { Json, PlayerId } from '../protocol/ids.ts'
import type { InferError } from './errors.ts'

/** A JSON Schema (draft 2020-12), as those who ask write it; grammars and upstream servers understand parts of it. */
export type JsonSchema = { readonly [keyword: string]: Json }

/** One call of a tool; `arguments` is JSON text as the model wrote it, which may not be what the tool's schema asks for. */
export type ToolCall = { readonly id: string; readonly name: string; readonly arguments: string }

export type ChatMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string }
  | { readonly role: 'assistant'; readonly content: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly content: string }

export type Tool = { readonly name: string; readonly description?: string; readonly parameters?: JsonSchema }
/** `auto`: the model decides; `required`: it must call one; a name: that one. */
export type ToolChoice = 'auto' | 'none' | 'required' | { readonly name: string }

/**
 * `personal` never leaves the initial node or a node of the same owner; `open` may go to any admitted node.
 * Whatever a minor asks is personal, whatever the request says.
 */
export type Privacy = 'open' | 'personal'

export type InferRequest = {
  /** A model's id; absent: the best of those the principal may use. */
  readonly model?: string
  readonly messages: readonly ChatMessage[]
  readonly tools?: readonly Tool[]
  readonly toolChoice?: ToolChoice
  /** The answer is JSON that fits; not together with `tools` unless `toolChoice` is `none`. */
  readonly schema?: { readonly name: string; readonly schema: JsonSchema }
  /** Any JSON object. */
  readonly json?: boolean
  /** Tokens of the answer, at most. */
  readonly maxTokens?: number
  /** 0 to 2; absent: the backend's own. */
  readonly temperature?: number
  readonly topP?: number
  readonly seed?: number
  readonly stop?: readonly string[]
  readonly privacy?: Privacy
}

/** On whose behalf, and who pays. `tenant` parts caches, limits and usage. */
export type InferPrincipal = {
  /** The account that pays: `player:<id>`, `agent:<id>`, `node:<id>`. */
  readonly tenant: string
  readonly playerId?: PlayerId
  /** All that a minor asks is personal. */
  readonly minor?: boolean
  /** The API key that was shown, if one was. */
  readonly keyId?: string
  /** Models it may ask; absent: all. */
  readonly models?: readonly string[]
  readonly limits?: CallerLimits
}
/** Absent ones are the node's own. */
export type CallerLimits = {
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  readonly concurrency?: number
  /** What the key has left. */
  readonly leftMicro?: () => bigint
  readonly leftTokens?: () => number
}

export type InferOptions = {
  readonly signal?: AbortSignal
  /** For logs and usage; also what an identical repeat is billed once under. */
  readonly requestId?: string
  /** Not from the cache, and not into it. */
  readonly noCache?: boolean
  /** The asker waits for all of it: a backend need not send it piece by piece. */
  readonly whole?: boolean
}

/** `stop`: it was done, or met a stop text; `length`: `maxTokens` or the context was full; `tool_calls`: it waits for answers. */
export type Finish = 'stop' | 'length' | 'tool_calls' | 'content_filter'

/** Tokens as the backend counted them. `ms` is its own time, from taking the request up to the last token. */
export type Usage = {
  readonly inTokens: number
  readonly outTokens: number
  readonly ms: number
  readonly cached?: boolean
}

/** Who answered: shown in headers and usage, so that people see where their words went. */
export type Served = {
  readonly model: string
  /** SHA-256 of the model's file in hex, for models that are files. */
  readonly sha256?: string
  /** A node's id, or `here`. */
  readonly node: string
  readonly privacy: Privacy
}

/** In this order: one `started`, any `text` and `tool`, one `end`. A failure is thrown as `InferError` by the iteration. */
export type InferEvent =
  | { readonly type: 'started'; readonly served: Served }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool'; readonly call: ToolCall }
  | { readonly type: 'end'; readonly finish: Finish; readonly usage: Usage; readonly costMicro: bigint }

export type Completion = {
  readonly text: string
  readonly toolCalls: readonly ToolCall[]
  readonly finish: Finish
  readonly usage: Usage
  readonly served: Served
  readonly costMicro: bigint
}

export type Embedding = {
  readonly vectors: readonly (readonly number[])[]
  readonly usage: Usage
  readonly served: Served
  readonly costMicro: bigint
}

/** A model that can be asked now. Prices are micro-credits for a million tokens. */
export type ModelInfo = {
  readonly id: string
  /** Whoever runs it: `here`, or a node's id. */
  readonly nodes: readonly string[]
  readonly contextTokens?: number
  readonly can: { readonly chat: boolean; readonly embed: boolean }
  readonly priceInMicro: bigint
  readonly priceOutMicro: bigint
}

/** Why nothing answers: `none` no model anywhere in reach; `loading` one is being loaded; `down` those known do not answer. */
export type Availability =
  | { readonly ok: true; readonly models: readonly ModelInfo[] }
  | { readonly ok: false; readonly why: 'none' | 'loading' | 'down'; readonly progress?: number }

/** Who hears an answer as it comes: one `started`, any `text` and `tool`, then one `end` or `fail`, after which nothing. */
export type InferSink = {
  started(served: Served): void
  text(text: string): void
  tool(call: ToolCall): void
  end(finish: Finish, usage: Usage, costMicro: bigint): void
  fail(error: InferError): void
}
/** An answer under way. `pause` asks for less; a little may still come. After `cancel` the sink hears nothing more. */
export type Run = { cancel(): void; pause(): void; resume(): void }

/** What the node offers to its own parts: the door, the mentor, agents, jobs, characters of the world. */
export type Inference = {
  /** The quickest form, for the door: no promise and no iterator on the way of a token. */
  run(request: InferRequest, principal: InferPrincipal, sink: InferSink, options?: InferOptions): Run
  /** Throws `InferError`. */
  complete(request: InferRequest, principal: InferPrincipal, options?: InferOptions): Promise<Completion>
  /** Leaving the loop early cancels. Throws `InferError`, before the first event or between two. */
  stream(request: InferRequest, principal: InferPrincipal, options?: InferOptions): AsyncIterable<InferEvent>
  /** One vector per text. Throws `InferError`. */
  embed(
    request: { readonly model?: string; readonly texts: readonly string[]; readonly privacy?: Privacy },
    principal: InferPrincipal,
    options?: InferOptions,
  ): Promise<Embedding>
  /** What this principal could ask now, and why nothing, if nothing. `personal` counts the models a personal prompt may reach. */
  availability(principal: InferPrincipal, privacy?: Privacy): Availability
}

export type Scope = 'chat' | 'embed' | 'models'
/** Whoever stands at the door, and what they may do there. */
export type Caller = { readonly principal: InferPrincipal; readonly scopes: readonly Scope[] }

/** Who a key or a person is at the door; throws `InferError`. At once when it was known a moment ago. */
export type Callers = {
  ofKey(secret: string): Caller | Promise<Caller>
  ofPerson(player: PlayerId): Caller | Promise<Caller>
  /** Something about this person changed: they are looked up again. */
  forget(player: PlayerId): void
}

export type NewKey = {
  readonly name: string
  readonly scopes?: readonly Scope[]
  /** Those it may ask; empty or absent: all. */
  readonly models?: readonly string[]
  readonly budgetMicro?: bigint
  readonly budgetTokens?: number
  readonly requestsPerMinute?: number
  readonly tokensPerMinute?: number
  readonly concurrency?: number
  /** Everything asked with it is personal. */
  readonly personalOnly?: boolean
  readonly expiresAtMs?: number
}
export type KeyView = NewKey &
  Required<Pick<NewKey, 'scopes' | 'models' | 'personalOnly'>> & {
    readonly id: string
    /** The key's first characters, to be told apart by. */
    readonly hint: string
    readonly createdAtMs: number
    readonly revokedAtMs?: number
    readonly lastUsedMs?: number
    readonly spentMicro: bigint
    readonly spentTokens: number
  }
export type UsageView = {
  /** `2026-11-20` */
  readonly day: string
  /** Empty without a key. */
  readonly keyId: string
  readonly model: string
  readonly node: string
  readonly requests: number
  readonly inTokens: number
  readonly outTokens: number
  readonly costMicro: bigint
}
/** `body`, `key` and `sig` as they came: Ed25519 over `academy/infer-meter/v1\n` and the body, which is CBOR. */
export type ReceiptView = {
  readonly id: string
  readonly node: string
  readonly model: string
  readonly costMicro: bigint
  readonly atMs: number
  readonly body: Uint8Array
  readonly key: Uint8Array
  readonly sig: Uint8Array
}
/** What people do with their keys and see of their use. */
export type Keys = {
  /** The secret is shown this once. Throws `InferError` `forbidden` when there are too many. */
  create(player: PlayerId, key: NewKey): Promise<{ readonly key: KeyView; readonly secret: string }>
  list(player: PlayerId): Promise<readonly KeyView[]>
  revoke(player: PlayerId, id: string): Promise<boolean>
  usage(player: PlayerId): Promise<readonly UsageView[]>
  /** What other nodes signed that answers to this person took. */
  receipts(player: PlayerId): Promise<readonly ReceiptView[]>
  isMinor(player: PlayerId): Promise<boolean>
  setMinor(player: PlayerId, minor: boolean): Promise<void>
}

/** One piece of work of the kind of job `infer`: a question to the model in a file, named by what is in it. */
export type InferOrder = {
  /** SHA-256 in hex. */
  readonly sha256: string
  readonly messages: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }[]
  readonly maxTokens: number
  readonly temperature: number
  readonly seed?: number
}
export type InferAnswer = {
  readonly text: string
  readonly finish: Finish
  readonly inTokens: number
  readonly outTokens: number
  /** As whoever did the work says. */
  readonly ms: number
}
/** What is known of an answer that somebody else gave. */
export type AnswerGiven = {
  readonly answer: InferAnswer
  readonly owner: string
  /** Whom question and answer may be shown to. */
  readonly privacy: 'public' | 'trusted' | 'own'
  /** It is drawn to be scored again. */
  readonly isSampled: boolean
  /** What was answered to the same question before. */
  readonly known?: string
  /** From the question to the answer, as the asker saw it. */
  readonly tookMs?: number
  readonly signal: AbortSignal
}
export type AnswerFound = {
  readonly finding: 'confirmed' | 'unchecked' | 'doubted' | 'wrong'
  /** Odds that the answer is the model's. */
  readonly credibility: number
  readonly why: string
}
/** The models of this node as the compute market uses them. */
export type JobModels = {
  has(sha256: string): boolean
  /** Throws `InferError`. */
  run(order: InferOrder, signal: AbortSignal, heard: (tokens: number) => void): Promise<InferAnswer>
  examine(order: InferOrder, given: AnswerGiven): Promise<AnswerFound>
}

/** Permanent codes of `InferError`; each carries a sentence that names the cause and the way out. */
export type InferErrorCode =
  | 'no_model'
  | 'model_loading'
  | 'model_not_found'
  | 'privacy_no_node'
  | 'bad_request'
  | 'context_too_long'
  | 'unsupported'
  | 'unauthorized'
  | 'forbidden'
  | 'rate_limited'
  | 'budget_exhausted'
  | 'insufficient_funds'
  | 'overloaded'
  | 'backend_failed'
  | 'timeout'
  | 'canceled'
