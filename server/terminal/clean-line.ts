/** A line as it came over the wire, made safe to show to others. */
import { TERMINAL_LINE_MAX_CHARS } from '../limits.ts'
import { plainLine } from '../protocol/plain-text.ts'

/** Undefined when it is longer than a line may be. */
export function cleanLine(text: string): string | undefined {
  if (text.length > TERMINAL_LINE_MAX_CHARS * 4) return undefined
  const clean = plainLine(text)
  return clean.length > TERMINAL_LINE_MAX_CHARS ? undefined : clean
}
