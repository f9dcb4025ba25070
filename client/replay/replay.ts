/** One recording brought back to life: all its turns once, to hold them against the record, and any of them again step by step. */
import type { ReplayPlan } from '../../server/protocol/api.ts'
import type { RecordingFile } from '../../server/protocol/recording.ts'
import { REPLAY_FOLLOWED_AROUND, REPLAY_FOLLOWED_KEPT } from '../limits.ts'
import type { Frame, FrameFailure, FrameLived } from './frame.ts'
import type { Lived } from './past.ts'
import { type Steps, stepsOf } from './steps.ts'

type FrameListener = {
  readonly onOpened: () => void
  readonly onLived: (lived: FrameLived) => void
  readonly onFailed: (failure: FrameFailure) => void
}
type Deps = {
  readonly recording: RecordingFile
  readonly plan: ReplayPlan
  readonly openFrame: (listener: FrameListener) => Frame
  readonly onProgress: (turns: number) => void
}

export type Replay = {
  /** Lives the whole recording; rejects with a `ReplayError`. */
  all(): Promise<readonly Lived[]>
  /** Steps of one turn. */
  steps(turn: number): Promise<Steps>
  close(): void
}

export class ReplayError extends Error {
  readonly code: string
  constructor({ why, detail }: FrameFailure) {
    super(detail)
    this.code = why
  }
}

export function createReplay({ recording, plan, openFrame, onProgress }: Deps): Replay {
  const { turns } = recording
  const kept = new Map<number, Steps>()
  /** Turns there are to be seen: after the program's end there is nothing. */
  let count = turns.length
  let job: { readonly onLived: (one: FrameLived) => void; readonly reject: (error: Error) => void } | undefined
  let opened: (() => void) | undefined
  /** Turns that the program in the frame has been handed. */
  let handed = 0
  let last: Promise<unknown> = Promise.resolve()

  const frame = openFrame({
    onOpened: () => opened?.(),
    onLived: (one) => job?.onLived(one),
    onFailed: (failure) => job?.reject(new ReplayError(failure)),
  })

  function linesOf(inputs: RecordingFile['turns'][number]['inputs']): { readonly lines?: string } {
    const lines = inputs.flatMap((input) => (input.type === 'eval' ? [input] : []))
    const codes = lines.flatMap(({ eval: number, source }) => {
      const code = Object.hasOwn(plan.lines, source) ? plan.lines[source] : undefined
      return code === undefined ? [] : [`$$evaluations[${number}] = ${code}`]
    })
    return codes.length > 0 ? { lines: codes.join('\n;') } : {}
  }

  /** Hands in turns up to `to`, from the beginning where it has gone past what is to be seen. */
  function live(
    to: number,
    follow: (index: number) => boolean,
    first: number,
    onOne: (one: FrameLived) => void,
  ): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const from = handed <= first && handed > 0 ? handed : 0
      const run = () => {
        handed = to + 1
        if (to < from) return resolve()
        frame.run(
          turns.slice(from, to + 1).map(({ tick, seed, inputs, skipMemory }, i) => ({
            index: from + i,
            tick,
            seed,
            inputs: JSON.stringify(inputs),
            ...(skipMemory && { skipMemory }),
            ...linesOf(inputs),
            follow: follow(from + i),
          })),
        )
      }
      job = {
        reject(error) {
          handed = 0
          reject(error)
        },
        onLived(one) {
          onOne(one)
          const over = one.lived.error !== undefined || one.lived.finished === true
          if (one.index === to || over) resolve()
        },
      }
      if (from > 0) return run()
      opened = run
      frame.open(plan)
    })
  }

  /** One at a time. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work, work)
    last = done.catch(() => undefined)
    return done
  }

  async function stepsAt(turn: number): Promise<Steps> {
    const known = kept.get(turn)
    if (known) return known
    const first = Math.max(0, turn - REPLAY_FOLLOWED_AROUND)
    const to = Math.min(count - 1, turn + REPLAY_FOLLOWED_AROUND)
    await live(
      to,
      (index) => index >= first,
      first,
      ({ index, steps }) => {
        if (steps) kept.set(index, stepsOf(steps, plan.points))
      },
    )
    for (const index of kept.keys()) {
      if (kept.size <= REPLAY_FOLLOWED_KEPT) break
      if (Math.abs(index - turn) > REPLAY_FOLLOWED_AROUND) kept.delete(index)
    }
    return kept.get(turn) ?? { list: [], dropped: 0 }
  }

  return {
    all: () =>
      inTurn(async () => {
        const lived: Lived[] = []
        if (turns.length === 0) return lived
        await live(
          turns.length - 1,
          () => false,
          0,
          (one) => {
            if (one.index === lived.length) lived.push(one.lived)
            onProgress(lived.length)
          },
        )
        count = lived.length
        return lived
      }),
    steps: (turn) => inTurn(() => stepsAt(turn)),
    close() {
      job?.reject(new ReplayError({ why: 'closed', detail: '' }))
      frame.close()
    },
  }
}
