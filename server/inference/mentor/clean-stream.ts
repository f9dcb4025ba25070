/** Filters what a model says as people's talk is filtered, although it comes in pieces: sentence by sentence, so that no word is cut in two. */
import { MENTOR_SENTENCE_MAX_CHARS } from '../../limits.ts'

/** Where the last whole sentence ends; of a sentence that is too long the last whole word. 0: nothing is whole yet. */
function wholeUpTo(text: string): number {
  const ends = [...text.matchAll(/[.!?…:](?=\s)|\n/g)].at(-1)
  if (ends) return ends.index + 1
  return text.length > MENTOR_SENTENCE_MAX_CHARS ? text.lastIndexOf(' ') + 1 || text.length : 0
}

/** `push` gives what may be said so far, `end` the rest. */
export function createCleaner(clean: (text: string) => string) {
  let held = ''
  const take = (until: number): string => {
    const whole = held.slice(0, until)
    held = held.slice(until)
    return whole === '' ? '' : clean(whole)
  }
  return {
    push(text: string): string {
      held += text
      return take(wholeUpTo(held))
    },
    end: (): string => take(held.length),
  }
}
