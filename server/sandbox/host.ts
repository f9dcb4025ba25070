/**
 * The child process in which programs run: the only one that loads isolated-vm. It is started by `host-process.ts` with an empty
 * environment and may be killed at any moment; all it keeps can be made again from checkpoints and journals.
 */
import { SANDBOX_CALL_MEMORY_MB, SANDBOX_TRACE_POINTS, SANDBOX_WATCH_INTERVAL_MS } from '../limits.ts'
import { callOnce } from './call.ts'
import { type MemoryTold, memoryAfter } from './edits.ts'
import { FOLLOWED_PRELUDE } from './follow.ts'
import { type Cell, newIsolate, openCell, rawError } from './isolate.ts'
import { createMark } from './mark.ts'
import type { CallMessage, FromHost, LoadMessage, Slot, ToHost, TurnOutcome } from './messages.ts'
import { PRELUDE } from './prelude.ts'
import { createRests } from './rests.ts'

const mark = createMark(4)
const cells = new Map<Slot, Cell>()
const rests = createRests((slot) => cells.get(slot)?.rest())
/** Where traced programs have been in the turn that is on. */
const trails = new Map<Slot, number[]>()

/** Nobody's turn is on any more when its end is told: whoever kills the host then finds nobody to blame. */
const send = (message: FromHost) => {
  mark.idle()
  process.send?.(message)
}

process.on('message', (message: ToHost) => {
  mark.idle()
  if (message.type === 'load') load(message)
  else if (message.type === 'unload') unload(message.slot)
  else if (message.type === 'call') call(message)
  else turns(message.turns)
})
process.on('disconnect', () => process.exit(0))
// Meant for the node that is stopped from a terminal together with its children: it lets its hosts go when it has no more use for them.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

function turns(list: Extract<ToHost, { type: 'turns' }>['turns']): void {
  const results: (TurnOutcome & { slot: Slot; tick: number })[] = []
  for (const turn of list) {
    const cell = cells.get(turn.slot)
    if (!cell) continue
    mark.running(turn.slot)
    const outcome = cell.run(turn, true)
    rests.moved(turn.slot)
    const points = trails.get(turn.slot)?.splice(0)
    results.push({ ...outcome, ...(points && { points }), slot: turn.slot, tick: turn.tick })
    if (outcome.ended) unload(turn.slot)
  }
  send({ type: 'results', results })
}

function unload(slot: Slot): void {
  const cell = cells.get(slot)
  cells.delete(slot)
  trails.delete(slot)
  rests.gone(slot)
  cell?.dispose()
}

function load(message: LoadMessage): void {
  const { slot } = message
  mark.running(slot)
  try {
    const cell = openCell(message, message.follow || message.trace ? FOLLOWED_PRELUDE : PRELUDE)
    cells.set(slot, cell)
    const past = replay(message, cell)
    if (message.trace) trace(slot, cell)
    send({ type: 'loaded', slot, ...past })
    rests.moved(slot)
    if (past.last?.ended) unload(slot)
  } catch (error) {
    send({ type: 'loaded', slot, failed: rawError(error), pending: [], listens: [] })
  }
}

function trace(slot: Slot, cell: Cell): void {
  const trail: number[] = []
  trails.set(slot, trail)
  cell.follow((point) => void (trail.length < SANDBOX_TRACE_POINTS && trail.push(point)))
}

function call(message: CallMessage): void {
  mark.running(message.slot)
  try {
    send({ type: 'called', slot: message.slot, text: callOnce(message) })
  } catch (error) {
    send({ type: 'called', slot: message.slot, failed: rawError(error) })
  }
}

/** An accessor where it is written as one: `get x() {`. Finding one too many does no harm. */
const ACCESSOR = /(?<![.\w$])[gs]et(?![\w$])(?!\s*[(,:=;})\]])/

/** Whether a program's memory is its own data, as far as its text says: then writing it down runs nothing of the program. */
const isPlain = ({ modules, journal }: LoadMessage): boolean =>
  !Object.values(modules).some((text) => ACCESSOR.test(text)) &&
  !journal.some(({ inputs }) => inputs.includes('"type":"eval"'))

/** Hands the journal in again; what the program asked for then was done then. */
function replay(message: LoadMessage, cell: Cell) {
  const { slot, journal, follow } = message
  const lastTick = journal.at(-1)?.tick
  const plain = isPlain(message)
  let last: TurnOutcome | undefined
  let before = ''
  let markedMs = Number.NEGATIVE_INFINITY
  for (const [index, turn] of journal.entries()) {
    // As often as the watch looks: a mark is a call of the system's.
    const nowMs = performance.now()
    if (nowMs - markedMs >= SANDBOX_WATCH_INTERVAL_MS || turn.tick === lastTick) {
      mark.running(slot)
      markedMs = nowMs
    }
    if (turn.tick === lastTick) {
      before = memoryNow(cell, last)
      if (follow) cell.follow(mark.at)
    }
    // Memory before the last turn and after it is all that is asked for: once whole, and then what has changed in it.
    const left = journal.length - 1 - index
    last = cell.run(turn, left !== 1, plain && index > 0 && left > 1)
    if (last.ended || last.text === undefined) return { last, lastTick, pending: [], listens: [] }
  }
  // A turn that was cut leaves memory as it was.
  if (last) {
    const said = JSON.parse(last.text!)
    last = { ...last, memory: said.error ? before : (memoryAfter(before, said) ?? before) }
  }
  const { pending, listens } = JSON.parse(cell.standing()) as {
    readonly pending: readonly object[]
    readonly listens: readonly string[]
  }
  return { last, lastTick, pending: pending.map((call) => JSON.stringify(call)), listens }
}

/** What the turn just had has told, where it has told of memory. */
const memoryNow = (cell: Cell, last: TurnOutcome | undefined): string =>
  (last?.text && (JSON.parse(last.text) as MemoryTold).memory) || cell.memory()

// What all isolates have in common is made before anybody waits for one.
newIsolate(SANDBOX_CALL_MEMORY_MB).dispose()
send({ type: 'ready' })
