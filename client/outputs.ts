/** The list of what the terminal has said: in order, each id once, bounded. */
import { markOf, type Output } from '../server/protocol/terminal.ts'
import { OUTPUT_KEPT_COUNT } from './limits.ts'

/** Orders decimal counters of any length without turning them into numbers. */
export const compareIds = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)

/** Ids that begin with `~` are the page's own lines (echo, notices); the server's are decimal. */
export const isLocal = (output: Output): boolean => output.id.startsWith('~')

export function lastServerId(outputs: readonly Output[]): string | undefined {
  return outputs.findLast((output) => !isLocal(output))?.id
}

/** The list with one more at its end; the same list when it has been seen before. */
export function appendOutput(
  outputs: readonly Output[],
  output: Output,
  keep = OUTPUT_KEPT_COUNT,
): readonly Output[] {
  if (!isLocal(output)) {
    const last = lastServerId(outputs)
    if (last !== undefined && compareIds(output.id, last) <= 0) return outputs
  }
  const mark = markOf(output)
  if (mark !== undefined && outputs.some((each) => markOf(each) === mark)) return outputs
  return [...outputs, output].slice(-keep)
}

let localCount = 0
export const localOutput = (kind: Output['kind'], text: string): Output => ({ id: `~${++localCount}`, kind, text })
