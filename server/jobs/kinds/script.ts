/**
 * A program of the author's own, mapped over many inputs or reducing them to one, in the sandbox that agents run in, in hosts
 * apart from theirs. `export const map = (item) => …`, `export const reduce = (items) => …`.
 */
import { z } from 'zod'
import { JOB_PARTS_MAX, JOB_SCRIPT_CHUNK, JOB_SCRIPT_FUEL_MAX } from '../../limits.ts'
import type { Json } from '../../protocol/ids.ts'
import type { Outcome, Value } from '../types.ts'
import { type Done, kind, type WorkServices } from './kind.ts'

const MODES = ['map', 'reduce', 'mapreduce'] as const
const input = z.strictObject({
  program: z.string().min(1).max(65_536),
  mode: z.enum(MODES).default('map'),
  items: z
    .array(z.json())
    .min(1)
    .max(JOB_PARTS_MAX * JOB_SCRIPT_CHUNK),
  /** Of one call. */
  fuel: z.number().int().min(1_000).max(JOB_SCRIPT_FUEL_MAX).default(200_000),
  seed: z.number().int().min(0).max(0xffff_ffff).default(1),
})
type Input = z.output<typeof input>
type Part = {
  readonly program: string
  readonly step: 'map' | 'reduce'
  readonly items: readonly Json[]
  /** Place of the first item among all: what its chance is made from. */
  readonly first: number
  readonly fuel: number
  readonly seed: number
}

/** Hands the author's function its item and nothing else. */
const ENTRY: Readonly<Record<Part['step'], string>> = {
  map: "import { map } from './program.ts'\nexport const run = ({ item }) => map(item)\n",
  reduce: "import { reduce } from './program.ts'\nexport const run = ({ item }) => reduce(item)\n",
}
/** Failures that say nothing of the program: somebody else may have more luck. */
const NOT_ITS_FAULT = ['host_lost', 'busy']

export class WorkerFailed extends Error {
  readonly code = 'worker_failed'
}

export const script = kind<Input>({
  name: 'script',
  input,
  verification: 'digest',
  parts({ program, mode, items, fuel, seed }, stage, results): readonly Value[] {
    const maps = mode !== 'reduce'
    const common = { program, fuel, seed }
    if (stage === 0 && maps) return chunks(items).map((part) => ({ ...common, ...part, step: 'map' }) as Value)
    if (mode === 'map') return []
    const left = stage === 0 ? items : stage === 1 && maps ? (results as Json[][]).flat() : (results as Json[])
    if (stage > (maps ? 1 : 0) && left.length === 1) return []
    return chunks(left).map((part) => ({ ...common, ...part, step: 'reduce' }) as Value)
  },
  fuelOf(part) {
    const { items, fuel, step } = part as unknown as Part
    return fuel * (step === 'map' ? items.length : 1)
  },
  perform,
  join: ({ mode }, results) => (mode === 'map' ? (results as Value[][]).flat() : results[0]!),
})

const chunks = (items: readonly Json[]): readonly { items: readonly Json[]; first: number }[] =>
  Array.from({ length: Math.ceil(items.length / JOB_SCRIPT_CHUNK) }, (_, i) => ({
    first: i * JOB_SCRIPT_CHUNK,
    items: items.slice(i * JOB_SCRIPT_CHUNK, (i + 1) * JOB_SCRIPT_CHUNK),
  }))

async function perform(value: Value, { sandbox, compile, signal, progress }: WorkServices): Promise<Done> {
  const { program: source, step, items, first, fuel, seed } = value as unknown as Part
  const compiled = await compile({ 'main.js': ENTRY[step], 'program.ts': source })
  if (!compiled.ok) {
    const { code, message, line } = compiled.diagnostics[0]!
    return failed(code, `program.ts:${line}: ${message}`, 1)
  }
  const inputs: readonly Json[] = step === 'map' ? items : [items]
  const values: Value[] = []
  let used = 1
  for (const [i, item] of inputs.entries()) {
    if (signal.aborted) throw new WorkerFailed('cancelled')
    const answer = await sandbox.call({
      program: compiled.program,
      handler: 'run',
      input: { item },
      seed: (seed + first + i) >>> 0,
      fuel,
    })
    if (!answer.ok) {
      const { code, message, file, line } = answer.error
      if (NOT_ITS_FAULT.includes(code)) throw new WorkerFailed(message)
      return failed(code, `${file ?? 'program.ts'}:${line ?? 1}: ${message}`, used + fuel)
    }
    values.push(answer.value as Value)
    used += answer.fuelUsed
    progress((i + 1) / inputs.length)
  }
  return { outcome: { ok: true, value: step === 'map' ? values : values[0]! }, fuel: used }
}

const failed = (code: string, message: string, fuel: number): Done => {
  const outcome: Outcome = { ok: false, error: { code, message: message.slice(0, 500) } }
  return { outcome, fuel }
}
