/**
 * One node per data directory, and a private door to it: a unix socket that exists while the node runs.
 * Whoever can open the directory (mode 0700) may use it; that is what makes `academy status`, `backup` and `admin` safe.
 */
import { createHash } from 'node:crypto'
import { mkdir, stat, unlink } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { diskProblem } from '../lib/disk-problem.ts'
import { within } from '../lib/within.ts'
import {
  CONTROL_ANSWER_TIMEOUT_MS,
  CONTROL_BEAT_MS,
  CONTROL_BODY_MAX_BYTES,
  CONTROL_CONNECT_TIMEOUT_MS,
  CONTROL_SILENCE_MAX_MS,
  UNIX_SOCKET_PATH_MAX_BYTES,
} from '../limits.ts'

export class AlreadyRunning extends Error {
  readonly code = 'already_running'
  constructor(dataDir: string) {
    super(`Another node is already running on ${dataDir}. Stop it first, or choose another directory with --data.`)
  }
}
export class NotRunning extends Error {
  readonly code = 'not_running'
  constructor(dataDir: string) {
    super(`No node is running on ${dataDir}. Start one with "npm start", or name its directory with --data.`)
  }
}
export class DataDirUnusable extends Error {
  readonly code = 'data_dir_unusable'
  constructor(dataDir: string, cause: unknown) {
    super(
      `${dataDir} cannot be used: nothing can be made there. Name a directory on a disk that this user may write, with --data.`,
      { cause },
    )
  }
}
/** The node answered with a problem of its own. */
export class ControlRefused extends Error {
  readonly code = 'control_refused'
}

/** The node runs and accepts what is asked, and answers nothing: its process is stopped, or busy without end. */
export class ControlSilent extends Error {
  readonly code = 'control_silent'
  constructor(name: string, dataDir: string, silentMs: number) {
    super(
      `The node on ${dataDir} has been silent for ${silentMs / 1_000} s after it was asked for "${name}". It may be stopped or overloaded: look at its log, try again, or start it anew.`,
    )
  }
}

/** Handlers by name; what they return is sent back as JSON. Progress lines reach the caller as they happen. */
export type ControlHandlers = Readonly<
  Record<string, (body: Record<string, unknown>, progress: (line: string) => void) => Promise<unknown>>
>

const socketPath = (dataDir: string): string => {
  if (process.platform === 'win32')
    return `\\\\.\\pipe\\academy-${createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 32)}`
  const path = join(resolve(dataDir), 'node.sock')
  if (Buffer.byteLength(path) < UNIX_SOCKET_PATH_MAX_BYTES) return path
  return join(tmpdir(), `academy-${createHash('sha256').update(path).digest('hex').slice(0, 32)}.sock`)
}

const answers = (path: string): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(path)
    const end = (alive: boolean) => {
      socket.destroy()
      done(alive)
    }
    socket.setTimeout(CONTROL_CONNECT_TIMEOUT_MS, () => end(true))
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })

const listen = (server: Server, path: string): Promise<void> =>
  new Promise((done, fail) => {
    server.once('error', fail)
    server.listen(path, () => done())
  })

async function readBody(req: IncomingMessage): Promise<Record<string, unknown>> {
  let text = ''
  req.setEncoding('utf8')
  for await (const chunk of req) {
    text += chunk
    if (text.length > CONTROL_BODY_MAX_BYTES) throw new ControlRefused('The request is too long.')
  }
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}

/** One step at a time: Node's own `recursive` never returns where a parent exists and takes no directories, as `/proc`. */
async function makeDirectory(dir: string): Promise<void> {
  try {
    await mkdir(dir, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(dir)).isDirectory()) return
    if (code !== 'ENOENT') throw error
    const parent = dirname(dir)
    if (await isDirectory(parent)) throw new DataDirUnusable(dir, error)
    await makeDirectory(parent)
    await makeDirectory(dir)
  }
}
const isDirectory = (dir: string): Promise<boolean> =>
  stat(dir).then(
    (found) => found.isDirectory(),
    () => false,
  )

const tooLong = (name: string, limitMs: number) => (): Error =>
  new ControlRefused(
    `"${name}" has not come to an end within ${limitMs / 1_000} s and is not waited for any more. The node goes on; its log may say what it waits for.`,
  )

export type ControlOptions = {
  /** Names of what may take as long as it takes: a backup, reading through a whole log. */
  readonly patient?: readonly string[]
  readonly answerTimeoutMs?: number
  readonly beatMs?: number
}

/** Takes the directory for this process; throws `AlreadyRunning` if a live node holds it. A socket left by a killed node is taken over. */
export async function openControl(
  dataDir: string,
  handlers: ControlHandlers,
  { patient = [], answerTimeoutMs = CONTROL_ANSWER_TIMEOUT_MS, beatMs = CONTROL_BEAT_MS }: ControlOptions = {},
): Promise<AsyncDisposable> {
  await makeDirectory(resolve(dataDir))
  const path = socketPath(dataDir)
  const server = createServer(async (req, res) => {
    // A handler that was given up may still report; nobody listens then.
    const send = (line: object) => void (res.writableEnded || res.destroyed || res.write(`${JSON.stringify(line)}\n`))
    const beat = setInterval(() => send({ beat: true }), beatMs)
    try {
      const name = (req.url ?? '').slice(1)
      const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined
      if (!handler) throw new ControlRefused(`This node does not know "${name}".`)
      const work = handler(await readBody(req), (progress) => send({ progress }))
      send({
        result:
          (await (patient.includes(name) ? work : within(work, answerTimeoutMs, tooLong(name, answerTimeoutMs)))) ??
          null,
      })
    } catch (error) {
      send({ error: diskProblem(error) ?? (error instanceof Error ? error.message : String(error)) })
    }
    clearInterval(beat)
    res.end()
  })
  try {
    await listen(server, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    if (await answers(path)) throw new AlreadyRunning(dataDir)
    await unlink(path)
    await listen(server, path)
  }
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}

/** Asks the node that runs on `dataDir`. Throws `ControlSilent` when nothing at all comes back, not even the beat of a node at work. */
export function askControl<T>(
  dataDir: string,
  name: string,
  body: object,
  onProgress: (line: string) => void = () => {},
  silenceMaxMs = CONTROL_SILENCE_MAX_MS,
): Promise<T> {
  return new Promise((done, fail) => {
    const req = request({ socketPath: socketPath(dataDir), path: `/${name}`, method: 'POST' }, async (res) => {
      try {
        res.setEncoding('utf8')
        let rest = ''
        let result: { value: T } | undefined
        for await (const chunk of res) {
          const lines = (rest + chunk).split('\n')
          rest = lines.pop()!
          for (const line of lines) {
            const message = JSON.parse(line) as { progress?: string; error?: string; result?: T }
            if (message.error !== undefined) return fail(new ControlRefused(message.error))
            if (message.progress !== undefined) onProgress(message.progress)
            else if ('result' in message) result = { value: message.result as T }
          }
        }
        if (result) done(result.value)
        else fail(new ControlRefused('The node ended before it answered.'))
      } catch (error) {
        fail(error)
      }
    })
    req.setTimeout(silenceMaxMs, () => req.destroy(new ControlSilent(name, dataDir, silenceMaxMs)))
    req.once('error', (error: NodeJS.ErrnoException) =>
      fail(error.code === 'ENOENT' || error.code === 'ECONNREFUSED' ? new NotRunning(dataDir) : error),
    )
    req.end(JSON.stringify(body))
  })
}
