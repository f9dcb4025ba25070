/** A change as people read it: unified lines with a little around them (longest common subsequence, Hunt and McIlroy 1976, by table). */
import { DIFF_MAX_LINES } from '../../limits.ts'

const AROUND = 2

/** Lines with `  `, `- ` or `+ ` before them, `…` where equal lines are left out. Long texts are shown as replaced whole. */
export function diff(before: string, after: string): string {
  const [a, b] = [before.split('\n'), after.split('\n')]
  if (a.length > DIFF_MAX_LINES || b.length > DIFF_MAX_LINES)
    return `- (${a.length} lines)\n${b
      .slice(0, DIFF_MAX_LINES)
      .map((line) => `+ ${line}`)
      .join('\n')}`
  return trimmed(merged(a, b)).join('\n')
}

type Marked = readonly [mark: ' ' | '-' | '+', line: string]

function merged(a: readonly string[], b: readonly string[]): Marked[] {
  const width = b.length + 1
  const common = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] =
        a[i] === b[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!)
  const lines: Marked[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push([' ', a[i]!])
      i++
      j++
    } else if (j >= b.length || (i < a.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!))
      lines.push(['-', a[i++]!])
    else lines.push(['+', b[j++]!])
  }
  return lines
}

function trimmed(lines: readonly Marked[]): string[] {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(([mark]) => mark !== ' '),
  )
  return lines.flatMap(([mark, line], at) => (near[at] ? [`${mark} ${line}`] : near[at - 1] || at === 0 ? ['…'] : []))
}
