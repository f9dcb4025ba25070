/**
 * A recording under Node's debugger: the author's files as they are, by file and line, fed with the inputs that were recorded. Runs in a
 * process of its own that may read its task and nothing else (see inspect.ts). The program gets a realm whose every object is its own;
 * only texts go in and out.
 */
import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import vm from 'node:vm'
import { plainBlock } from '../protocol/plain-text.ts'
import { stepLines } from './replay-text.ts'

export type InspectTask = {
  /** Scripts that make the realm, in order. */
  readonly prelude: readonly { readonly name: string; readonly code: string }[]
  /** JSON for the prelude. */
  readonly init: string
  readonly academy: string
  readonly entry: string
  /** Path -> where the debugger finds it, its text, and which path each import means. */
  readonly modules: Readonly<
    Record<
      string,
      { readonly url: string; readonly code: string; readonly imports: Readonly<Record<string, string>> }
    >
  >
  readonly memory: string
  readonly fuel: number
  readonly turns: readonly { readonly tick: number; readonly seed: number; readonly inputs: readonly unknown[] }[]
}

const task = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as InspectTask
const context = vm.createContext(vm.constants.DONT_CONTEXTIFY)
for (const { name, code } of task.prelude) vm.runInContext(code, context, { filename: `academy:${name}` })
const ask = (door: string, ...args: readonly unknown[]): unknown =>
  vm.runInContext(`${door}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`, context, {
    filename: 'academy:door',
  })
ask('$$init', task.init)

const PAUSE = 'debugger // The files are loaded and nothing has run yet: set breakpoints in them, then continue.'
const START = `import 'academy:pause'\nimport * as program from 'academy:program'\n$$start(program.default)`

async function link(): Promise<vm.SourceTextModule> {
  const make = (code: string, identifier: string) => new vm.SourceTextModule(code, { context, identifier })
  const academy = make(task.academy, 'academy:academy')
  const files = new Map(Object.entries(task.modules).map(([path, { code, url }]) => [path, make(code, url)]))
  const paths = new Map([...files].map(([path, module]) => [module as vm.Module, path]))
  const pause = make(PAUSE, 'academy:pause')
  const first = make(START, 'academy:start')
  await first.link((specifier, from) => {
    if (specifier === 'academy') return academy
    if (from === first) return specifier === 'academy:pause' ? pause : files.get(task.entry)!
    return files.get(task.modules[paths.get(from)!]!.imports[specifier]!)!
  })
  return first
}

const first = await link()
const shown = { memory: task.memory }
let memory = task.memory
for (const [index, { tick, seed, inputs }] of task.turns.entries()) {
  ask('$$turn', JSON.stringify({ tick, seed, fuel: task.fuel, inputs: index === 0 ? [] : inputs }))
  if (index === 0) await first.evaluate().catch((error: unknown) => console.error(error))
  await setImmediate()
  const outcome = { ...JSON.parse(String(ask('$$collect', true))), tick }
  memory = outcome.memory ?? memory
  const [, ...lines] = stepLines({ turn: { tick, inputs }, outcome, memory }, shown)
  console.log(plainBlock([`${tick}`, ...lines].join('\n')))
  if (outcome.error || outcome.finished) break
}
console.log('The recording ends here.')
