import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { IntlMessageFormat } from 'intl-messageformat'
import { describe, expect, it } from 'vitest'
import { LOCALES } from '../ids.ts'
import { REFUSALS } from '../refusals.ts'
import { CATALOGUE, message } from './index.ts'

const { en, ru } = CATALOGUE
const keys = Object.keys(en)

type Part = {
  readonly type: number
  readonly value?: string
  readonly options?: Readonly<Record<string, { readonly value: readonly Part[] }>>
}
const LITERAL = 0
const POUND = 7

function parts(template: string): readonly Part[] {
  const walk = (ast: readonly Part[]): readonly Part[] =>
    ast.flatMap((part) => [part, ...Object.values(part.options ?? {}).flatMap((option) => walk(option.value))])
  return walk(new IntlMessageFormat(template, 'en', undefined, { ignoreTag: true }).getAst() as readonly Part[])
}

/** Names without their grammatical shape: `{Who}`, `{thing_acc}` and `{thing}` are one each. */
function placeholders(template: string): readonly string[] {
  const names = parts(template)
    .filter(({ type }) => type !== LITERAL && type !== POUND)
    .map(({ value }) => value!.replace(/_(?:nom|gen|dat|acc|ins|pre|a|the|to|from|gender)$/, ''))
  return [...new Set(names.map((name) => name[0]!.toLowerCase() + name.slice(1)))].sort()
}

describe('the catalogue', () => {
  it('has the same keys in both languages', () => {
    expect(Object.keys(ru).filter((k) => !(k in en))).toEqual([])
    expect(keys.filter((k) => !(k in ru))).toEqual([])
  })

  it('is ICU MessageFormat throughout', () => {
    const broken = LOCALES.flatMap((locale) =>
      Object.entries(CATALOGUE[locale]).flatMap(([key, text]) => {
        try {
          new IntlMessageFormat(text, locale, undefined, { ignoreTag: true })
          return []
        } catch (error) {
          return [`${locale} ${key}: ${String(error)}`]
        }
      }),
    )
    expect(broken).toEqual([])
  })

  it('has words for every reason to say no, and for no other', () => {
    const worded = keys.filter((k) => k.startsWith('refusal.')).map((k) => k.slice('refusal.'.length))
    expect(REFUSALS.filter((code) => !worded.includes(code))).toEqual([])
    expect(worded.filter((code) => !(REFUSALS as readonly string[]).includes(code))).toEqual([])
  })

  it('names the same things in both languages, whatever their case', () => {
    /** Russian asks for the gender where English does not; a Russian case needs no `name` beside `toName`. */
    const differing = keys.flatMap((key) => {
      const [a, b] = [placeholders(en[key]!), placeholders(ru[key]!)]
      const missing = [...a.filter((n) => !b.includes(n)), ...b.filter((n) => !a.includes(n))].filter(
        (n) => n !== 'gender',
      )
      return missing.length ? [`${key}: ${missing.join(', ')}`] : []
    })
    expect(differing).toEqual([])
  })

  it('has no Latin word in Russian but names of formats and what is typed as it stands', () => {
    const ALLOWED =
      /^(?:[a-z]+[A-Z_]\w*|TypeScript|JavaScript|JSON|NaN|API|URL|GPU|HTTP|await|async|main|ts|js|me|o|v|x|y|kind|Wick)$/
    const own =
      /^(?:help|refusal|event|place|look|map|word|direction|door|state|item|character|inventory|where|time|list|search|wait|welcome|quit|who|session|channel|mail|alias|config|history|name|score|ignore|report|ledger|nodes|ping|lesson|badges|agent|staff|builders)\./
    const leaks = Object.entries(ru).flatMap(([key, text]) => {
      if (!own.test(key)) return []
      const words = (plain(text).match(/[A-Za-z]{2,}/g) ?? []).filter((w) => !ALLOWED.test(w))
      return words.length ? [`${key}: ${words.join(' ')}`] : []
    })
    expect(leaks).toEqual([])
  })

  it('has no Cyrillic in English', () => {
    expect(
      Object.entries(en).filter(
        ([key, text]) => /[а-яё]/i.test(text) && !key.startsWith('ui.') && !key.startsWith('panels.'),
      ),
    ).toEqual([])
  })

  it('comes back with the key where there are no words, and counts as each language counts', () => {
    expect(message('ru', 'no.such.key')).toBe('no.such.key')
    expect([1, 2, 5, 21].map((count) => message('ru', 'place.more', { count }))).toEqual([
      'и ещё 1 предмет',
      'и ещё 2 предмета',
      'и ещё 5 предметов',
      'и ещё 21 предмет',
    ])
  })

  it('has no key of the world, the help or the terminal that nothing asks for', () => {
    const sources = textOf(join(import.meta.dirname, '../..'))
    const mine = ['world', 'terminal'].flatMap((section) => keysOfSection(section))
    const unused = mine.filter((key) => !sources.includes(`'${key}'`) && !isBuilt(key, sources))
    expect(unused).toEqual([])
  })
})

/** The words between the placeholders and the names of branches. */
const plain = (template: string): string =>
  parts(template)
    .flatMap((part) => (part.type === LITERAL ? [part.value!] : []))
    .join(' ')

const keysOfSection = (section: string): readonly string[] =>
  [...readFileSync(join(import.meta.dirname, 'en', `${section}.ts`), 'utf8').matchAll(/^ {2}'([^']+)'/gm)].map(
    ([, key]) => key!,
  )

/** Keys put together from parts: some part before a dot stands in a template string. */
function isBuilt(key: string, sources: string): boolean {
  const parts = key.split('.')
  return (
    parts.some((_, i) => i > 0 && sources.includes(`\`${parts.slice(0, i).join('.')}.\${`)) ||
    sources.includes(`\`${parts[0]}.\${`)
  )
}

function textOf(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(
      (f) =>
        f.isFile() &&
        f.name.endsWith('.ts') &&
        !f.name.endsWith('.test.ts') &&
        !f.parentPath.includes('generated') &&
        !f.parentPath.includes('/text/'),
    )
    .map((f) => readFileSync(join(f.parentPath, f.name), 'utf8'))
    .join('\n')
}
