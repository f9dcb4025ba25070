/** Many runs, some of them at once, and what they came to. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Mutation } from './messages.ts'
import { TARGETS } from './places.ts'
import { NodePool } from './processes.ts'
import { chaosRun, NODES, type RunResult } from './run.ts'

export type ChaosOptions = {
  readonly runs: number
  readonly seed: number
  readonly mutation?: Mutation
  /** Runs at once. */
  readonly lanes?: number
  readonly onRun?: (done: number) => void
}
export type ChaosReport = {
  readonly runs: number
  readonly lost: number
  readonly doubleOwned: number
  readonly doubledEffects: number
  readonly trips: number
  readonly returned: number
  readonly kills: number
  /** Places where somebody was killed at least once, and those aimed at where nobody was. */
  readonly killedAt: readonly string[]
  readonly notKilledAt: readonly string[]
  readonly problems: readonly { readonly seed: number; readonly problems: readonly string[] }[]
  readonly traces: readonly string[]
}

/** Killed processes keep what they wrote whatever holds it: memory is quicker than a disk to sync. */
const scratch = () => mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'academy-chaos-'))

const seedOfRun = (seed: number, run: number): number => seed * 1_000_003 + run

export async function chaos({ runs, seed, mutation, lanes = 2, onRun }: ChaosOptions): Promise<ChaosReport> {
  const root = scratch()
  const results: RunResult[] = []
  let next = 0
  let done = 0
  async function lane(index: number): Promise<void> {
    await using pool = new NodePool(NODES.length + 2, join(root, 'compiled'))
    for (let run = next++; run < runs; run = next++) {
      results[run] = await chaosRun({
        seed: seedOfRun(seed, run),
        pool,
        dir: join(root, `lane-${index}`),
        target: TARGETS[run % TARGETS.length]!,
        ...(mutation && { mutation }),
      })
      onRun?.(++done)
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(lanes, runs) }, (_, index) => lane(index)))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
  return summed(results)
}

function summed(results: readonly RunResult[]): ChaosReport {
  const sum = (of: (result: RunResult) => number) => results.reduce((all, result) => all + of(result), 0)
  const killedAt = new Set(results.flatMap(({ kills }) => kills))
  return {
    runs: results.length,
    lost: sum(({ lost }) => lost),
    doubleOwned: sum(({ doubleOwned }) => doubleOwned),
    doubledEffects: sum(({ doubledEffects }) => doubledEffects),
    trips: sum(({ trips }) => trips),
    returned: sum(({ returned }) => returned),
    kills: sum(({ kills }) => kills.length),
    killedAt: [...killedAt].sort(),
    notKilledAt: TARGETS.filter((place) => !killedAt.has(place)),
    problems: results.filter(({ problems }) => problems.length > 0).map(({ seed, problems }) => ({ seed, problems })),
    traces: results.map(({ trace }) => trace),
  }
}

/** Runs the first ones again: the same seed must give the same trace, to the last message. */
export async function isReproduced(of: {
  readonly seed: number
  readonly runs: number
  readonly traces: readonly string[]
}): Promise<boolean> {
  const again = await chaos({ runs: of.runs, seed: of.seed, lanes: 1 })
  return again.traces.every((trace, run) => trace === of.traces[run])
}
