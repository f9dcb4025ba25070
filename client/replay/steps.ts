/** The steps of one turn: where the program was, what its variables held, and what each line cost. */
import type { ReplayPlan } from '../../server/protocol/api.ts'

export type Local = { readonly name: string; readonly text: string; readonly changed: boolean }
export type Step = {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly waits: boolean
  /** Fuel of the turn so far. */
  readonly fuel: number
  /** Log lines of the turn so far. */
  readonly logged: number
  /** Calls of the turn so far end before this number. */
  readonly nextCall: number
  readonly locals: readonly Local[]
}
export type Steps = { readonly list: readonly Step[]; readonly dropped: number }

/** As the frame tells them: point, waits, fuel, log lines, next call, values. */
export type RawSteps = {
  readonly steps: readonly (readonly [number, 0 | 1, number, number, number, readonly (string | null)[]])[]
  readonly dropped: number
}

export function stepsOf({ steps, dropped }: RawSteps, points: ReplayPlan['points']): Steps {
  const last = new Map<string, string>()
  const list = steps.flatMap(([id, waits, fuel, logged, nextCall, values]): Step[] => {
    const point = points[id]
    if (!point) return []
    const locals = point.names.flatMap((name, i): Local[] => {
      const text = values[i]
      if (typeof text !== 'string') return []
      const before = last.get(`${point.file} ${name}`)
      last.set(`${point.file} ${name}`, text)
      return [{ name, text, changed: before !== undefined && before !== text }]
    })
    const { file, line, column } = point
    return [{ file, line, column, waits: waits === 1, fuel, logged, nextCall, locals }]
  })
  return { list, dropped }
}

export type LineCost = { readonly file: string; readonly line: number; readonly fuel: number; readonly times: number }

/** What the lines of a turn cost, the dearest first; a line pays for what it calls that has no line of its own. */
export function costs({ list }: Steps, total: number): readonly LineCost[] {
  const byLine = new Map<string, { file: string; line: number; fuel: number; times: number }>()
  for (const [i, { file, line, fuel, waits }] of list.entries()) {
    const key = `${file}:${line}`
    const cost = byLine.get(key) ?? { file, line, fuel: 0, times: 0 }
    cost.fuel += (list[i + 1]?.fuel ?? total) - fuel
    if (!waits) cost.times++
    byLine.set(key, cost)
  }
  return [...byLine.values()].filter(({ fuel }) => fuel > 0).sort((a, b) => b.fuel - a.fuel)
}
