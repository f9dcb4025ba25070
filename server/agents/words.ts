/** What went wrong in a program, as its author is told: a sentence that says what happened, where, and one thing to try. */
import type { ProgramError } from '../protocol/agent-io.ts'
import type { Locale } from '../protocol/ids.ts'
import { message } from '../protocol/text/index.ts'
import { errorSentence } from '../protocol/text/program.ts'

export function failureText(locale: Locale, error: Pick<ProgramError, 'code'> & Partial<ProgramError>): string {
  const sentence = errorSentence(locale, error)
  if (error.line === undefined) return sentence
  return `${message(locale, 'agents.error.at', { file: error.file ?? '', line: error.line })} ${sentence}`
}
