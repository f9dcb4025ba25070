/** Markdown as it is read in a terminal: without the signs of emphasis, code and headings; code stays as it is written. */

const FENCED = /^```.*$/
/** Inline code first, so that a star in it is left alone. */
const SIGNS = /`([^`\n]+)`|\*\*(?=\S)(.+?)(?<=\S)\*\*|\*(?=\S)([^*\n]+?)(?<=\S)\*/g

export function plainText(markdown: string): string {
  let isCode = false
  const lines: string[] = []
  for (const line of markdown.split('\n')) {
    if (FENCED.test(line)) isCode = !isCode
    else lines.push(isCode ? `  ${line}` : plainLine(line))
  }
  return lines.join('\n')
}

const plainLine = (line: string): string =>
  line
    .replace(/^#{1,6} /, '')
    .replace(SIGNS, (_all, code?: string, strong?: string, weak?: string) => code ?? plainLine(strong ?? weak ?? ''))
