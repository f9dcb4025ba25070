/** The cheating simulation in full: `node server/testing/cheats.ts [--seed S] [--owners N] [--parts N] [--json FILE]`. Rules J30–J34 in server/jobs/SPEC.md. */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type SimulationFigures, simulate } from '../jobs/simulation/simulate.ts'
import { STRATEGY_NAMES } from '../jobs/simulation/strategies.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: 'first light' },
    owners: { type: 'string', default: '100' },
    parts: { type: 'string', default: '2000000' },
    json: { type: 'string' },
  },
})
const common = { seed: values.seed, owners: Number(values.owners), parts: Number(values.parts) }
const percent = (share: number) => `${(share * 100).toFixed(4)} %`

console.log(
  `${common.parts} parts, ${common.owners} owners, a fifth of them cheats, seed ${JSON.stringify(common.seed)}`,
)
const rows: (SimulationFigures & { readonly strategy: string; readonly setting: string })[] = []
for (const setting of ['caught for good', 'comes back at once', 'no verification'] as const)
  for (const strategy of STRATEGY_NAMES) {
    const verify = setting !== 'no verification'
    const parts = verify ? common.parts : Math.min(common.parts, 100_000)
    const figures = simulate({ ...common, parts, strategy, rejoin: setting === 'comes back at once', verify })
    rows.push({ strategy, setting, ...figures })
    console.log(
      [
        setting.padEnd(18),
        strategy.padEnd(8),
        `wrong ${percent(figures.wrong)}`,
        `by value ${percent(figures.wrongByValue)}`,
        `work ×${figures.work.toFixed(3)}`,
        `profit ${(figures.profit * 100).toFixed(1)} %`,
        `caught ${figures.caught}`,
      ].join('  '),
    )
  }
if (values.json) writeFileSync(values.json, `${JSON.stringify({ ...common, rows }, null, 2)}\n`)
