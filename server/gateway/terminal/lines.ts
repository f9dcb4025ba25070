/** A person's lines, done one after another in the order they came, each id once. */
import { TERMINAL_LINE_IDS_MAX, TERMINAL_LINES_PER_TURN, TERMINAL_QUEUE_HARD_LINES } from '../../limits.ts'
import type { LineAck } from '../../protocol/terminal.ts'

export type Line = { readonly text: string; readonly id?: string }
export type Answer = (ack: LineAck) => void
export type Lines = {
  push(line: Line, answer: Answer): void
  readonly waiting: number
}

type Do = (text: string, id: string | undefined) => LineAck | Promise<LineAck>
type Job = { readonly line: Line; readonly answers: Answer[] }

export type LinesOptions = {
  readonly failed: (error: unknown) => void
  /** Called when a line has been done. */
  readonly done?: () => void
  readonly later?: (work: () => void) => void
}

export function createLines(
  perform: Do,
  { failed, done, later = (work) => void setImmediate(work) }: LinesOptions,
): Lines {
  const queue: Job[] = []
  /** Line id -> the job waiting or under way, or its answer; oldest first. */
  const known = new Map<string, Job | LineAck>()
  let head = 0
  let busy = false
  return {
    push(line, answer) {
      const earlier = line.id === undefined ? undefined : known.get(line.id)
      if (earlier !== undefined) return 'answers' in earlier ? void earlier.answers.push(answer) : answer(earlier)
      if (queue.length - head >= TERMINAL_QUEUE_HARD_LINES) return answer({ ok: false, code: 'busy' })
      const job = { line, answers: [answer] }
      if (line.id !== undefined) remember(line.id, job)
      queue.push(job)
      if (!busy) run()
    },
    get waiting() {
      return queue.length - head
    },
  }

  /** Does what can be done at once; after a while, or at a line that has to wait, lets others have their turn. */
  function run(): void {
    busy = true
    for (let count = 0; head < queue.length; count++) {
      if (count >= TERMINAL_LINES_PER_TURN) {
        later(run)
        return
      }
      const job = queue[head]!
      const ack = attempt(job.line)
      if (ack instanceof Promise) {
        void ack.then((answer) => {
          settle(job, answer)
          run()
        })
        return
      }
      settle(job, ack)
    }
    busy = false
  }

  function attempt({ text, id }: Line): LineAck | Promise<LineAck> {
    try {
      const ack = perform(text, id)
      return ack instanceof Promise ? ack.catch(broken) : ack
    } catch (error) {
      return broken(error)
    }
  }

  function broken(error: unknown): LineAck {
    failed(error)
    return { ok: false, code: 'internal' }
  }

  function settle(job: Job, ack: LineAck): void {
    head++
    if (head === queue.length || head > 1024) {
      queue.splice(0, head)
      head = 0
    }
    if (job.line.id !== undefined) remember(job.line.id, ack)
    for (const answer of job.answers) answer(ack)
    done?.()
  }

  function remember(id: string, value: Job | LineAck): void {
    if (!known.has(id) && known.size >= TERMINAL_LINE_IDS_MAX) forgetOldest()
    known.set(id, value)
  }

  /** Lines still waiting are never forgotten: their answer is owed. */
  function forgetOldest(): void {
    for (const [id, value] of known) {
      if ('answers' in value) continue
      known.delete(id)
      return
    }
  }
}
