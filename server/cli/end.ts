/** How a command ends that failed: in words where it is not our mistake, with a stack where it is. */
import { inspect } from 'node:util'
import { ConfigError } from '../config.ts'
import { diskProblem } from '../lib/disk-problem.ts'
import { say } from './print.ts'

/** The commonest way in which a start fails. */
function portTaken(error: unknown): string | undefined {
  const { code, syscall, port } = (error ?? {}) as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE')
    return `Port ${port} is taken by another program. Stop it, or choose another port with --port (0 picks a free one).`
  if (code === 'EACCES' && syscall === 'listen')
    return `Port ${port} may not be used by this user. Choose one above 1023 with --port (0 picks a free one).`
  return undefined
}

/** A file that was named and is not there. */
function notThere(error: unknown): string | undefined {
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException
  return code === 'ENOENT' && path ? `There is no ${path}.` : undefined
}

/** A directory that cannot be made or a file that cannot be written. */
function directoryRefused(error: unknown): string | undefined {
  const problem = diskProblem(error)
  return problem && `${problem} Mend that, or choose another directory with --data.`
}

/** Says what is wrong and how to mend it, without a stack for what is not our mistake. */
export function endWith(error: unknown): never {
  const known =
    error instanceof ConfigError ||
    (error instanceof Error && 'code' in error && typeof error.code === 'string' && /^[a-z_]+$/.test(error.code))
  const told = portTaken(error) ?? notThere(error) ?? directoryRefused(error)
  say(told ?? (known ? (error as Error).message : inspect(error)))
  process.exit(error instanceof ConfigError ? 2 : 1)
}
