/** `npm run chaos -- migrate --runs N --seed S --json FILE`: kills nodes at every step of agents' trips and looks whether any is lost, alive twice, or heard twice. */
import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { chaos, isReproduced } from './chaos.ts'
import type { Mutation } from './messages.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
    lanes: { type: 'string', default: '2' },
  },
})
const [runs, seed, lanes] = [Number(values.runs), Number(values.seed), Number(values.lanes)]
if (positionals[0] !== 'migrate' || !(runs > 0) || !Number.isInteger(seed) || !(lanes > 0)) {
  console.error('usage: npm run chaos -- migrate [--runs N] [--seed S] [--lanes N] [--json FILE]')
  process.exit(2)
}

/** Runs in which something is switched off: the harness must see it. */
const MUTATED: readonly Exclude<Mutation, 'none'>[] = ['fencing', 'asking']
const MUTATED_RUNS = Math.max(10, Math.min(40, Math.ceil(runs / 20)))

const startedMs = Date.now()
const seconds = () => Math.round((Date.now() - startedMs) / 1_000)
const { traces, problems, ...report } = await chaos({
  runs,
  seed,
  lanes,
  onRun: (done) => done % 25 === 0 && console.error(`${done} of ${runs} runs, ${seconds()} s`),
})
const tookS = seconds()

const mutations: Record<string, { runs: number; violations: number }> = {}
for (const mutation of MUTATED) {
  const found = await chaos({ runs: MUTATED_RUNS, seed, lanes, mutation })
  const violations = found.lost + found.doubleOwned + found.doubledEffects
  mutations[mutation] = { runs: MUTATED_RUNS, violations }
  console.error(`with ${mutation} switched off: ${violations} violations in ${MUTATED_RUNS} runs`)
}
const mutationFound = Object.values(mutations).every(({ violations }) => violations > 0)
const reproduced = await isReproduced({ seed, traces, runs: Math.min(runs, 5) })

const all = { ...report, mutationFound, mutations, reproduced, seed, tookS, problems }
if (values.json) await writeFile(values.json, `${JSON.stringify(all, null, 2)}\n`)
const { killedAt, notKilledAt, ...figures } = all
console.log(JSON.stringify({ ...figures, placesKilledAt: killedAt.length, placesMissed: notKilledAt }, null, 2))
const isSound = report.lost + report.doubleOwned + report.doubledEffects === 0
process.exit(isSound && mutationFound && reproduced ? 0 : 1)
