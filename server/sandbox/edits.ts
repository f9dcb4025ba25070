/** Memory as it is told of: whole, or as what has changed in it since it was last told. */

/** What the prelude says of it. */
export type MemoryTold = {
  readonly memory?: string
  /** For each edit how far it is after the one before, how many characters go and how many come; what comes stands in `texts`. */
  readonly edits?: readonly number[]
  readonly texts?: string
}

/** JSON of it as it is now; `before` is as it was last told. Undefined when nothing has changed. */
export const memoryAfter = (before: string, { memory, edits, texts = '' }: MemoryTold): string | undefined =>
  memory ?? (edits && edited(before, edits, texts))

/** Joined, not added up: a sum of slices holds on to the texts before it. */
function edited(before: string, edits: readonly number[], texts: string): string {
  const parts: string[] = []
  let from = 0
  let taken = 0
  for (let i = 0; i < edits.length; i += 3) {
    const at = from + edits[i]!
    const comes = edits[i + 2]!
    parts.push(before.slice(from, at), texts.slice(taken, taken + comes))
    from = at + edits[i + 1]!
    taken += comes
  }
  parts.push(before.slice(from))
  return parts.join('')
}
