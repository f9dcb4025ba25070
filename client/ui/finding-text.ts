/** What TypeScript finds, in a beginner's words for the mistakes that beginners make; the rest as TypeScript says it. */
import type { Finding } from '../editor/language-messages.ts'
import { t } from '../i18n.ts'

/** TypeScript's codes (microsoft/TypeScript, diagnosticMessages.json) by the sentence they get. */
const SENTENCES: Readonly<Record<string, string>> = {
  ts1002: 'open-quote',
  ts1003: 'name-expected',
  ts1005: 'expected',
  ts1109: 'value-expected',
  ts1128: 'stray',
  ts1160: 'open-quote',
  ts1308: 'await-outside',
  ts2304: 'unknown-name',
  ts2305: 'not-exported',
  ts2307: 'no-module',
  ts2322: 'wrong-kind',
  ts2339: 'no-property',
  ts2345: 'wrong-argument',
  ts2349: 'not-callable',
  ts2451: 'declared-twice',
  ts2551: 'misspelt',
  ts2552: 'misspelt',
  ts2554: 'argument-count',
  ts2588: 'const',
  ts2724: 'misspelt',
  ts18047: 'maybe-nothing',
  ts18048: 'maybe-nothing',
}

export function findingText({ code, message }: Finding, source: string): string {
  const sentence = SENTENCES[code]
  if (sentence === undefined) return message
  const quoted = [...message.matchAll(/'([^']+)'/g)].map((match) => match[1]!)
  const name = source.trim() || quoted[0] || ''
  return t(`panels.finding.${sentence}`, { name, other: quoted.at(-1) ?? '', first: quoted[0] ?? '' })
}
