/**
 * The frame that a recording's program runs in: an origin of its own, no network, nothing of the page in reach. What comes out of it is
 * believed only as far as its shape goes, and never runs anything here.
 */
import { z } from 'zod'
import type { ReplayPlan } from '../../server/protocol/api.ts'
import { REPLAY_FRAME_TIMEOUT_MS, REPLAY_TEXT_MAX_CHARS } from '../limits.ts'
import type { Lived } from './past.ts'
import type { RawSteps } from './steps.ts'

export type FrameTurn = {
  readonly index: number
  readonly tick: number
  readonly seed: number
  readonly inputs: string
  readonly skipMemory?: boolean
  /** A module that makes the turn's lines of the console ready. */
  readonly lines?: string
  readonly follow: boolean
}
export type FrameLived = { readonly index: number; readonly lived: Lived; readonly steps?: RawSteps }
export type FrameFailure = { readonly why: string; readonly detail: string }

export type Frame = {
  /** Begins the program anew. */
  open(plan: ReplayPlan): void
  run(turns: readonly FrameTurn[]): void
  close(): void
}
type Listener = {
  readonly onOpened: () => void
  readonly onLived: (lived: FrameLived) => void
  readonly onFailed: (failure: FrameFailure) => void
}

const text = z.string().max(REPLAY_TEXT_MAX_CHARS)
const Told = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('opened') }),
  z.object({
    type: z.literal('lived'),
    index: z.number().int().min(0),
    text: text.optional(),
    steps: text.optional(),
    stray: text.optional(),
  }),
  z.object({ type: z.literal('failed'), why: z.string().max(40), detail: z.string().max(1000) }),
])

const count = z.number().int().min(0)
const Trouble = z.object({
  code: z.string().optional(),
  name: z.string(),
  message: z.string(),
  stack: z.string().optional(),
  params: z.record(z.string(), z.unknown()).optional(),
})
const LivedText = z.object({
  fuelUsed: z.number().min(0),
  calls: z.array(z.object({ call: count, action: z.string(), args: z.array(z.unknown()) })),
  logs: z.array(z.object({ level: z.enum(['log', 'warn', 'error']), text: z.string() })),
  memory: z.string().optional(),
  error: Trouble.optional(),
  failed: Trouble.optional(),
  finished: z.boolean().optional(),
  unstarted: z.boolean().optional(),
})
const StepsText = z.object({
  steps: z.array(
    z.tuple([count, z.union([z.literal(0), z.literal(1)]), count, count, count, z.array(z.string().nullable())]),
  ),
  dropped: count,
})

export function createFrame(parent: HTMLElement, { onOpened, onLived, onFailed }: Listener): Frame {
  const node = document.createElement('iframe')
  node.setAttribute('sandbox', 'allow-scripts')
  node.setAttribute('aria-hidden', 'true')
  node.tabIndex = -1
  node.hidden = true
  node.title = ''
  let plan: ReplayPlan | undefined
  let ready = false
  const timer = setTimeout(() => fail('silent'), REPLAY_FRAME_TIMEOUT_MS)

  const fail = (why: string, detail = '') => onFailed({ why, detail })
  const post = (message: object) => node.contentWindow?.postMessage(message, '*')
  const begin = () => plan !== undefined && post({ type: 'open', ...plan })

  function hear({ source, data }: MessageEvent): void {
    if (source !== node.contentWindow) return
    const told = Told.safeParse(data).data
    clearTimeout(timer)
    if (!told) fail('nonsense')
    else if (told.type === 'ready') {
      ready = true
      begin()
    } else if (told.type === 'opened') onOpened()
    else if (told.type === 'failed') fail(told.why, told.detail)
    else {
      const lived = livedOf(told)
      if (lived) onLived(lived)
      else fail('nonsense')
    }
  }
  addEventListener('message', hear)
  node.src = '/replay/frame.html'
  parent.append(node)

  return {
    open(next) {
      plan = next
      if (ready) begin()
    },
    run: (turns) => void post({ type: 'turns', turns }),
    close() {
      clearTimeout(timer)
      removeEventListener('message', hear)
      node.remove()
    },
  }
}

function livedOf(told: { index: number; text?: string; steps?: string; stray?: string }): FrameLived | undefined {
  try {
    const said = LivedText.parse(JSON.parse(told.text ?? '{"fuelUsed":0,"calls":[],"logs":[]}'))
    const { unstarted, ...lived } = said
    const stray = told.stray === undefined ? undefined : { name: 'Error', message: told.stray }
    const error = lived.error ?? (unstarted || told.text === undefined ? stray : undefined)
    const failed = error ? undefined : (lived.failed ?? stray)
    const steps = told.steps === undefined ? undefined : (StepsText.parse(JSON.parse(told.steps)) as RawSteps)
    return {
      index: told.index,
      lived: { ...lived, error, failed } as Lived,
      ...(steps && { steps }),
    }
  } catch {
    return undefined
  }
}
