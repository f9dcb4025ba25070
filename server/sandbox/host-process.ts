/** One host as the pool sees it: a child process started with nothing of ours but this file, watched from outside. */
import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SANDBOX_HOST_HEAP_MB, SANDBOX_REGEXP_BACKTRACKS } from '../limits.ts'
import { createMarkFile, type Mark } from './mark.ts'
import type { FromHost, ToHost } from './messages.ts'
import { giveWay, restrict } from './restrict.ts'

const HOST_FILE = fileURLToPath(new URL('./host.ts', import.meta.url))
const require = createRequire(import.meta.url)

/** All that a host may read: this program, the addon, and what the addon's loader looks for to tell one libc from another. */
const READABLE = [
  fileURLToPath(new URL('../../', import.meta.url)),
  ...['isolated-vm', 'node-gyp-build'].map((name) => `${dirname(require.resolve(`${name}/package.json`))}/`),
  '/etc/alpine-release',
]

const FLAGS = [
  '--permission',
  '--allow-addons',
  ...READABLE.map((path) => `--allow-fs-read=${path}`),
  '--disable-warning=SecurityWarning',
  '--single-threaded-gc',
  '--expose-gc',
  `--max-old-space-size=${SANDBOX_HOST_HEAP_MB}`,
  '--enable-experimental-regexp-engine-on-excessive-backtracks',
  `--regexp-backtracks-before-fallback=${SANDBOX_REGEXP_BACKTRACKS}`,
]

export type HostProcess = {
  readonly pid: number | undefined
  send(message: ToHost): void
  /** Steps grow while the host works; `slot` is who runs, 0 for nobody. */
  mark(): Mark
  rssMb(): number | undefined
  kill(): void
  /** Resolves when the process is gone, however it went. `slot` is whose turn it was. */
  readonly gone: Promise<{
    readonly slot: number
    readonly point?: number
    readonly how: string
    readonly said: string
  }>
}

export function startHost(onMessage: (message: FromHost) => void, program = HOST_FILE): HostProcess {
  const file = createMarkFile()
  const child = fork(program, [], {
    execArgv: FLAGS,
    env: {},
    serialization: 'advanced',
    // Standard input closed, output dropped, the channel, and the mark.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc', file.fd],
  })
  child.on('message', (message: FromHost) => {
    if (message.type === 'ready') restrict(child.pid)
    onMessage(message)
  })
  giveWay(child.pid)
  return {
    pid: child.pid,
    send(message) {
      if (child.connected) child.send(message, () => {})
    },
    mark: () => file.read(),
    rssMb: () => rssMb(child.pid),
    kill: () => void child.kill('SIGKILL'),
    gone: untilGone(child).then(({ how, said }) => {
      const { slot, point } = file.read()
      file.close()
      return { slot, point, how, said }
    }),
  }
}

function untilGone(child: ChildProcess): Promise<{ how: string; said: string }> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < 2_000) said += text
  })
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ how: error.message, said }))
    child.once('close', (code, signal) => resolve({ how: signal ?? `exit ${code}`, said }))
  })
}

/** Linux only; elsewhere the isolates' own limits and the stall watch must do. */
function rssMb(pid: number | undefined): number | undefined {
  if (process.platform !== 'linux' || pid === undefined) return undefined
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
    return (pages * 4096) / (1024 * 1024)
  } catch {
    return undefined
  }
}
