/** `npm run bench -- NAME [--json FILE] [--short]`: one benchmark, a table on the screen, the raw figures as JSON. */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import type { Bench, Figures } from './figures.ts'

const BENCHES: Readonly<Record<string, () => Promise<{ readonly bench: Bench }>>> = {
  commands: () => import('./commands.ts'),
  startup: () => import('./startup.ts'),
  agents: () => import('./agents.ts'),
  jobs: () => import('./jobs.ts'),
  soak: () => import('./soak.ts'),
  link: () => import('./link.ts'),
  ledger: () => import('./ledger.ts'),
  infer: () => import('./infer.ts'),
}

const commit = (): string => {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'unknown'
  }
}

function printTable(figures: Figures): void {
  const width = Math.max(...Object.keys(figures).map((name) => name.length))
  for (const [name, { value, unit, samples }] of Object.entries(figures)) {
    const shown = Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 3 : 1)
    console.log(
      `${name.padEnd(width)}  ${shown.padStart(12)} ${unit}${samples ? `  (${samples.length} samples)` : ''}`,
    )
  }
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, short: { type: 'boolean', default: false } },
})
const name = positionals[0] ?? ''
const load = BENCHES[name]
if (!load) {
  console.error(`There is no benchmark ${JSON.stringify(name)}. Name one of: ${Object.keys(BENCHES).join(', ')}.`)
  process.exit(2)
}
const startedAt = new Date().toISOString()
const { bench } = await load()
const figures = await bench({ short: values.short, note: (line) => console.error(`[bench ${name}] ${line}`) })
printTable(figures)
if (values.json) {
  writeFileSync(
    values.json,
    `${JSON.stringify({ bench: name, commit: commit(), node: process.version, cpus: availableParallelism(), startedAt, figures }, null, 2)}\n`,
  )
  console.log(`raw figures: ${values.json}`)
}
process.exit(0)
