/** A backend moved by hand: a test says what it says, and when it dies. */
import type { Backend, BackendModel, BackendRequest, BackendSink } from '../backend.ts'

export type HandRun = {
  readonly request: BackendRequest
  readonly sink: BackendSink
  cancelled: boolean
  paused: boolean
}
export type HandBackend = Backend & { readonly runs: HandRun[]; down: boolean }

export function handBackend(
  name: string,
  options: { model?: Partial<BackendModel>; ownGround?: boolean } = {},
): HandBackend {
  const runs: HandRun[] = []
  const model: BackendModel = {
    id: 'm',
    can: { chat: true, embed: false },
    resumes: true,
    priceInMicro: 0n,
    priceOutMicro: 0n,
    ...options.model,
  }
  return {
    id: name,
    node: name,
    isOwnGround: options.ownGround ?? true,
    runs,
    down: false,
    models: () => [model],
    state() {
      return this.down ? { ready: false, why: 'down', slots: 0 } : { ready: true, slots: 8 }
    },
    run(request, sink) {
      const run: HandRun = { request, sink, cancelled: false, paused: false }
      runs.push(run)
      return {
        cancel: () => void (run.cancelled = true),
        pause: () => void (run.paused = true),
        resume: () => void (run.paused = false),
      }
    },
    async [Symbol.asyncDispose]() {},
  }
}

/** Says words one after another, as far as `until`, after what has been heard already; then ends, or goes on being open. */
export function speak({ request, sink }: HandRun, text: string, until = text.length): void {
  const from = request.textSoFar?.length ?? 0
  sink.started({})
  for (const word of text.slice(from, until).match(/\S+\s*|\s+/g) ?? []) sink.text(word, 1)
  if (until === text.length) sink.end('stop', { inTokens: 5, outTokens: text.split(' ').length, ms: 1 })
}
