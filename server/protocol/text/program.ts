/** What is wrong in a program, as a sentence a beginner understands: for the node's log lines and for the page alike. */
import type { ProgramError } from '../agent-io.ts'
import type { Diagnostic } from '../diagnostics.ts'
import type { Locale } from '../ids.ts'
import { CATALOGUE, message } from './index.ts'

type Params = Readonly<Record<string, string>>

/** What went wrong while running, without its place. */
export function errorSentence(
  locale: Locale,
  { code, name = '', message: said = '', params }: Pick<ProgramError, 'code'> & Partial<ProgramError>,
): string {
  const key = `agents.error.${code}`
  if (!Object.hasOwn(CATALOGUE.en, key)) return name === '' ? said : `${name}: ${said}`
  return message(locale, key, { name: '', ...params, message: params?.message ?? said } as Params)
}

/** What the checker found. Its parser's own detail is English, so the page's words do without it. */
export function remarkSentence(
  locale: Locale,
  { code, message: said, params }: Pick<Diagnostic, 'code' | 'message' | 'params'>,
): string {
  if (code === 'syntax' || code === 'unsupported_syntax') return message(locale, `panels.check.${code}`)
  const key = `agents.check.${code}`
  return Object.hasOwn(CATALOGUE.en, key) ? message(locale, key, params as Params) : said
}
