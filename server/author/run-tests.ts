/** Runs a project's tests, each in a world of its own with a clock and chance of its own: the same seed, the same result. */
import { holds } from '../agents/simulation/holds.ts'
import { type Happening, type Recorded, type SimulationDeps, simulate } from '../agents/simulation/simulation.ts'
import { AUTHOR_TEST_TIMEOUT_MS } from '../limits.ts'
import type { AgentLogLine, ProgramError } from '../protocol/agent-io.ts'
import type { Json, PlaceId } from '../protocol/ids.ts'
import { readEnvironment } from './environment.ts'
import { judge, type Verdict } from './judge.ts'
import { AuthorProblem } from './problem.ts'
import type { Project } from './project.ts'
import type { AgentTest } from './test-file.ts'

/** What `agent test --json` prints; FORMAT.md describes it, and it only ever grows. */
export type TestReport = {
  readonly ok: boolean
  readonly project: string
  readonly world: string
  readonly passed: number
  readonly failed: number
  readonly tests: readonly TestResult[]
}
export type TestResult = {
  readonly file: string
  readonly name: string
  readonly ok: boolean
  readonly seed: string
  readonly ticks: number
  readonly fuel: number
  readonly expectations: readonly Verdict[]
  readonly happened: readonly Happening[]
  readonly log: readonly (Omit<AgentLogLine, 'level'> & { readonly tick: number; readonly level: string })[]
  readonly memory: Json
  readonly error: ProgramError | null
}
export type Ran = { readonly result: TestResult; readonly recorded?: Recorded }

export async function runTests(
  deps: SimulationDeps,
  project: Project,
  tests: readonly AgentTest[],
  { seed, onResult }: { readonly seed?: string; readonly onResult?: (ran: Ran) => void | Promise<void> } = {},
): Promise<TestReport> {
  const environment = await readEnvironment(project.dir)
  const results: TestResult[] = []
  for (const test of tests) {
    const ran = await runTest(deps, project, test, seed ?? test.seed ?? environment.seed?.toString() ?? test.file)
    results.push(ran.result)
    await onResult?.(ran)
  }
  const failed = results.filter((result) => !result.ok).length
  return {
    ok: failed === 0,
    project: project.name,
    world: deps.world.id,
    passed: results.length - failed,
    failed,
    tests: results,
  }
}

async function runTest(deps: SimulationDeps, project: Project, test: AgentTest, seed: string): Promise<Ran> {
  requirePlaces(deps, test)
  const conditions = test.expect.flatMap(({ is }) => ('holds' in is ? [is.holds] : []))
  const { recorded, ...came } = await simulate(
    deps,
    {
      sources: project.sources,
      name: project.name,
      place: test.place as PlaceId,
      ticks: test.ticks,
      seed,
      visitors: test.visitors,
      memory: test.memory,
      timeoutMs: AUTHOR_TEST_TIMEOUT_MS,
    },
    (world, agent) => conditions.filter((text) => holds(world, text, world.state.characters.get(agent)!)),
  )
  if (came.timedOut)
    throw new AuthorProblem(
      'test_timed_out',
      `${test.file} took longer than ${AUTHOR_TEST_TIMEOUT_MS / 1000} s of this machine's time and was given up. Try again when it is less busy.`,
    )
  const fuel = recorded?.outcomes.reduce((sum, { fuelUsed }) => sum + fuelUsed, 0) ?? 0
  const expectations = judge(test, { ...came, fuel })
  const result: TestResult = {
    file: test.file,
    name: test.name,
    ok: expectations.every(({ ok }) => ok),
    seed,
    ticks: came.ticks,
    fuel,
    expectations,
    happened: came.happenings,
    log: came.logs.map(({ tick, level, text }) => ({ tick, level, text })),
    memory: came.memory,
    error: came.error ?? null,
  }
  return { result, recorded }
}

function requirePlaces({ world }: SimulationDeps, { file, place, visitors }: AgentTest): void {
  for (const wanted of [place, ...visitors.map((visitor) => visitor.place)])
    if (!world.places.has(wanted as PlaceId))
      throw new AuthorProblem('no_place', `${file}:1:1 error: there is no place ${wanted} in the world ${world.id}.`)
}
