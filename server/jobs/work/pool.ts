/** Processes that work on parts, started when there is work, watched from outside, let go when there is none. */
import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { WORK_FUEL_PER_MS, WORK_HEAP_MB, WORK_HOST_IDLE_MS, WORK_HOST_PARTS, WORK_TIME_MIN_MS } from '../../limits.ts'
import { WorkerFailed } from '../kinds/script.ts'
import type { FromHost, ToHost } from './host.ts'

export type Task = {
  readonly kind: string
  readonly part: Uint8Array
  readonly fuel: number
  readonly memoryMb: number
  readonly signal: AbortSignal
  readonly progress: (share: number) => void
}
/** `bytes`: the encoded outcome. */
export type TaskDone = { readonly bytes: Uint8Array; readonly fuel: number }
export type WorkPool = {
  /** Throws `WorkerFailed` when the process was lost, took too long or too much memory, or the task was called off. */
  run(task: Task): Promise<TaskDone>
  resize(hosts: number): void
  stats(): { readonly hosts: number; readonly working: number; readonly waiting: number }
  [Symbol.asyncDispose](): Promise<void>
}

type Waiting = {
  readonly task: Task
  readonly resolve: (done: TaskDone) => void
  readonly reject: (error: Error) => void
}
type Host = {
  readonly child: ChildProcess
  readonly gone: Promise<void>
  current?: Waiting & { readonly id: number; readonly end: () => void }
  ready: boolean
  parts: number
  why?: string
  idle?: NodeJS.Timeout
}

const HOST = fileURLToPath(new URL('./host.ts', import.meta.url))
/** What a process weighs before it has anything to do. */
const BARE_MB = 120
const WATCH_MS = 500

export function createWorkPool(options: { readonly hosts: number; readonly idleMs?: number }): WorkPool {
  const hosts = new Set<Host>()
  const queue: Waiting[] = []
  let max = options.hosts
  let nextId = 1
  let closed = false

  function start(): Host {
    const child = fork(HOST, [], {
      execArgv: [
        '--permission',
        '--allow-fs-read=*',
        '--disable-warning=SecurityWarning',
        `--max-old-space-size=${WORK_HEAP_MB}`,
      ],
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    const gone = new Promise<void>((resolve) => {
      child.once('close', () => resolve())
      child.once('error', () => resolve())
    })
    const host: Host = { child, gone, ready: false, parts: 0 }
    hosts.add(host)
    child.on('message', (message: FromHost) => hear(host, message))
    void gone.then(() => bury(host))
    return host
  }

  function hear(host: Host, message: FromHost): void {
    if (message.type === 'ready') {
      host.ready = true
      give()
      return
    }
    const { current } = host
    if (!current || current.id !== message.id) return
    if (message.type === 'progress') {
      current.task.progress(message.share)
      return
    }
    delete host.current
    current.end()
    host.parts++
    current.resolve({ bytes: message.bytes, fuel: message.fuel })
    if (host.parts >= WORK_HOST_PARTS) end(host, 'replaced as planned')
    give()
  }

  /** Work for whoever is free; more hosts while there is more to do than hands. */
  function give(): void {
    for (const host of hosts) {
      if (queue.length === 0) break
      if (host.ready && !host.current && !host.why) begin(host, queue.shift()!)
    }
    const coming = [...hosts].filter((host) => !host.ready && !host.why).length
    const alive = [...hosts].filter((host) => !host.why).length
    for (let n = alive; n < max && n - alive + coming < queue.length; n++) start()
    for (const host of hosts) if (host.ready && !host.current) rest(host)
  }

  function begin(host: Host, waiting: Waiting): void {
    clearTimeout(host.idle)
    delete host.idle
    const { task } = waiting
    const id = nextId++
    const timer = setTimeout(
      () => end(host, 'it took too long'),
      Math.max(WORK_TIME_MIN_MS, task.fuel / WORK_FUEL_PER_MS),
    )
    const watch = setInterval(() => {
      if (residentMb(host.child.pid) > BARE_MB + WORK_HEAP_MB + task.memoryMb) end(host, 'it took too much memory')
    }, WATCH_MS)
    const cancel = () => end(host, 'it was called off')
    task.signal.addEventListener('abort', cancel, { once: true })
    host.current = {
      ...waiting,
      id,
      end() {
        clearTimeout(timer)
        clearInterval(watch)
        task.signal.removeEventListener('abort', cancel)
      },
    }
    host.child.send({ id, kind: task.kind, part: task.part } satisfies ToHost, () => {})
  }

  function rest(host: Host): void {
    host.idle ??= setTimeout(() => end(host, 'nothing to do'), options.idleMs ?? WORK_HOST_IDLE_MS).unref()
  }

  function end(host: Host, why: string): void {
    host.why ??= why
    host.child.kill('SIGKILL')
  }

  function bury(host: Host): void {
    hosts.delete(host)
    clearTimeout(host.idle)
    const { current } = host
    if (current) {
      current.end()
      current.reject(new WorkerFailed(`The process working on it ended: ${host.why ?? 'it was lost'}.`))
    }
    if (!closed) give()
  }

  return {
    run(task) {
      if (closed || task.signal.aborted) return Promise.reject(new WorkerFailed('It was called off.'))
      return new Promise((resolve, reject) => {
        const waiting = { task, resolve, reject }
        queue.push(waiting)
        task.signal.addEventListener(
          'abort',
          () => {
            const at = queue.indexOf(waiting)
            if (at < 0) return
            queue.splice(at, 1)
            reject(new WorkerFailed('It was called off.'))
          },
          { once: true },
        )
        give()
      })
    },
    resize(count) {
      max = count
      for (const host of [...hosts].slice(count)) if (!host.current) end(host, 'fewer are wanted')
      give()
    },
    stats: () => ({
      hosts: hosts.size,
      working: [...hosts].filter((host) => host.current).length,
      waiting: queue.length,
    }),
    async [Symbol.asyncDispose]() {
      closed = true
      for (const { reject } of queue.splice(0)) reject(new WorkerFailed('The node is closing.'))
      const all = [...hosts]
      for (const host of all) end(host, 'the node is closing')
      await Promise.all(all.map((host) => host.gone))
    },
  }
}

/** Linux only; elsewhere the heap's own limit must do. */
function residentMb(pid: number | undefined): number {
  try {
    return (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096) / 2 ** 20
  } catch {
    return 0
  }
}
