/** Processes that work on parts, started when there is work, watched from outside, let go when there is none. */
import { type ChildProcess, fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  WORK_FUEL_PER_MS,
  WORK_HEAP_MB,
  WORK_HOST_IDLE_MS,
  WORK_HOST_PARTS,
  WORK_SMALL_AT_ONCE,
  WORK_SMALL_FUEL,
  WORK_TIME_MIN_MS,
} from '../../limits.ts'
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
type Given = Waiting & { readonly id: number; readonly sinceMs: number; readonly end: () => void }
type Host = {
  readonly child: ChildProcess
  readonly gone: Promise<void>
  /** What it was handed, by number: it works on the first, and small parts wait behind small parts. */
  readonly given: Map<number, Given>
  ready: boolean
  parts: number
  why?: string
  /** What it is ended for; absent: whatever it works on. */
  blamed?: number
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
    const host: Host = { child, gone, given: new Map(), ready: false, parts: 0 }
    const watch = setInterval(() => look(host), WATCH_MS).unref()
    hosts.add(host)
    child.on('message', (message: FromHost) => hear(host, message))
    void gone.then(() => {
      clearInterval(watch)
      bury(host)
    })
    return host
  }

  function hear(host: Host, message: FromHost): void {
    if (message.type === 'ready') {
      host.ready = true
      give()
      return
    }
    const given = host.given.get(message.id)
    if (!given) return
    if (message.type === 'progress') {
      given.task.progress(message.share)
      return
    }
    host.given.delete(given.id)
    given.end()
    host.parts++
    given.resolve({ bytes: message.bytes, fuel: message.fuel })
    if (host.parts >= WORK_HOST_PARTS && host.given.size === 0) end(host, 'replaced as planned')
    give()
  }

  /** Work for whoever is free, small parts for who will be soon; more hosts while there is more to do than hands. */
  function give(): void {
    for (const host of hosts) if (host.ready && !host.why) hand(host)
    const coming = [...hosts].filter((host) => !host.ready && !host.why).length
    const alive = [...hosts].filter((host) => !host.why).length
    for (let n = alive; n < max && n - alive + coming < queue.length; n++) start()
    for (const host of hosts) if (host.ready && host.given.size === 0) rest(host)
  }

  /** Handed over together when half of what it may have is done: a message for each part would cost more than the part. */
  function hand(host: Host): void {
    if (queue.length === 0 || host.given.size > WORK_SMALL_AT_ONCE / 2) return
    const parts: ToHost[] = []
    while (queue.length > 0 && mayTake(host, queue[0]!.task)) parts.push(begin(host, queue.shift()!))
    if (parts.length > 0) host.child.send(parts, () => {})
  }

  function mayTake({ given, parts }: Host, task: Task): boolean {
    if (given.size === 0) return true
    return (
      given.size < WORK_SMALL_AT_ONCE &&
      parts + given.size < WORK_HOST_PARTS &&
      isSmall(task) &&
      [...given.values()].every((one) => isSmall(one.task))
    )
  }

  function begin(host: Host, waiting: Waiting): ToHost {
    clearTimeout(host.idle)
    delete host.idle
    const { task } = waiting
    const id = nextId++
    const cancel = () => end(host, 'it was called off', id)
    task.signal.addEventListener('abort', cancel, { once: true })
    host.given.set(id, {
      ...waiting,
      id,
      sinceMs: performance.now(),
      end: () => task.signal.removeEventListener('abort', cancel),
    })
    return { id, kind: task.kind, part: task.part }
  }

  /** What it works on has taken too long, or too much. */
  function look(host: Host): void {
    const [first] = host.given.values()
    if (!first) return
    const { task, sinceMs } = first
    const mostMs = Math.max(WORK_TIME_MIN_MS, task.fuel / WORK_FUEL_PER_MS)
    if (performance.now() - sinceMs > mostMs) end(host, 'it took too long')
    else if (residentMb(host.child.pid) > BARE_MB + WORK_HEAP_MB + task.memoryMb) end(host, 'it took too much memory')
  }

  function rest(host: Host): void {
    host.idle ??= setTimeout(() => end(host, 'nothing to do'), options.idleMs ?? WORK_HOST_IDLE_MS).unref()
  }

  function end(host: Host, why: string, blamed?: number): void {
    if (host.why === undefined) {
      host.why = why
      if (blamed !== undefined) host.blamed = blamed
    }
    host.child.kill('SIGKILL')
  }

  function bury(host: Host): void {
    hosts.delete(host)
    clearTimeout(host.idle)
    const blamed = host.blamed ?? host.given.keys().next().value
    const innocent: Waiting[] = []
    for (const given of host.given.values()) {
      given.end()
      if (given.id === blamed || closed || given.task.signal.aborted)
        given.reject(new WorkerFailed(`The process working on it ended: ${host.why ?? 'it was lost'}.`))
      else innocent.push(given)
    }
    for (const { task, resolve, reject } of innocent.reverse()) enqueue({ task, resolve, reject }, 'first')
    if (!closed) give()
  }

  function enqueue(waiting: Waiting, where: 'first' | 'last'): void {
    if (where === 'last') queue.push(waiting)
    else queue.unshift(waiting)
    const leave = () => {
      const at = queue.indexOf(waiting)
      if (at < 0) return
      queue.splice(at, 1)
      waiting.reject(new WorkerFailed('It was called off.'))
    }
    waiting.task.signal.addEventListener('abort', leave, { once: true })
  }

  return {
    run(task) {
      if (closed || task.signal.aborted) return Promise.reject(new WorkerFailed('It was called off.'))
      return new Promise((resolve, reject) => {
        enqueue({ task, resolve, reject }, 'last')
        give()
      })
    },
    resize(count) {
      max = count
      for (const host of [...hosts].slice(count)) if (host.given.size === 0) end(host, 'fewer are wanted')
      give()
    },
    stats: () => ({
      hosts: hosts.size,
      working: [...hosts].filter(({ given }) => given.size > 0).length,
      waiting: [...hosts].reduce((sum, { given }) => sum + Math.max(0, given.size - 1), queue.length),
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

const isSmall = ({ fuel }: Task): boolean => fuel <= WORK_SMALL_FUEL

/** Linux only; elsewhere the heap's own limit must do. */
function residentMb(pid: number | undefined): number {
  try {
    return (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096) / 2 ** 20
  } catch {
    return 0
  }
}
