/** Structured logs: JSON lines, pretty on a terminal, with what must never be printed taken out. */
import { type DestinationStream, type Logger, pino } from 'pino'
import pretty from 'pino-pretty'
import type { LogRing } from './log-ring.ts'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'child'>

/** Paths of values that are secrets wherever they turn up. */
const SECRET_KEYS = [
  'password',
  'token',
  'access_token',
  'refresh_token',
  'authorization',
  'cookie',
  'privateJwk',
  'databaseUrl',
  'redisUrl',
  'secret',
]
const redact = {
  paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]),
  censor: '[secret]',
}

export type LogOptions = {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly pretty?: boolean
  readonly destination?: NodeJS.WritableStream
  /** Gets every line too. */
  readonly ring?: LogRing
}

/** Writes to standard error, so that standard output stays for the `ready` line. */
export function createLog({
  level,
  pretty: isPretty = process.stderr.isTTY === true,
  destination,
  ring,
}: LogOptions): Log {
  const options = { level, redact, base: undefined, timestamp: () => `,"time":"${new Date().toISOString()}"` }
  const main = harmless(destination ?? standardError(isPretty))
  if (!ring || level === 'silent') return pino(options, main)
  return pino(
    options,
    pino.multistream([
      { level, stream: main },
      { level, stream: ring },
    ]),
  )
}

/** A control sign of JSON, escaped by it or left as it is (DEL, ECMA-48 C1); ends of lines and tabs have escapes of their own. */
const CONTROL = /(?<!\\)((?:\\\\)*)\\u00([01][0-9a-f])|([\u007f-\u009f])/gi

/** Shown by its number, so that no terminal obeys it, however the line is printed: pretty-printing would take the escapes off again. */
const harmless = (to: { write(line: string): unknown }): DestinationStream => ({
  write: (line) =>
    void to.write(
      line.replace(CONTROL, (_, before: string | undefined, code: string | undefined, raw: string | undefined) =>
        raw === undefined ? `${before}\\\\u00${code}` : `\\\\u00${raw.charCodeAt(0).toString(16)}`,
      ),
    ),
})

const standardError = (isPretty: boolean): DestinationStream =>
  isPretty
    ? pretty({ destination: 2, sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' })
    : pino.destination({ fd: 2, sync: true })
