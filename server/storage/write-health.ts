/** Remembers that the database had no room for a write, until one goes through. */
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { isDiskFull } from '../lib/disk-full.ts'
import { WRITE_PROBE_BYTES } from '../limits.ts'

type StorageLog = { info(fields: object, message: string): void; error(fields: object, message: string): void }

export type WriteHealth = {
  /** For `pg.Pool`: every statement of the node goes through one of these. */
  readonly Client: typeof Client
  /** At once while nothing was refused; else tries a write. */
  canWrite(pool: Pick<Client, 'query'>): Promise<boolean>
}

const PROBE = `INSERT INTO "Setting" (key, value) VALUES ('storage.probe', to_jsonb($1::text))
               ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value`

export function createWriteHealth(log: StorageLog): WriteHealth {
  let isFull = false
  function note(error: unknown): void {
    if (isFull || !isDiskFull(error)) return
    isFull = true
    log.error({ err: error }, 'the disk under the database is full: nothing is written until there is room')
  }

  class WatchedClient extends Client {
    // biome-ignore lint/suspicious/noExplicitAny: the overloads of `query` are many, and all are handed on as they came
    override query(...args: any[]): any {
      const last = args.at(-1)
      if (typeof last === 'function') args[args.length - 1] = heard(last, note)
      // biome-ignore lint/suspicious/noExplicitAny: as above
      const answer = (super.query as (...all: any[]) => unknown).apply(this, args)
      if (answer instanceof Promise) answer.catch(note)
      return answer
    }
  }

  return {
    Client: WatchedClient,
    async canWrite(pool) {
      if (!isFull) return true
      try {
        await pool.query(PROBE, [randomBytes(WRITE_PROBE_BYTES / 2).toString('hex')])
        isFull = false
        log.info({}, 'the database takes writes again')
      } catch {
        // Whatever it was: it does not write.
      }
      return !isFull
    },
  }
}

type Told = (error: unknown, ...rest: unknown[]) => unknown
const heard =
  (told: Told, note: (error: unknown) => void): Told =>
  (error, ...rest) => {
    if (error) note(error)
    return told(error, ...rest)
  }
