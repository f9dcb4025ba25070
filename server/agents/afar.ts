/**
 * Words from other nodes on their way to an agent (AG48): in its ears until the turn that takes them is journalled, and known by their marks
 * from then on. Whoever keeps them may forget them only then.
 */
import { createHash } from 'node:crypto'
import { AGENT_AFAR_MARKS_KEPT } from '../limits.ts'
import type { AgentInput, AgentTurn } from '../protocol/agent-io.ts'

/** Words among an agent's events, or in the turn that is being journalled. */
export type Word = {
  readonly mark: string
  /** True once they are in the journal; false when they were let go of before. */
  readonly taken: Promise<boolean>
  readonly settle: (isTaken: boolean) => void
}
export type Words = Map<AgentInput, Word>

const MARK_CHARS = 22

/** 132 bits of SHA-256, base64url: of one size whatever their sender calls them, the same at every node and every time. */
export const shortMark = (name: string): string =>
  createHash('sha256').update(name).digest('base64url').slice(0, MARK_CHARS)

/** What one has had, oldest first. `before`: in earlier starts of `main`; its journal holds the rest. */
export function marksHad(before: readonly string[] = [], journal: readonly AgentTurn[] = []): Set<string> {
  const had = new Set(before)
  for (const { afar } of journal) if (afar) remember(had, afar)
  return had
}

/** Only the newest: no more than `AGENT_AFAR_MARKS_KEPT` can wait for one agent, and what waits no longer does not come again. */
export function remember(had: Set<string>, marks: readonly string[]): void {
  for (const mark of marks) {
    had.add(mark)
    if (had.size > AGENT_AFAR_MARKS_KEPT) had.delete(had.values().next().value!)
  }
}

/** The same words twice are in its ears once. */
export const wordOf = (words: Words, mark: string): Word | undefined =>
  [...words.values()].find((word) => word.mark === mark)

export function addWord(words: Words, input: AgentInput, mark: string): Word {
  const { promise: taken, resolve: settle } = Promise.withResolvers<boolean>()
  const word = { mark, taken, settle }
  words.set(input, word)
  return word
}

/** Marks of the words among the inputs of a turn. */
export const marksIn = (words: Words, inputs: readonly AgentInput[]): readonly string[] =>
  words.size === 0 ? [] : inputs.flatMap((input) => words.get(input)?.mark ?? [])

/** `inputs` absent: all that there are. */
export function settleWords(words: Words, isTaken: boolean, inputs: Iterable<AgentInput> = [...words.keys()]): void {
  for (const input of inputs) {
    words.get(input)?.settle(isTaken)
    words.delete(input)
  }
}
