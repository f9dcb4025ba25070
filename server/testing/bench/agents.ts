/** What agents take and how fast they are, beside a raw call into an isolate and a model of the Screeps driver in the same run. */
import { execFile } from 'node:child_process'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { hibernatedKb } from './agents-disk.ts'
import { endToEnd } from './agents-end-to-end.ts'
import type { HostPlan, KernelRatios, TurnSamples } from './agents-host.ts'
import { bystanders, firstTurns, hostBack, idleMb, restore, throughChannel } from './agents-hosts.ts'
import { type Bench, type Figures, median, percentile, quantile } from './figures.ts'

const exec = promisify(execFile)

/** In a process of its own, with the flags that hosts have. */
async function inHost<T>(plan: HostPlan): Promise<T> {
  const args = ['--single-threaded-gc', join(import.meta.dirname, 'agents-host.ts'), JSON.stringify(plan)]
  return JSON.parse((await exec(process.execPath, args, { maxBuffer: 1 << 26 })).stdout) as T
}

export const bench: Bench = async ({ short, note }) => {
  const figures: Record<string, Figures[string]> = {}
  const loads = [loadavg()[0]!]
  const begin = (line: string) => {
    loads.push(loadavg()[0]!)
    note(line)
  }

  begin('turns in the host, the model of the Screeps driver, raw calls, in turn')
  const turns = await inHost<TurnSamples>(
    short
      ? { kind: 'turns', rounds: 5, agents: 4, turns: 200, modelTurns: 25, warmTurns: 1_200 }
      : { kind: 'turns', rounds: 15, agents: 20, turns: 500, modelTurns: 50, warmTurns: 1_500 },
  )
  figures.turnsPerSPerCore = median(turns.ours, '1/s')
  figures.screepsModelPerSPerCore = median(turns.model, '1/s')
  figures.timesScreepsModel = median(
    turns.ours.map((ours, i) => ours / turns.model[i]!),
    'times',
  )
  figures.rawCallNs = median(turns.rawCallNs, 'ns')
  figures.fuelPerTurn = { value: turns.fuelPerTurn, unit: 'fuel' }

  begin('fuel: ten kernels, counted and not')
  const ratios = await inHost<KernelRatios>({ kind: 'kernels', rounds: short ? 2 : 15 })
  figures.fuelOverheadMedian = median(Object.values(ratios), 'times')
  for (const [name, value] of Object.entries(ratios)) figures[`fuelOverhead.${name}`] = { value, unit: 'times' }

  begin('turns through the channel')
  const channel = await throughChannel(short ? 2 : 5, short ? 40 : 1_000)
  figures.hostTurnsPerSPerCore = median(channel.host, '1/s')
  figures.sandboxTurnsPerSPerCore = median(channel.both, '1/s')

  begin('from zone to applied commands')
  const whole = await (short ? endToEnd(40, 2, 45) : endToEnd(100, 5, 300))
  figures.endToEndPerSPerCore = median(whole.perS, '1/s')
  figures.endToEndNodeUs = { value: whole.nodeUs, unit: 'us' }
  figures.endToEndHostUs = { value: whole.hostUs, unit: 'us' }

  begin('memory of idle agents, and what sleeping ones take on disk')
  figures.idleAgentMb = { value: await idleMb(short ? 30 : 100), unit: 'MiB' }
  figures.hibernatedAgentKb = { value: await hibernatedKb(short ? 50 : 200), unit: 'KiB' }

  begin('first turns, restoring, dying')
  const first = await firstTurns(short ? 25 : 200)
  figures.firstTurnP50Ms = quantile(first, 50, 'ms')
  figures.firstTurnP95Ms = { value: percentile(first, 95), unit: 'ms' }
  figures.restore20kMs = median(await restore('oneByOne', short ? 1 : 9), 'ms')
  figures.restore20kBatchedMs = median(await restore('batched', short ? 1 : 9), 'ms')
  figures.hostBack50Ms = median(await hostBack(50, short ? 2 : 9), 'ms')
  figures.hostBack200Ms = median(await hostBack(200, short ? 1 : 9), 'ms')

  begin('innocent agents beside four processes that compute for nothing')
  const innocent = await bystanders(16, short ? 3_000 : 1_000_000)
  figures.falseCuts = { value: innocent.cut, unit: 'turns' }
  figures.falseCutsOf = { value: innocent.turns, unit: 'turns' }
  figures.fuelUnderLoadDiff = { value: innocent.fuelDiff, unit: 'fuel' }
  figures.fuelBillsCompared = { value: innocent.compared, unit: 'turns' }
  figures.loadAverage = { value: percentile(loads, 50), unit: 'processes', samples: loads }
  return figures
}
