/** A `.play` file: what somebody types in the world and what they must be shown; its rules stand on top of each. */
import type { Locale } from '../protocol/ids.ts'
import type { Walk, Walker } from './walk.ts'

type Step = { readonly line: number; readonly sign: string; readonly text: string }
export type PlaySection = { readonly locale: Locale; readonly steps: readonly Step[] }

export function parsePlay(source: string): readonly PlaySection[] {
  const sections: { locale: Locale; steps: Step[] }[] = []
  for (const [at, raw] of source.split('\n').entries()) {
    const text = raw.trim()
    const language = /^# (en|ru)$/.exec(text)?.[1]
    if (language) sections.push({ locale: language as Locale, steps: [] })
    if (text === '' || text.startsWith('#')) continue
    const [, sign, rest] = /^([@>~=!])\s+(.+)$/.exec(text) ?? []
    if (sign === undefined || sections.length === 0) throw new Error(`line ${at + 1}: cannot read “${text}”`)
    sections.at(-1)!.steps.push({ line: at + 1, sign, text: rest! })
  }
  return sections
}

/** The first thing that went otherwise, with its line; undefined when all went as written. */
export async function runPlay(walk: Walk, { locale, steps }: PlaySection): Promise<string | undefined> {
  let who: Walker | undefined
  let people = 0
  let shown = ''
  for (const [i, { line, sign, text }] of steps.entries()) {
    const problem = (what: string) => `line ${line} (${locale}) «${text}»: ${what}\n--- shown last:\n${shown}`
    if (sign === '@') {
      const newcomer = await walk.enter(`Walker${++people}`, { locale, place: text })
      who = newcomer
      shown = newcomer.greeting
    } else if (sign === '~') {
      await walk.wait(Number(text))
      shown = walk.heard(who!.id)
    } else if (sign === '=') {
      if (!shown.includes(text)) return problem('not shown')
    } else if (sign === '>') {
      const typed = await who!.type(text)
      shown = typed.text
      const expected = steps[i + 1]?.sign === '!' ? steps[i + 1]!.text : undefined
      if (expected === undefined && !typed.ok) return problem(`refused: ${typed.code}`)
      if (expected !== undefined && typed.code !== expected)
        return problem(`${typed.code ?? 'done'}, not ${expected}`)
    }
  }
  return undefined
}
