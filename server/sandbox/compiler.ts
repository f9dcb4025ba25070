/** Compiling learners' sources beside the server, in a worker thread that may die of them: nobody's play waits for a parser. */
import { Worker } from 'node:worker_threads'
import {
  COMPILE_CPU_MS,
  COMPILE_LOOK_MS,
  COMPILE_QUEUE_MAX,
  COMPILE_TIMEOUT_MS,
  COMPILE_WORKER_HEAP_MB,
} from '../limits.ts'
import type { CompileOptions, CompileResult, SourceFiles } from './types.ts'

export type Compiler = {
  compile(files: SourceFiles, options?: CompileOptions): Promise<CompileResult>
  [Symbol.asyncDispose](): Promise<void>
}

type Job = {
  readonly id: number
  readonly files: SourceFiles
  readonly options?: CompileOptions
  readonly resolve: (result: CompileResult) => void
  over?: () => void
}

const failed = (code: string, message: string): CompileResult => ({
  ok: false,
  diagnostics: [{ file: 'main.ts', line: 1, column: 1, severity: 'error', code, message }],
})

/** What is asked of the thread that compiles. */
export type CompileWorker = Pick<Worker, 'postMessage' | 'ref' | 'unref' | 'terminate' | 'cpuUsage' | 'on'>

/** One at a time: each takes milliseconds, and the machine has better things to do with its other cores. */
export function createCompiler(begin: () => CompileWorker = startWorker): Compiler {
  const queue: Job[] = []
  let current: Job | undefined
  let worker: CompileWorker | undefined
  let nextId = 1
  let closed = false

  function next(): void {
    if (current || closed) return
    current = queue.shift()
    if (!current) {
      worker?.unref()
      return
    }
    worker ??= start()
    worker.ref()
    watch(current, worker)
    worker.postMessage({ id: current.id, files: current.files, options: current.options })
  }

  /** Counts the processor's time, not the clock's: on a busy machine a thread may wait for seconds before its first step. */
  function watch(job: Job, at: CompileWorker): void {
    const tooLong = () => current === job && drop('too_deep', 'This takes too long to read.')
    let before: NodeJS.CpuUsage | undefined
    const look = async () => {
      // Nothing is known of a thread that has not begun.
      const usage = await at.cpuUsage().catch(() => undefined)
      before ??= usage
      if (usage && before && (usage.user + usage.system - before.user - before.system) / 1_000 > COMPILE_CPU_MS)
        tooLong()
    }
    const looking = setInterval(look, COMPILE_LOOK_MS)
    const backstop = setTimeout(tooLong, COMPILE_TIMEOUT_MS)
    job.over = () => {
      clearInterval(looking)
      clearTimeout(backstop)
    }
  }

  function start(): CompileWorker {
    const started = begin()
    started.on('message', ({ id, result }: { id: number; result: CompileResult }) => {
      if (current?.id === id) finish(result)
    })
    started.on('error', () => started === worker && drop('too_deep', 'This cannot be read.'))
    return started
  }

  /** The worker is spent: what it was at is refused, and the next one gets a new worker. */
  function drop(code: string, message: string): void {
    void worker?.terminate()
    worker = undefined
    finish(failed(code, message))
  }

  function finish(result: CompileResult): void {
    const job = current
    current = undefined
    if (job) {
      job.over?.()
      job.resolve(result)
    }
    next()
  }

  return {
    compile(files, options) {
      if (closed || queue.length >= COMPILE_QUEUE_MAX)
        return Promise.resolve(failed('busy', 'Too much is being checked at once. Try again in a moment.'))
      return new Promise((resolve) => {
        queue.push({ id: nextId++, files, options, resolve })
        next()
      })
    },
    async [Symbol.asyncDispose]() {
      closed = true
      for (const job of queue.splice(0)) job.resolve(failed('busy', 'The node is closing.'))
      const leaving = worker
      worker = undefined
      await leaving?.terminate()
      finish(failed('busy', 'The node is closing.'))
    },
  }
}

function startWorker(): CompileWorker {
  return new Worker(new URL('./compile-worker.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: COMPILE_WORKER_HEAP_MB },
    env: {},
  })
}
