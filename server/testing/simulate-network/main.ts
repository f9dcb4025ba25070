/** `node server/testing/simulate-network/main.ts --nodes N --seed S --json FILE`: thousands of nodes over simulated links; `--check-real N`: the same run with N real ones, side by side. */
import { writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { compareWithReal } from './compare.ts'
import { makePlan } from './plan.ts'
import { INTERNET } from './sim-links.ts'
import { simulate } from './simulate.ts'

const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    messages: { type: 'string' },
    json: { type: 'string' },
    'check-real': { type: 'string' },
    /** Seconds in which all begin to join. */
    'join-window': { type: 'string' },
  },
})
const [nodes, seed] = [Number(values['check-real'] ?? values.nodes), Number(values.seed)]
const messages = Number(values.messages ?? Math.min(nodes, 10_000))
if (!Number.isInteger(nodes) || nodes < 3 || !Number.isInteger(seed) || !(messages > 0)) {
  console.error(
    'usage: node server/testing/simulate-network/main.ts [--nodes N] [--seed S] [--messages N] [--join-window S] [--check-real N] [--json FILE]',
  )
  process.exit(2)
}

const note = (line: string) => console.error(line)
const joinWindowMs = values['join-window'] === undefined ? undefined : Number(values['join-window']) * 1_000
const planned = { nodes, seed, messages, ...(joinWindowMs && { joinWindowMs }) }
const plan = makePlan(nodes, seed, messages, joinWindowMs)

async function check() {
  const loadBefore = loadavg()
  const { counts, delays, ...runs } = await compareWithReal(plan, planned, note)
  for (const { name, real, simulated, unit, isWithin } of [...counts, ...delays])
    note(`${isWithin ? 'within' : 'BEYOND'} 20 %  ${name}: real ${real}, simulated ${simulated} ${unit}`)
  // Where others have the processors, real delays are those of waiting for one.
  const areDelaysJudged = loadBefore[0]! <= availableParallelism() / 2 && runs.unmeasured.length === 0
  if (!areDelaysJudged)
    note(
      `delays are shown and not judged: load ${loadBefore[0]!.toFixed(1)} before, not measured: ${runs.unmeasured.join(', ') || 'nothing'}`,
    )
  const judged = areDelaysJudged ? [...counts, ...delays] : counts
  return {
    counts,
    delays,
    areDelaysJudged,
    load: { before: loadBefore, after: loadavg() },
    ...runs,
    isGood: judged.every((row) => row.isWithin),
  }
}
async function run() {
  const done = await simulate(plan, INTERNET, { note })
  return { ...done, isGood: done.problems.length === 0 }
}

const { isGood, ...report } = values['check-real'] === undefined ? await run() : await check()
const text = JSON.stringify({ ...planned, ...report }, null, 2)
if (values.json) await writeFile(values.json, `${text}\n`)
console.log(text)
process.exit(isGood ? 0 : 1)
