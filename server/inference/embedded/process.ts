/** Keeps the process of one model alive: started, heard, started again after a crash with growing pauses, ended on request. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { INFER_RESTART_MAX_MS, INFER_RESTART_MIN_MS, INFER_STOP_TIMEOUT_MS } from '../../limits.ts'
import type { FromHost, HostSettings, ToHost } from './messages.ts'

export type HostEvents = {
  message(message: FromHost): void
  /** It is gone, and so is everything asked of it. `willRestart` is false when it said that the model cannot be used. */
  gone(willRestart: boolean): void
}
type HostLog = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** What a model's process may see of the node's environment: none of its settings and secrets. */
const SHARED_VARIABLES =
  /^(PATH|HOME|TMPDIR|TEMP|TMP|SYSTEMROOT|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|CUDA_.*|GGML_.*|VK_.*)$/
export const visibleEnvironment = (): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => SHARED_VARIABLES.test(name)))

export type ModelProcess = {
  send(message: ToHost): void
  readonly pid: number | undefined
  [Symbol.asyncDispose](): Promise<void>
}

export function startModelProcess(settings: HostSettings, events: HostEvents, log: HostLog): ModelProcess {
  let child: ChildProcess
  let stopped = false
  let unusable = false
  let pauseMs = INFER_RESTART_MIN_MS
  let timer: NodeJS.Timeout | undefined
  start()

  function start(): void {
    child = fork(join(import.meta.dirname, 'host.ts'), [JSON.stringify(settings)], {
      env: visibleEnvironment(),
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    let stderr = ''
    child.stderr?.on('data', (chunk) => {
      stderr = `${stderr}${chunk}`.slice(-2_000)
    })
    child.on('message', (message: FromHost) => {
      if (message.type === 'unusable') unusable = true
      if (message.type === 'ready') pauseMs = INFER_RESTART_MIN_MS
      if (!stopped) events.message(message)
    })
    child.on('error', () => {})
    child.once('exit', (code, signal) => {
      if (stopped) return
      if (!unusable) log.warn({ code, signal, stderr, pauseMs }, 'the process of a model died; it is started again')
      events.gone(!unusable)
      if (unusable) return
      timer = setTimeout(start, pauseMs)
      pauseMs = Math.min(INFER_RESTART_MAX_MS, pauseMs * 2)
    })
  }

  return {
    send(message) {
      if (child.connected) child.send(message)
    },
    get pid() {
      return child.pid
    },
    async [Symbol.asyncDispose]() {
      stopped = true
      clearTimeout(timer)
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      if (child.connected) child.disconnect()
      const cut = setTimeout(() => child.kill('SIGKILL'), INFER_STOP_TIMEOUT_MS)
      await exited
      clearTimeout(cut)
    },
  }
}
