/** What differs between the APIs that the door speaks: how a request is read, and how answers and errors are written. */

import type { Completion, Finish, InferRequest, Served, ToolCall, Usage } from '../../inference/types.ts'
import type { InferErrorView } from './errors.ts'

/** What every form of an answer names. */
export type Head = {
  /** Without a prefix. */
  readonly id: string
  readonly createdS: number
  readonly model: string
}

/** Writes the events of one stream; each returns the bytes to send. */
export type EventWriter = {
  started(served: Served): string
  text(text: string): string
  tool(call: ToolCall): string
  end(finish: Finish, usage: Usage): string
  /** In a stream that has begun: a typed error, after which nothing comes. */
  fail(error: InferErrorView): string
}

export type Asked = {
  readonly request: InferRequest
  readonly stream: boolean
  /** Writers of this request's stream. */
  readonly events: (head: Head) => EventWriter
  readonly whole: (head: Head, answer: Completion) => object
}

export type Speaker = {
  /** Throws `BadBody`. */
  read(body: unknown): Asked
}
