/** Text from people, programs and other nodes, made safe to show: no control signs, no reversed text, no towers of accents. */

/** Controls, and the signs that hide or turn text around (Unicode TR9, TR36). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]/g
/** The same, but for the end of a line and a tab. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const UNSAFE_IN_BLOCK = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2060-\u2069\ufff9-\uffff]/
const ALL_UNSAFE_IN_BLOCK = new RegExp(UNSAFE_IN_BLOCK, 'g')
const ACCENT_TOWER = /(\p{M}{3})\p{M}+/gu

/** One line of it; what is cleaned once is clean. */
export const plainLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\t\r\n]+/g, ' ')
    .replace(UNSAFE, '')
    .normalize('NFC')
    .replace(ACCENT_TOWER, '$1')
    .trim()

/** Lines of it, for a terminal to draw: nothing in them moves its cursor, colours it or rings its bell. */
export const plainBlock = (text: string): string =>
  UNSAFE_IN_BLOCK.test(text) ? text.replaceAll('\r\n', '\n').replace(ALL_UNSAFE_IN_BLOCK, '') : text
