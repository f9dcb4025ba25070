/** For tests: hears a backend out, and tells what came. */
import type { Backend, BackendRequest, BackendUsage } from '../backend.ts'
import type { InferError } from '../errors.ts'
import type { Finish, Run, ToolCall } from '../types.ts'

export type Heard = {
  readonly run: Run
  readonly texts: string[]
  readonly tools: ToolCall[]
  started: boolean
  finish?: Finish
  usage?: BackendUsage
  error?: InferError
  /** Resolves at the end or the failure. */
  readonly over: Promise<void>
  /** Resolves at the first text. */
  readonly firstText: Promise<void>
}

export function hear(backend: Pick<Backend, 'run'>, request: Partial<BackendRequest> & { model: string }): Heard {
  const over = Promise.withResolvers<void>()
  const first = Promise.withResolvers<void>()
  const heard = { texts: [] as string[], tools: [] as ToolCall[], started: false } as unknown as Heard & { run: Run }
  const run = backend.run(
    { messages: [{ role: 'user', content: 'hello' }], temperature: 0, tenant: 'player:test', ...request },
    {
      started: () => {
        heard.started = true
      },
      text: (text) => {
        heard.texts.push(text)
        first.resolve()
      },
      tool: (call) => void heard.tools.push(call),
      end: (finish, usage) => {
        heard.finish = finish
        heard.usage = usage
        over.resolve()
      },
      fail: (error) => {
        heard.error = error
        over.resolve()
      },
    },
  )
  return Object.assign(heard, { run, over: over.promise, firstText: first.promise })
}
