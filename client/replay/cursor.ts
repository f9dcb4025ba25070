/** Where one looks: a turn, and a step in it; past the last step lies the end of the turn. */

export type Cursor = { readonly turn: number; readonly step: number }
/** Steps of a turn; undefined while they are not known. */
export type StepCount = (turn: number) => number | undefined

const START = 0

/** Moves by one turn, to its beginning. */
export const byTurn = ({ turn }: Cursor, by: 1 | -1, turns: number): Cursor => ({
  turn: Math.max(0, Math.min(turns - 1, turn + by)),
  step: START,
})

/** Moves by one line, over the edges of turns. `end` for a turn whose steps are not known yet: its last. */
export function byStep(
  { turn, step }: Cursor,
  by: 1 | -1,
  turns: number,
  steps: StepCount,
): Cursor | { readonly turn: number; readonly step: 'end' } {
  const count = steps(turn) ?? 0
  const next = step + by
  if (next < 0) return turn === 0 ? { turn, step: 0 } : { turn: turn - 1, step: steps(turn - 1) ?? 'end' }
  if (next > count) return turn === turns - 1 ? { turn, step: count } : { turn: turn + 1, step: START }
  return { turn, step: next }
}

export const atEnd = ({ turn, step }: Cursor, turns: number, steps: StepCount): boolean =>
  turn === turns - 1 && step >= (steps(turn) ?? 0)
