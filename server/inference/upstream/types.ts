/** A server that the host points this node at, and how two families of them are spoken to. */
import type { BackendRequest, BackendSink } from '../backend.ts'

export type UpstreamKind = 'openai' | 'anthropic'

export type Upstream = {
  /** Unique on this node; shown to people. */
  readonly name: string
  readonly kind: UpstreamKind
  /** With the version in its path, as in `http://127.0.0.1:8080/v1`. */
  readonly url: string
  /** The host's own key. It goes to that server and nowhere else. */
  readonly key?: string
  /** Those to offer; absent: whatever the server lists. */
  readonly models?: readonly string[]
  /** It goes on from an assistant's text at the end of the messages (llama-server does). */
  readonly resumes: boolean
  /** It runs on the host's own ground, so that personal prompts may go there. */
  readonly isOwnGround: boolean
  readonly priceInMicro: bigint
  readonly priceOutMicro: bigint
  /** Requests it may have at once. */
  readonly slots: number
}

/** One answer being read: each way of speaking keeps what it needs between two events. */
export type Reading = {
  /** The data of one server-sent event. True when it was the last. */
  event(data: string): boolean
  /** The body of an answer that was not streamed. */
  whole(body: string): void
  /** The connection ended in good order, without a last event. */
  ended(): void
}

export type Dialect = {
  readonly path: string
  headers(upstream: Upstream): Record<string, string>
  body(request: BackendRequest): object
  read(sink: BackendSink, startedAt: number): Reading
}
