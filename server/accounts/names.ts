/** What a name may look like, and when two names are the same to the eye. */
import { NAME_MAX_CHARS, NAME_MIN_CHARS } from '../limits.ts'

/**
 * One script per name, so that no Cyrillic "а" hides among Latin letters. Parts of letters and digits joined by single
 * hyphens, the first of them a letter. No spaces: a name is one word of a command (`tell Wick-417 hello`).
 */
const LATIN = /^[A-Za-zÀ-ÖØ-öø-ſ][A-Za-zÀ-ÖØ-öø-ſ0-9]*(?:-[A-Za-zÀ-ÖØ-öø-ſ0-9]+)*$/
const CYRILLIC = /^[Ѐ-џҐґ][Ѐ-џҐґ0-9]*(?:-[Ѐ-џҐґ0-9]+)*$/

/** As it is kept and shown. */
export const normaliseName = (text: string): string => text.normalize('NFC').trim()

export function isWellFormedName(name: string): boolean {
  const length = [...name].length
  return length >= NAME_MIN_CHARS && length <= NAME_MAX_CHARS && (LATIN.test(name) || CYRILLIC.test(name))
}

/** Letters and digits that look alike in some common font, in either case (a small part of Unicode TS 39). */
const LOOKALIKES: Readonly<Record<string, string>> = {
  ...{
    а: 'a',
    в: 'b',
    е: 'e',
    к: 'k',
    м: 'm',
    н: 'h',
    о: 'o',
    р: 'p',
    с: 'c',
    т: 't',
    у: 'y',
    х: 'x',
    ѕ: 's',
    і: 'l',
    ј: 'j',
  },
  ...{ з: '3', б: '6', ч: '4', 0: 'o', 1: 'l', i: 'l', ł: 'l', ø: 'o', đ: 'd', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'l' },
}

/** The key by which a name is unique and found: case, marks, hyphens and look-alikes folded away. */
export function nameKey(name: string): string {
  const bare = name.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '').replaceAll('-', '')
  const folded = Array.from(bare, (char) => LOOKALIKES[char] ?? char).join('')
  return folded.replaceAll('rn', 'm').replaceAll('vv', 'w')
}
