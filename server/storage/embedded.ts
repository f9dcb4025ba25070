/** The embedded database: PGlite in a worker thread, reached over a private socket with one connection. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { EMBEDDED_CLOSE_TIMEOUT_MS, UNIX_SOCKET_PATH_MAX_BYTES } from '../limits.ts'
import { StorageError } from './errors.ts'
import type { PgliteWorkerMessage, PgliteWorkerOrder } from './pglite-worker.ts'

export type Embedded = {
  /** For `pg`: a directory means a unix socket in it. */
  readonly connection: {
    readonly host: string
    readonly port: number
    readonly user: string
    readonly database: string
  }
  [Symbol.asyncDispose](): Promise<void>
}

export type EmbeddedOptions = {
  /** Made where it is missing; absent: in memory. */
  readonly dataDir?: string
  readonly imageFile?: string
  /** Nothing is made or opened before this resolves, nor when it rejects; the thread gets ready meanwhile. */
  readonly after?: Promise<unknown>
  readonly log?: { error(fields: object, message: string): void }
  /** Called once when it dies under us. */
  readonly onLost?: (error: Error) => void
}

/** `pg` looks for `.s.PGSQL.<port>` in a directory given as host. */
const UNIX_PORT = 5432

export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { dataDir, imageFile, after, log, onLost } = options
  const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url))
  let socketDir: string | undefined
  const removeSocketDir = () => socketDir && rmSync(socketDir, { recursive: true, force: true })
  try {
    const answer = ready(worker)
    answer.catch(() => {})
    await after
    socketDir = makeDirectories(dataDir)
    worker.postMessage({
      dataDir,
      imageFile,
      socketPath: socketDir && socketIn(socketDir),
    } satisfies PgliteWorkerOrder)
    const port = await answer
    let closing = false
    const lost = (error: Error) => {
      if (closing) return
      log?.error({ err: error }, 'the embedded database was lost')
      onLost?.(error)
    }
    worker.on('error', lost)
    worker.on('exit', () => lost(new StorageError('embedded_failed', 'The embedded database ended by itself.')))
    const where = socketDir ? { host: socketDir, port: UNIX_PORT } : { host: '127.0.0.1', port }
    return {
      connection: { ...where, user: 'postgres', database: 'postgres' },
      async [Symbol.asyncDispose]() {
        if (closing) return
        closing = true
        await close(worker)
        removeSocketDir()
      },
    }
  } catch (error) {
    await worker.terminate()
    removeSocketDir()
    throw error
  }
}

function makeDirectories(dataDir: string | undefined): string | undefined {
  try {
    if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    return makeSocketDir(dataDir)
  } catch (cause) {
    const where = dataDir === undefined ? '' : ` in ${dataDir}`
    throw new StorageError(
      'embedded_failed',
      `The embedded database cannot start${where}: ${(cause as Error).message}`,
      { cause },
    )
  }
}

const socketIn = (dir: string) => join(dir, `.s.PGSQL.${UNIX_PORT}`)

/**
 * A directory only this user can enter, or nothing where unix sockets cannot be used. Beside the data it replaces what a
 * killed node left.
 */
function makeSocketDir(dataDir: string | undefined): string | undefined {
  if (process.platform === 'win32') return undefined
  const beside = dataDir === undefined ? undefined : `${resolve(dataDir)}.socket`
  if (beside !== undefined && fits(beside)) {
    rmSync(beside, { recursive: true, force: true })
    mkdirSync(beside, { mode: 0o700 })
    return beside
  }
  if (!fits(join(tmpdir(), 'academy-db-XXXXXX'))) return undefined
  return mkdtempSync(join(tmpdir(), 'academy-db-'))
}

const fits = (dir: string) => Buffer.byteLength(socketIn(dir)) <= UNIX_SOCKET_PATH_MAX_BYTES

/** The port, once the worker listens. */
function ready(worker: Worker): Promise<number> {
  return new Promise((done, reject) => {
    const fail = (why: string, cause?: unknown) =>
      reject(new StorageError('embedded_failed', `The embedded database did not start: ${why}`, { cause }))
    worker.once('error', (error) => fail(error instanceof Error ? error.message : String(error), error))
    worker.once('exit', (code) => fail(`its thread ended with ${code}`))
    worker.once('message', (message: PgliteWorkerMessage) => {
      if (message.type === 'failed') return fail(message.message)
      worker.removeAllListeners()
      done(message.type === 'ready' ? message.port : 0)
    })
  })
}

/** Lets PGlite write what it holds, then ends the thread; ends it anyway when that takes too long. */
async function close(worker: Worker): Promise<void> {
  const exited = new Promise<void>((done) => worker.once('exit', () => done()))
  worker.postMessage('close')
  const timer = setTimeout(() => void worker.terminate(), EMBEDDED_CLOSE_TIMEOUT_MS)
  await exited
  clearTimeout(timer)
}
