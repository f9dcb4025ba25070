/** Measures inside a process that holds isolates, as hosts do: turns, beside the peer's, in turn; what counting fuel costs. */
import ivm from 'isolated-vm'
import { newIsolate, openCell, openContext, TIMED } from '../../sandbox/isolate.ts'
import { stripTypes } from '../../sandbox/strip.ts'
import { loadMessage } from '../../sandbox/translate.ts'
import { KERNELS } from './agents-kernels.ts'
import { createModel } from './agents-model.ts'
import { benchLoad, benchProgram, inputsAt, programOf } from './agents-turns.ts'

export type HostPlan =
  | {
      readonly kind: 'turns'
      readonly rounds: number
      readonly agents: number
      /** Turns of each agent in a round. */
      readonly turns: number
      readonly modelTurns: number
      /** Before the first round, so that what is hot has been compiled. */
      readonly warmTurns: number
    }
  | { readonly kind: 'kernels'; readonly rounds: number }
export type TurnSamples = {
  readonly ours: readonly number[]
  readonly model: readonly number[]
  readonly rawCallNs: readonly number[]
  readonly fuelPerTurn: number
}
/** For each kernel, time counted over time not counted. */
export type KernelRatios = Readonly<Record<string, number>>

/** Processor time that `work` takes in this process, all its threads, in seconds: what others do on the machine counts little. */
async function cpuSeconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

async function turns(plan: Extract<HostPlan, { kind: 'turns' }>): Promise<TurnSamples> {
  const program = benchProgram()
  const cells = Array.from({ length: plan.agents }, (_, i) =>
    openCell(loadMessage(i + 1, benchLoad(`agent_${i}`, program))),
  )
  const models = await Promise.all(Array.from({ length: plan.agents }, createModel))
  const raw = rawCall()
  let at = 0
  let fuel = 0
  const ourTurns = (count: number) => {
    for (let i = 0; i < count; i++, at++) {
      const turn = { tick: at + 1, seed: at * 7919, inputs: INPUTS(at) }
      for (const cell of cells) fuel = fuelOf(cell.run(turn, true))
    }
  }
  let modelAt = 0
  const modelTurns = async (count: number) => {
    for (let i = 0; i < count; i++, modelAt++) for (const model of models) await model.turn(modelAt)
  }
  ourTurns(plan.warmTurns)
  await modelTurns(plan.modelTurns)
  const samples = { ours: [] as number[], model: [] as number[], rawCallNs: [] as number[] }
  for (let round = 0; round < plan.rounds; round++) {
    samples.ours.push((plan.turns * plan.agents) / (await cpuSeconds(() => ourTurns(plan.turns))))
    samples.model.push((plan.modelTurns * plan.agents) / (await cpuSeconds(() => modelTurns(plan.modelTurns))))
    samples.rawCallNs.push((await cpuSeconds(() => raw(20_000))) * (1e9 / 20_000))
  }
  for (const cell of cells) cell.dispose()
  for (const model of models) model.dispose()
  return { ...samples, fuelPerTurn: fuel }
}

/** As text, as they come out of the channel from the node. */
const later = Array.from({ length: 10 }, (_, i) => JSON.stringify(inputsAt(10 + i).slice(1)).slice(1))
const INPUTS = (n: number): string =>
  n < 2 ? JSON.stringify(inputsAt(n)) : `[{"type":"result","call":${n},"ok":true,"value":null},${later[n % 10]}`

function fuelOf({ text, ended }: { readonly text?: string; readonly ended?: object }): number {
  if (ended || text === undefined || !text.includes('"calls":[{')) throw new Error(`a turn went wrong: ${text}`)
  return Number(/^\{"fuelUsed":(\d+)/.exec(text)![1])
}

/** The least that crossing into an isolate and back can cost. */
function rawCall(): (count: number) => void {
  const isolate = new ivm.Isolate()
  const call = isolate.createContextSync().evalSync('(x) => x', { reference: true }) as ivm.Reference<
    (x: number) => number
  >
  return (count) => {
    for (let i = 0; i < count; i++) call.applySync(undefined, [i])
  }
}

/** A kernel as any program of a learner's, counted; and the same lines in a bare isolate. */
function counted(source: string): () => void {
  const isolate = newIsolate(128)
  const init = loadMessage(1, benchLoad('agent_1', programOf(source))).init
  const { context, door } = openContext(isolate, init)
  const module = isolate.compileModuleSync(programOf(source).modules['main.js']!)
  module.instantiateSync(context, () => {
    throw new Error('kernels import nothing')
  })
  const fill = door('$$turn')
  const full = () => fill.applySync(undefined, ['{"tick":0,"seed":1,"fuel":1000000000}'])
  full()
  module.evaluateSync()
  const run = module.namespace.getSync('run', { reference: true })
  return () => {
    full()
    run.applySync(undefined, [], TIMED)
  }
}

function bare(source: string): () => void {
  const isolate = new ivm.Isolate({ memoryLimit: 128 })
  const context = isolate.createContextSync()
  const module = isolate.compileModuleSync(stripTypes(source))
  module.instantiateSync(context, () => {
    throw new Error('kernels import nothing')
  })
  module.evaluateSync()
  const run = module.namespace.getSync('run', { reference: true })
  return () => void run.applySync(undefined, [], TIMED)
}

async function kernels({ rounds }: Extract<HostPlan, { kind: 'kernels' }>): Promise<KernelRatios> {
  const ratios: Record<string, number> = {}
  for (const [name, source] of Object.entries(KERNELS)) {
    const withFuel = counted(source)
    const without = bare(source)
    for (let i = 0; i < 100; i++) {
      withFuel()
      without()
    }
    const each: number[] = []
    for (let i = 0; i < rounds; i++) {
      const dear = await cpuSeconds(() => repeat(withFuel))
      const cheap = await cpuSeconds(() => repeat(without))
      each.push(dear / cheap)
    }
    ratios[name] = each.sort((a, b) => a - b)[each.length >> 1]!
  }
  return ratios
}

const repeat = (work: () => void) => {
  for (let i = 0; i < 10; i++) work()
}

const plan = JSON.parse(process.argv[2]!) as HostPlan
const answer = plan.kind === 'turns' ? await turns(plan) : await kernels(plan)
process.stdout.write(JSON.stringify(answer), () => process.exit(0))
