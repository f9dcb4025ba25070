/** What the node and the process that holds a model say to each other, as JSON over Node's own channel. */
import type { Score } from '../backend.ts'
import type { Finish, InferErrorCode, InferRequest, ToolCall } from '../types.ts'

export type HostSettings = {
  readonly file: string
  readonly gpu: 'auto' | 'off'
  /** Sequences computed together. */
  readonly sequences: number
  /** Context of each sequence; the model's own is the most it can be. */
  readonly contextTokens: number
  /** 0: as many as the machine has cores to give. */
  readonly threads: number
}

export type ToHost =
  | {
      readonly type: 'run'
      readonly id: number
      readonly request: InferRequest
      readonly textSoFar?: string
      readonly tenant: string
    }
  | { readonly type: 'embed'; readonly id: number; readonly texts: readonly string[] }
  | { readonly type: 'score'; readonly id: number; readonly request: InferRequest; readonly answer: string }
  | { readonly type: 'cancel'; readonly id: number }

export type FromHost =
  | { readonly type: 'progress'; readonly loaded: number }
  | {
      readonly type: 'ready'
      readonly name: string
      readonly contextTokens: number
      readonly gpu: string
      readonly sequences: number
    }
  /** The model cannot be used; the process ends. */
  | { readonly type: 'unusable'; readonly message: string }
  /** What all sequences have said since the last: id, text, tokens. */
  | { readonly type: 'text'; readonly said: readonly (readonly [number, string, number])[] }
  | { readonly type: 'started'; readonly id: number; readonly inTokens: number }
  | { readonly type: 'tool'; readonly id: number; readonly call: ToolCall }
  | {
      readonly type: 'end'
      readonly id: number
      readonly finish: Finish
      readonly inTokens: number
      readonly outTokens: number
      readonly ms: number
    }
  | {
      readonly type: 'vectors'
      readonly id: number
      readonly vectors: readonly (readonly number[])[]
      readonly inTokens: number
      readonly ms: number
    }
  | { readonly type: 'score'; readonly id: number; readonly score: Score }
  | {
      readonly type: 'fail'
      readonly id: number
      readonly code: InferErrorCode
      readonly message: string
      readonly param?: string
    }
