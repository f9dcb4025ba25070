/** The newest log lines of some parts, kept in memory for the operator's page: bounded in lines and in length, as redacted as the log itself. */

/** `seq` counts on from the start of the process. */
export type KeptLine = {
  readonly seq: number
  readonly atMs: number
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly part: string
  readonly message: string
  /** The line's other fields as JSON; of an error its message alone. */
  readonly detail: string
}

export type LogRing = {
  /** Newest first. */
  recent(limit: number): readonly KeptLine[]
  /** Takes JSON lines as the logger writes them; a line that cannot be read is left out. */
  write(line: string): void
}

export type LogRingOptions = {
  readonly parts: ReadonlySet<string>
  readonly lines: number
  readonly detailMaxChars: number
}

const LEVELS: Readonly<Record<number, KeptLine['level']>> = { 20: 'debug', 30: 'info', 40: 'warn', 50: 'error' }

export function createLogRing({ parts, lines, detailMaxChars }: LogRingOptions): LogRing {
  const kept: KeptLine[] = []
  let seq = 0

  function read(line: string): Omit<KeptLine, 'seq'> | undefined {
    const { level, time, part, msg, ...rest } = JSON.parse(line) as Record<string, unknown>
    if (typeof part !== 'string' || !parts.has(part)) return undefined
    const detail = Object.keys(rest).length === 0 ? '' : JSON.stringify(rest, shortError)
    return {
      atMs: Date.parse(String(time)),
      level: LEVELS[Number(level)] ?? 'error',
      part,
      message: cut(typeof msg === 'string' ? msg : '', detailMaxChars),
      detail: cut(detail, detailMaxChars),
    }
  }

  return {
    recent: (limit) => kept.slice(-limit).reverse(),
    write(line) {
      // Most lines are of other parts, and need not be parsed to be seen as such.
      if (!line.includes('"part":"')) return
      try {
        const entry = read(line)
        if (!entry) return
        kept.push({ seq: ++seq, ...entry })
        if (kept.length > lines) kept.shift()
      } catch {
        // The log itself has the line; the page does without it.
      }
    },
  }
}

const cut = (text: string, max: number): string => (text.length > max ? `${text.slice(0, max)}…` : text)

/** A stack is for the log; the page shows what was wrong. */
const shortError = (key: string, value: unknown): unknown =>
  key === 'err' && typeof value === 'object' && value !== null && 'message' in value ? value.message : value
