/** What a node process of the chaos harness has instead of a clock, timers and a network: the harness. */
import { WireError } from '../../link/errors.ts'
import type { Frame, Served, Wire } from '../../link/types.ts'
import type { Timers } from '../../migration/parts.ts'
import type { Boot, FromNode, Stimulus } from './messages.ts'

type Answer = (frame: Frame, caller: { node: string; reach: 'lan' }, signal: AbortSignal) => Promise<Frame>
export type Inside = ReturnType<typeof createInside>

export function createInside({ node, doom }: Pick<Boot, 'node' | 'doom'>, tell: (message: FromNode) => void) {
  let nowMs = 0
  let last = 0
  const next = () => ++last
  const timers = new Map<number, () => void>()
  const asked = new Map<number, (answer: { frame?: Frame; error?: string }) => void>()
  const served = new Map<string, Answer>()

  let passed = 0
  let named = 0
  const isDoomed = (place: string): boolean => {
    if (nowMs < doom.fromMs || nowMs >= doom.untilMs) return false
    passed++
    if (doom.named?.place === place) named++
    return passed === doom.atPlace || (doom.named?.place === place && named === doom.named.time)
  }

  /** A place where the process may be killed; where it is, it never goes on. */
  async function pass(place: string): Promise<void> {
    if (!isDoomed(place)) return
    tell({ type: 'doomed', place })
    await new Promise<never>(() => {})
  }

  const clock: Timers = {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const id = next()
        timers.set(id, resolve)
        signal?.addEventListener(
          'abort',
          () => {
            if (timers.delete(id)) reject(signal.reason)
          },
          { once: true },
        )
        tell({ type: 'timer', id, ms })
      }),
  }

  const nameOf = (protocol: string, frame: Frame) => `${protocol} ${String(frame.type ?? '')}`.trim()

  const wire: Pick<Wire, 'self' | 'request' | 'serve'> = {
    self: node,
    serve: ({ protocol }: Pick<Served, 'protocol'>, answer: Answer) => void served.set(protocol, answer),
    async request(to, protocol, frame, { timeoutMs = 10_000 } = {}) {
      await pass(`before asking ${nameOf(protocol, frame)}`)
      const rid = next()
      const answered = new Promise<Frame>((resolve, reject) => {
        asked.set(rid, ({ frame: body, error }) => {
          if (body && typeof body.code === 'string')
            reject(new WireError(body.code as 'E_CONFLICT', String(body.msg)))
          else if (body) resolve(body)
          else reject(new WireError(error as 'E_TIMEOUT', `${to} did not answer.`))
        })
      })
      tell({ type: 'request', rid, to, protocol, frame, timeoutMs })
      answered.catch(() => {})
      await pass(`after asking ${nameOf(protocol, frame)}`)
      return answered
    },
  }

  async function serve({ rid, from, protocol, frame }: Extract<Stimulus, { type: 'request' }>): Promise<void> {
    const answer = served.get(protocol)
    if (!answer) return tell({ type: 'answer', rid, error: 'E_UNSUPPORTED' })
    const body = await answer(frame, { node: from, reach: 'lan' }, new AbortController().signal).catch(
      (error: Error): Frame => ({ code: error instanceof WireError ? error.code : 'E_INTERNAL', msg: error.message }),
    )
    await pass(`before answering ${nameOf(protocol, frame)}`)
    tell({ type: 'answer', rid, frame: body })
    await pass(`after answering ${nameOf(protocol, frame)}`)
  }

  return {
    pass,
    clock,
    wire,
    setNow: (ms: number) => {
      nowMs = ms
    },
    /** True when it was for the clock or the network. */
    take(stimulus: Stimulus): boolean {
      switch (stimulus.type) {
        case 'timer':
          timers.get(stimulus.id)?.()
          timers.delete(stimulus.id)
          return true
        case 'answer':
          asked.get(stimulus.rid)?.(stimulus)
          asked.delete(stimulus.rid)
          return true
        case 'request':
          void serve(stimulus)
          return true
        default:
          return false
      }
    },
  }
}
