/** Nouns as authors write them -> nouns that grammar can use: `крыс|а|ы|е|у|ой|е` is a stem and its six endings. */
import { NOUN_CASES, type Noun, type NounCase } from '../engine/types.ts'

export type EnNounFile = {
  name: string
  article?: 'a' | 'an' | 'the' | 'some' | ''
  plural?: boolean
  aliases?: string[]
}
export type RuNounFile = { forms: string; gender: 'm' | 'f' | 'n' | 'pl'; aliases?: string[] }

export function englishNoun(file: EnNounFile): Noun {
  const forms = Object.fromEntries(NOUN_CASES.map((c) => [c, file.name])) as Record<NounCase, string>
  const gender = file.plural ? 'pl' : 'n'
  const article = file.article ?? (file.plural ? 'some' : /^[aeiou]/i.test(file.name) ? 'an' : 'a')
  return { forms, gender, article, aliases: (file.aliases ?? []).map((word) => word.toLowerCase()) }
}

/** A noun, or what is wrong with it. */
export function russianNoun(file: RuNounFile): Noun | string {
  const forms = declined(file.forms)
  if (typeof forms === 'string') return forms
  const aliases: string[] = []
  for (const alias of file.aliases ?? []) {
    const all = declined(alias)
    if (typeof all === 'string') return all
    for (const form of Object.values(all)) if (!aliases.includes(form.toLowerCase())) aliases.push(form.toLowerCase())
  }
  return { forms, gender: file.gender, aliases }
}

function declined(text: string): Record<NounCase, string> | string {
  const words = text.trim().split(/\s+/)
  for (const word of words) {
    const parts = word.split('|').length
    if (parts !== 1 && parts !== 1 + NOUN_CASES.length)
      return `"${word}" needs a stem and six endings (stem|nom|gen|dat|acc|ins|pre)`
  }
  const form = (index: number) =>
    words
      .map((word) => word.split('|'))
      .map((parts) => (parts.length === 1 ? parts[0] : `${parts[0]}${parts[index + 1]}`))
      .join(' ')
  return Object.fromEntries(NOUN_CASES.map((c, index) => [c, form(index)])) as Record<NounCase, string>
}
