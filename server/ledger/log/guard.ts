/** What the log has signed, kept outside of the database and on the disk before anybody sees the signature: a restored database cannot make it forget. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Step, writeDurably } from '../../lib/durable.ts'
import { type Checkpoint, formatHead, parseCheckpoint } from '../../protocol/tlog/checkpoint.ts'
import { EMPTY_ROOT } from '../../protocol/tlog/merkle.ts'
import { formatNote } from '../../protocol/tlog/note.ts'
import type { LogSigner } from './identity.ts'

export type Guard = {
  /** The last checkpoint that was, or may have been, shown to somebody; undefined when the file is gone. */
  read(): Promise<Checkpoint | undefined>
  /** On the disk when it resolves. */
  write(note: string): Promise<void>
}

export class GuardError extends Error {
  readonly code = 'bad_log_guard'
}

export const guardPath = (dir: string): string => join(dir, 'signed-head')

export function createGuard(dir: string, step?: Step): Guard {
  const path = guardPath(dir)
  const text = () =>
    readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
  return {
    async read() {
      const note = await text()
      if (note === undefined) return undefined
      const checkpoint = parseCheckpoint(note)
      if (!checkpoint)
        throw new GuardError(
          `${path} cannot be read: it says what the transparency log has signed. Put it back from a copy, or begin another log with "academy ledger new-log".`,
        )
      return checkpoint
    },
    async write(note) {
      await mkdir(dir, { recursive: true, mode: 0o700 })
      await writeDurably(path, note, step)
    },
  }
}

/** What a log signs before its name is known to anybody: that it is empty. From then on the file is there, or something is wrong. */
export function beginGuard(guard: Guard, { key, sign }: LogSigner): Promise<void> {
  const text = formatHead({ origin: key.name, size: 0, root: EMPTY_ROOT })
  return guard.write(formatNote({ text, signatures: [sign(text)] }))
}
