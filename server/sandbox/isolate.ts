/** One program in one isolate: modules linked, turns run as timed calls, nothing of Node's within reach. */
import ivm from 'isolated-vm'
import { AGENT_MEMORY_SOFT_SHARE, SANDBOX_TIMEOUTS_END_EVERY_MS, SANDBOX_TURN_TIMEOUT_MS } from '../limits.ts'
import { API_EXPORTS } from '../protocol/agent-api/definition.ts'
import { ACADEMY, resolveImport } from './compile/resolve.ts'
import type { LoadMessage, RawError, TurnOutcome, TurnText } from './messages.ts'
import { PRELUDE, PRELUDE_KEPT, PRELUDE_WARMS, type Prelude } from './prelude.ts'

export type Cell = {
  /**
   * `asEdits`: memory comes as what has changed in it since it was last written. `isPast`: nothing of the turn is asked for but that it
   * happens; only for programs without accessors written as such, and not for the first turn.
   */
  run(turn: TurnText, asEdits?: boolean, isPast?: boolean): TurnOutcome
  /** JSON of `me.memory` as it was last written. */
  memory(): string
  /** JSON of what it waits for and listens to. */
  standing(): string
  /** Has a followed program tell where it is, from now on. */
  follow(at: (point: number) => void): void
  /** Gives back what memory it does not need just now; nothing in it can tell. Some milliseconds. */
  rest(): void
  dispose(): void
}

const ENTRY = 'academy:entry'
export const TIMED = { timeout: SANDBOX_TURN_TIMEOUT_MS }

/** A turn's time-out; it ends when those of other turns do. */
function timed(): { readonly timeout: number } {
  const nowMs = performance.now()
  const endMs =
    Math.ceil((nowMs + SANDBOX_TURN_TIMEOUT_MS) / SANDBOX_TIMEOUTS_END_EVERY_MS) * SANDBOX_TIMEOUTS_END_EVERY_MS
  return { timeout: Math.round(endMs - nowMs) }
}
/** What a collection is told that is to shrink the heap (V8's `gc-extension.h`). */
const ALL_OF_IT = { type: 'major', flavor: 'last-resort' } as const
/** Fuel after which the heap is looked at: looking costs as much as a small turn. */
const HEAP_CHECK_FUEL = 20_000

/** Throws what does not link; its `stack` names the author's file. */
export function openCell(load: LoadMessage, prelude: Prelude = PRELUDE): Cell {
  const isolate = newIsolate(load.memoryMb)
  try {
    return createCell(isolate, load, prelude)
  } catch (error) {
    if (!isolate.isDisposed) isolate.dispose()
    throw error
  }
}

/** What the engine has made of the prelude; it is made in this process, and never leaves it. */
let kept: ivm.ExternalCopy<ArrayBuffer> | undefined

/** One in which the prelude has run already, as far as it is the same everywhere. */
export function newIsolate(memoryMb: number): ivm.Isolate {
  kept ??= ivm.Isolate.createSnapshot(
    PRELUDE.slice(0, PRELUDE_KEPT).map(({ name, code }) => ({ code, filename: `academy:${name}` })),
    PRELUDE_WARMS,
  )
  return new ivm.Isolate({ memoryLimit: memoryMb, snapshot: kept })
}

type Door = (name: string) => ivm.Reference<(...values: unknown[]) => unknown>

/** A context in which the prelude has run, and the way to its functions. `isolate` is one of `newIsolate`. */
export function openContext(
  isolate: ivm.Isolate,
  init: string,
  prelude: Prelude = PRELUDE,
): { readonly context: ivm.Context; readonly door: Door } {
  const context = isolate.createContextSync()
  for (const script of prelude.slice(PRELUDE_KEPT)) compiled(isolate, script).runSync(context, TIMED)
  const door: Door = (name) => context.evalSync(name, { reference: true }) as ReturnType<Door>
  door('$$init').applySync(undefined, [init], TIMED)
  return { context, door }
}

/** What the engine has made of other texts. */
const made = new Map<string, ivm.ExternalCopy<ArrayBuffer>>()

function compiled(isolate: ivm.Isolate, { name, code }: Prelude[number]): ivm.Script {
  const filename = `academy:${name}`
  const cachedData = made.get(code)
  if (cachedData) return isolate.compileScriptSync(code, { filename, cachedData })
  const script: ivm.Script & { cachedData?: ivm.ExternalCopy<ArrayBuffer> } = isolate.compileScriptSync(code, {
    filename,
    produceCachedData: true,
  })
  if (script.cachedData) made.set(code, script.cachedData)
  return script
}

function createCell(isolate: ivm.Isolate, load: LoadMessage, prelude: Prelude): Cell {
  const { context, door } = openContext(isolate, load.init, prelude)
  const turn = door('$$turn')
  const collect = door('$$collect')
  const passed = door('$$passed')
  const collectGarbage = door('$$gc')
  const collects = context.evalSync('$$collects') === true
  const entry = link(isolate, context, load, '$$start(program.default, program)')
  let bucket = load.fuelBurst
  let lastTick: number | undefined
  let unchecked = 0

  function run({ tick, seed, inputs, skipMemory }: TurnText, asEdits = false, isPast = false): TurnOutcome {
    const first = lastTick === undefined
    bucket = Math.min(load.fuelBurst, bucket + load.fuelPerTurn * (first ? 0 : Math.max(0, tick - lastTick!)))
    lastTick = tick
    let stray: RawError | undefined
    try {
      if (inputs.includes('"type":"eval"')) readLines(inputs)
      turn.applySync(
        undefined,
        [`{"tick":${tick},"seed":${seed},"fuel":${bucket},"inputs":${first ? '[]' : inputs}}`],
        timed(),
      )
      if (first) entry.evaluateSync(TIMED)
    } catch (error) {
      const raw = rawError(error)
      if (hasEnded(isolate, raw)) return { ended: raw }
      stray = raw
    }
    try {
      // Not timed: of the program only getters in its memory run here, which pay; what they do not pay for the host's watch sees.
      const text = isPast ? '' : (collect.applySync(undefined, [skipMemory !== true, asEdits]) as string)
      const used = isPast
        ? (passed.applySync(undefined, [skipMemory !== true]) as number)
        : Number(/^\{"fuelUsed":(\d+)/.exec(text)?.[1] ?? 0)
      bucket -= used
      // Modules that failed to run never came to `$$start`.
      if (stray && text.includes(',"unstarted":true')) return { text, ended: stray }
      unchecked += used
      const ended = unchecked > HEAP_CHECK_FUEL ? heapProblem() : undefined
      return { text, stray, ended }
    } catch (error) {
      return { ended: rawError(error) }
    }
  }

  /** Lines of the console become functions, which the turn then calls. */
  function readLines(inputs: string): void {
    for (const { eval: number, code } of JSON.parse(inputs))
      if (code !== undefined)
        context.evalSync(`'use strict';$$evaluations[${Number(number)}] = ${code}`, { filename: 'console', ...TIMED })
  }

  /** What is held, not what only has not been collected yet; without a way to collect, the isolate's own bound must do. */
  function heapProblem(): RawError | undefined {
    unchecked = 0
    if (!collects || heapShare() <= AGENT_MEMORY_SOFT_SHARE) return undefined
    collectGarbage.applySync(undefined, [], TIMED)
    if (heapShare() <= AGENT_MEMORY_SOFT_SHARE) return undefined
    return { name: 'Stopped', message: '', stack: '', code: 'out_of_memory' }
  }

  function heapShare(): number {
    const { used_heap_size, externally_allocated_size } = isolate.getHeapStatisticsSync()
    return (used_heap_size + externally_allocated_size) / (load.memoryMb * 1024 * 1024)
  }

  return {
    run,
    memory: () => door('$$memoryText').applySync(undefined, [], TIMED) as string,
    standing: () => door('$$standing').applySync(undefined, [], TIMED) as string,
    follow(at) {
      context.evalClosureSync('$$at = $0', [new ivm.Callback(at)])
    },
    rest() {
      if (collects && !isolate.isDisposed)
        collectGarbage.applySync(undefined, [ALL_OF_IT], { arguments: { copy: true }, ...TIMED })
    },
    dispose() {
      if (!isolate.isDisposed) isolate.dispose()
    },
  }
}

/** `start` is what is done with the entry's exports (`program`) once every module has run. */
export function link(
  isolate: ivm.Isolate,
  context: ivm.Context,
  { entry, modules }: Pick<LoadMessage, 'entry' | 'modules'>,
  start: string,
): ivm.Module {
  const compiled = new Map<string, ivm.Module>()
  const paths = new Map<ivm.Module, string>()
  const add = (path: string, code: string) => {
    const module = isolate.compileModuleSync(code, { filename: path })
    compiled.set(path, module)
    paths.set(module, path)
    return module
  }
  const academy = add(ACADEMY, `export const ${API_EXPORTS.map((name) => `${name} = $$${name}`).join(', ')}`)
  for (const path of Object.keys(modules)) add(path, modules[path]!)
  const first = add(ENTRY, `import * as program from ${JSON.stringify(entry)}\n${start}`)
  first.instantiateSync(context, (specifier, referrer) => {
    if (specifier === ACADEMY) return academy
    const from = paths.get(referrer)!
    const path = from === ENTRY ? entry : resolveImport((p) => Object.hasOwn(modules, p), from, specifier)
    const found = path === undefined ? undefined : compiled.get(path)
    if (!found) throw new Error(`no module ${specifier}`)
    return found
  })
  return first
}

const TIMED_OUT = 'Script execution timed out.'
const OUT_OF_MEMORY = /^Isolate (was|is) (already )?disposed/

function hasEnded(isolate: ivm.Isolate, { message }: RawError): boolean {
  return isolate.isDisposed || message === TIMED_OUT || OUT_OF_MEMORY.test(message)
}

/** Nothing of this machine is told to a program's author. An author's files have no absolute paths. */
const OF_HOST = /\n\s+at (?:\(<isolated-vm boundary>\)|(?:.* \()?(?:file:|node:|\/|[A-Za-z]:\\))/
const withoutHost = (stack: string): string => stack.split(OF_HOST, 1)[0]!

/** What crossed the boundary may be anything at all. */
export function rawError(error: unknown): RawError {
  const read = (key: 'name' | 'message' | 'stack', max: number) => {
    const value = (error as Record<string, unknown> | null | undefined)?.[key]
    return typeof value === 'string' ? value.slice(0, max) : ''
  }
  const message = read('message', 500) || (error instanceof Error ? '' : String(error).slice(0, 500))
  const code = message === TIMED_OUT ? 'turn_timeout' : OUT_OF_MEMORY.test(message) ? 'out_of_memory' : undefined
  return { name: read('name', 80) || 'Error', message, stack: withoutHost(read('stack', 4000)), code }
}
