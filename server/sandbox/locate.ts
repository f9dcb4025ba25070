/** Finding the line at which a program takes its host down: it is run again, followed, in a process that nobody else is in. */
import { SANDBOX_LOCATES_WAITING_MAX } from '../limits.ts'
import { startHost } from './host-process.ts'
import type { FromHost, TurnOutcome } from './messages.ts'
import { loadMessage } from './translate.ts'
import type { AgentLoad, Point } from './types.ts'

type Bounds = { readonly stallMs: number; readonly hostRssMaxMb: number }
type Found = Pick<Point, 'file' | 'line'>

/** How often the size of the process is looked at. */
const LOOK_EVERY_MS = 50

/** One at a time: each is a process of its own. Programs must be compiled with `trace`. Where too many wait, it is not looked for. */
export function createLocator(bounds: Bounds): (agent: AgentLoad) => Promise<Found | undefined> {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return async (agent) => {
    if (waiting >= SANDBOX_LOCATES_WAITING_MAX) return undefined
    waiting++
    const found = last.then(() => locate(agent, bounds)).finally(() => waiting--)
    last = found.catch(() => {})
    return found
  }
}

const hasEnded = (last: TurnOutcome | undefined): boolean =>
  last?.ended !== undefined || (last?.text !== undefined && JSON.parse(last.text).error !== undefined)

async function locate(agent: AgentLoad, { stallMs, hostRssMaxMb }: Bounds): Promise<Found | undefined> {
  let isEnded = true
  const host = startHost((message: FromHost) => {
    if (message.type !== 'loaded') return
    // It came through this time, unless it has been put an end to.
    isEnded = hasEnded(message.last)
    host.kill()
  })
  const until = performance.now() + 2 * stallMs
  const watch = setInterval(() => {
    if (performance.now() > until || (host.rssMb() ?? 0) > hostRssMaxMb) host.kill()
  }, LOOK_EVERY_MS)
  host.send({ ...loadMessage(1, agent), follow: true })
  const { point } = await host.gone
  clearInterval(watch)
  const at = isEnded && point !== undefined ? agent.program.points?.[point] : undefined
  return at && { file: at.file, line: at.line }
}
