/** Text put into a source without moving a line: insertions only, so that positions can be mapped back by subtraction. */

/** `[line, column, length]`: so many characters were put in before this column of the author's line; 1-based, in order. */
export type Shift = readonly [line: number, column: number, length: number]

/** A function is asked when the text is woven: for what is only known once the inside has been read. */
type Text = string | (() => string)

export type Insertions = {
  /** Before what starts at `at`; of several at one place the first asked for stands outermost. */
  open(at: number, text: Text): void
  /** After what ends at `at`; of several at one place the first asked for stands innermost. */
  close(at: number, text: Text): void
  render(): { readonly text: string; readonly shifts: readonly Shift[] }
}

type Insertion = { readonly at: number; readonly text: Text; readonly closes: boolean; readonly order: number }

export function createInsertions(source: string): Insertions {
  const list: Insertion[] = []
  const add = (at: number, text: Text, closes: boolean) => {
    list.push({ at, text, closes, order: list.length })
  }
  return {
    open: (at, text) => add(at, text, false),
    close: (at, text) => add(at, text, true),
    render() {
      // What closes at a place ends before what opens there begins.
      list.sort((a, b) => a.at - b.at || Number(b.closes) - Number(a.closes) || a.order - b.order)
      return weave(source, list)
    },
  }
}

function weave(source: string, list: readonly Insertion[]) {
  const parts: string[] = []
  const shifts: Shift[] = []
  let done = 0
  let line = 1
  let lineStart = 0
  for (const { at, text: asked } of list) {
    const text = typeof asked === 'string' ? asked : asked()
    if (text === '') continue
    for (let i = source.indexOf('\n', done); i >= 0 && i < at; i = source.indexOf('\n', i + 1)) {
      line++
      lineStart = i + 1
    }
    parts.push(source.slice(done, at), text)
    shifts.push([line, at - lineStart + 1, text.length])
    done = at
  }
  parts.push(source.slice(done))
  return { text: parts.join(''), shifts }
}

/** The author's column for a column of the woven text; both 1-based. A column inside an insertion is where it was put in. */
export function columnBefore(shifts: readonly Shift[], line: number, column: number): number {
  let moved = 0
  for (const [atLine, atColumn, length] of shifts) {
    if (atLine !== line) continue
    if (column < atColumn + moved) break
    if (column < atColumn + moved + length) return atColumn
    moved += length
  }
  return column - moved
}
