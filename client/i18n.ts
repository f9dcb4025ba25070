/** Words in the chosen language: nodes remember their keys, so that a switch of language rewrites the page in place. */
import { isLocale, type Locale } from '../server/protocol/ids.ts'
import { message } from '../server/protocol/text/index.ts'

export type Params = Readonly<Record<string, string | number | boolean>>

let current: Locale = 'en'
const listeners = new Set<() => void>()

export const locale = (): Locale => current
export const t = (key: string, params?: Params): string => message(current, key, params)

export function setLocale(next: Locale): void {
  current = next
  document.documentElement.lang = next
  translate(document)
  for (const run of [...listeners]) run()
}

/** For words that no single node holds: called after each switch. */
export function onLocale(run: () => void): () => void {
  listeners.add(run)
  return () => listeners.delete(run)
}

/** The reader's saved choice, else the first language of the browser that we speak, else English. */
export function preferredLocale(saved: string | null, languages: readonly string[]): Locale {
  if (isLocale(saved)) return saved
  return languages.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLocale) ?? 'en'
}

const ATTRIBUTES = ['aria-label', 'title', 'placeholder', 'aria-description'] as const
export type WordTarget = 'text' | (typeof ATTRIBUTES)[number]

/** Gives a node words by key, now and after each switch of language. */
export function words(node: Element, key: string, target: WordTarget = 'text', params?: Params): void {
  node.setAttribute(`data-t-${target}`, params ? `${key} ${JSON.stringify(params)}` : key)
  apply(node, target)
}

function apply(node: Element, target: WordTarget): void {
  const spec = node.getAttribute(`data-t-${target}`) ?? ''
  const gap = spec.indexOf(' ')
  const text = gap < 0 ? t(spec) : t(spec.slice(0, gap), JSON.parse(spec.slice(gap + 1)) as Params)
  if (target === 'text') node.textContent = text
  else node.setAttribute(target, text)
}

function translate(root: ParentNode): void {
  for (const target of ['text', ...ATTRIBUTES] as const) {
    for (const node of root.querySelectorAll(`[data-t-${target}]`)) apply(node, target)
  }
}
