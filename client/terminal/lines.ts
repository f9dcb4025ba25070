/** A block of output as lines with a tone each; both ways of drawing the terminal start from here. */
import { plainBlock } from '../../server/protocol/plain-text.ts'
import type { Output } from '../../server/protocol/terminal.ts'

export type Tone = 'title' | 'body' | 'speech' | 'system' | 'bad' | 'refusal' | 'echo' | 'lesson' | 'agent' | 'help'
export type ToneLine = { readonly tone: Tone; readonly text: string }

const TONES: Readonly<Record<Output['kind'], Tone>> = {
  place: 'body',
  event: 'body',
  speech: 'speech',
  system: 'system',
  error: 'bad',
  refusal: 'refusal',
  echo: 'echo',
  lesson: 'lesson',
  agent: 'agent',
  help: 'help',
}

/** Said by a mark as well as by a colour. */
const MARKS: Partial<Record<Tone, string>> = {
  echo: '> ',
  bad: '! ',
  refusal: '\u00d7 ',
  lesson: '* ',
  agent: '\u00b7 ',
}

export function linesOf(output: Output): readonly ToneLine[] {
  const tone = TONES[output.kind] ?? 'body'
  // Another node's terminal is drawn here too, and what it leaves in is up to it.
  return plainBlock(output.text)
    .split('\n')
    .map((text, index) => {
      if (output.kind === 'place' && index === 0) return { tone: 'title', text }
      // What the list below is about; the list matters more.
      if (output.kind === 'place' && text.endsWith(':')) return { tone: 'system', text }
      return { tone, text: index === 0 ? (MARKS[tone] ?? '') + text : text }
    })
}

/** How far a line begins from the left, in columns; never so far that little of the width is left. */
export const indentOf = (text: string, width: number): number =>
  Math.min(/^ */.exec(text)![0].length, Math.floor(width / 2))

/** Breaks a line at spaces so that no word is cut; what is longer than the width is cut all the same. */
export function wrap(text: string, columns: number): readonly string[] {
  const width = Math.max(8, columns)
  const indent = ' '.repeat(indentOf(text, width))
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<=\s)(?=\S)/)) {
    let rest = word
    if (line.trim() !== '' && (line + rest).trimEnd().length > width) {
      lines.push(line.trimEnd())
      line = indent
    }
    while ((line + rest).trimEnd().length > width) {
      const room = width - line.length
      lines.push(line + rest.slice(0, room))
      rest = rest.slice(room)
      line = indent
    }
    line += rest
  }
  return [...lines, line.trimEnd()]
}
