/** A recording as it was lived: turns, what came in and went out, memory, place and log at each. No page, no worker. */
import type { RecordingFile } from '../../server/protocol/recording.ts'

export type Call = { readonly call: number; readonly action: string; readonly args: readonly unknown[] }
export type LogLine = { readonly level: 'log' | 'warn' | 'error'; readonly text: string }
export type Trouble = {
  readonly code?: string
  readonly name: string
  readonly message: string
  readonly stack?: string
  readonly params?: Readonly<Record<string, unknown>>
}

/** What a turn came to, as the prelude writes it. */
export type Lived = {
  readonly fuelUsed: number
  readonly calls: readonly Call[]
  readonly logs: readonly LogLine[]
  /** Present when it changed. */
  readonly memory?: string
  readonly error?: Trouble
  readonly failed?: Trouble
  readonly finished?: boolean
}

export type Input =
  | { readonly type: 'result'; readonly call: number; readonly ok: true; readonly value: unknown }
  | {
      readonly type: 'result'
      readonly call: number
      readonly ok: false
      readonly refusal: { readonly code: string; readonly message: string }
    }
  | { readonly type: 'eval'; readonly eval: number; readonly source: string }
  | { readonly type: 'event'; readonly name: string; readonly data: Readonly<Record<string, unknown>> }

export type PastPlace = { readonly id: string; readonly name: string }

export type Past = {
  readonly recording: RecordingFile
  readonly lived: readonly Lived[]
  /** Where it stood when the turn began, as far as it had been told. */
  readonly places: readonly PastPlace[]
  /** JSON of `me.memory` after each turn. */
  readonly memories: readonly string[]
  /** Number of log lines before each turn. */
  readonly logStarts: readonly number[]
  readonly log: readonly (LogLine & { readonly tick: number })[]
  readonly fuel: number
}

export function pastOf(recording: RecordingFile, lived: readonly Lived[]): Past {
  const places: PastPlace[] = []
  const memories: string[] = []
  const logStarts: number[] = []
  const log: (LogLine & { tick: number })[] = []
  let place: PastPlace = { id: recording.self.place, name: '' }
  let { memory } = recording
  let fuel = 0
  for (const [index, one] of lived.entries()) {
    const { tick, inputs } = recording.turns[index]!
    for (const input of inputs as readonly unknown[]) place = placeIn(input) ?? place
    places.push(place)
    memory = one.memory ?? memory
    memories.push(memory)
    logStarts.push(log.length)
    for (const line of one.logs) log.push({ ...line, tick })
    fuel += one.fuelUsed
  }
  return { recording, lived, places, memories, logStarts, log, fuel }
}

/** A view of a place is what `look` and `go` bring back. */
function placeIn(input: unknown): PastPlace | undefined {
  const { value } = input as { value?: { place?: unknown; name?: unknown; exits?: unknown } | null }
  if (typeof value !== 'object' || value === null || !Array.isArray(value.exits)) return undefined
  return typeof value.place === 'string' ? { id: value.place, name: String(value.name ?? '') } : undefined
}

export type Verdict =
  | { readonly agrees: true; readonly turns: number }
  /** `end`: it was ended from outside, by time or memory, which no replay repeats. */
  | { readonly agrees: false; readonly where: 'program' | 'fuel' | 'memory' | 'error' | 'short' }

/** Codes of ends that come from outside of the program: they are not lived again. */
const FROM_OUTSIDE = new Set(['turn_timeout', 'out_of_memory', 'host_killed', 'no_journal', 'host_lost'])

/** Holds what was lived again against what the recording says of its end. */
export function verdictOf(past: Past, hash: string): Verdict {
  const { recording, lived, memories } = past
  const { end, program, turns } = recording
  const count = turns.filter((turn) => turn.tick <= end.tick).length
  if (program.hash !== hash) return { agrees: false, where: 'program' }
  const outside = end.error !== undefined && FROM_OUTSIDE.has(end.error.code)
  if (lived.length < count && !outside) return { agrees: false, where: 'short' }
  const at = Math.min(count, lived.length) - 1
  const error = lived[at]?.error
  if (!outside && (error?.code ?? error?.name) !== (end.error && codeAsLived(end.error, error)))
    return { agrees: false, where: 'error' }
  if (!outside && (memories[at] ?? recording.memory) !== end.memory) return { agrees: false, where: 'memory' }
  const fuel = lived.slice(0, at + 1).reduce((sum, one) => sum + one.fuelUsed, 0)
  if (!outside && end.fuelUsed !== undefined && end.fuelUsed !== fuel) return { agrees: false, where: 'fuel' }
  return { agrees: true, turns: at + 1 }
}

/** The node gives every error a code; the prelude only those of its own. */
const codeAsLived = (end: { readonly code: string; readonly name: string }, lived: Trouble | undefined): string =>
  lived?.code === undefined ? end.name : end.code

export type MemoryEntry = {
  readonly key: string
  readonly text: string
  readonly what: 'same' | 'new' | 'changed' | 'gone'
}

/** `me.memory` key by key beside what it was a turn before. */
export function memoryEntries(now: string, before: string): readonly MemoryEntry[] {
  const after = objectOf(now)
  const was = objectOf(before)
  const kept = Object.entries(after).map(([key, value]): MemoryEntry => {
    const text = JSON.stringify(value)
    const what = !Object.hasOwn(was, key) ? 'new' : JSON.stringify(was[key]) === text ? 'same' : 'changed'
    return { key, text, what }
  })
  const gone = Object.keys(was).filter((key) => !Object.hasOwn(after, key))
  return [...kept, ...gone.map((key): MemoryEntry => ({ key, text: JSON.stringify(was[key]), what: 'gone' }))]
}

function objectOf(json: string): Record<string, unknown> {
  const value: unknown = JSON.parse(json)
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
