/** Lives a recording again in this machine's sandbox, a turn at a time, and finds where it comes out otherwise than it did. */
import { storable } from '../agents/log-book.ts'
import type { AgentTurn, AgentTurnResult } from '../protocol/agent-io.ts'
import type { AgentId } from '../protocol/ids.ts'
import { errorSentence } from '../protocol/text/program.ts'
import { compile } from '../sandbox/compile.ts'
import type { Program, Sandbox } from '../sandbox/types.ts'
import { AuthorProblem } from './problem.ts'
import { type Outcome, outcomeOf, type Recording } from './recording.ts'

export type Step = {
  readonly turn: Recording['turns'][number]
  readonly outcome: Outcome
  readonly memory: string
  /** The lines that it went through, where they are asked for. */
  readonly path?: AgentTurnResult['path']
}
/** Where the two differ: at which tick, in what, and how. */
export type Difference = {
  readonly tick: number
  readonly what: 'program' | 'fuel' | 'calls' | 'log' | 'memory' | 'end'
  readonly recorded: string
  readonly here: string
}
export type Replayed = {
  readonly turns: number
  readonly fuelUsed: number
  readonly memory: string
  readonly differences: readonly Difference[]
}

/** Throws when the sources do not compile here. */
export function programOf({ program }: Recording): { readonly program: Program; readonly difference?: Difference } {
  const compiled = compile(program.sources)
  if (!compiled.ok) {
    const { file, line, column, message } = compiled.diagnostics[0]!
    throw new AuthorProblem(
      'does_not_compile',
      `The recorded program does not compile here: ${file}:${line}:${column} ${message} Was it recorded by another version? Record it anew.`,
    )
  }
  if (compiled.program.hash === program.hash) return compiled
  return {
    program: compiled.program,
    difference: { tick: 0, what: 'program', recorded: program.hash, here: compiled.program.hash },
  }
}

export async function replay(
  sandbox: Pick<Sandbox, 'load' | 'turn' | 'unload' | 'onResult' | 'onLost'>,
  recording: Recording,
  onStep: (step: Step) => void = () => {},
  { lines = false }: { readonly lines?: boolean } = {},
): Promise<Replayed> {
  const { program, difference } = programOf(recording)
  const traced = lines ? compile(recording.program.sources, { trace: true }) : undefined
  const key = recording.self.id as AgentId
  const loaded = await sandbox.load({
    self: { ...recording.self, id: key },
    program: traced?.ok ? traced.program : program,
    memory: recording.memory,
    journal: [],
    limits: recording.limits,
    ...(traced?.ok && { trace: true }),
  })
  if (!loaded.ok)
    throw new AuthorProblem('not_loaded', `The program could not be loaded: ${errorSentence('en', loaded.error)}`)
  const differences = difference ? [difference] : []
  const expected = new Map(recording.outcomes?.map((each) => [each.tick, each]))
  const judged = recording.turns.findLast(({ tick }) => tick <= (recording.end?.tick ?? -1))
  let memory = recording.memory
  let fuelUsed = 0
  let turns = 0
  const logs: { tick: number; level: string; text: string }[] = []
  try {
    for (const turn of recording.turns) {
      const inputs = turn.inputs as unknown as AgentTurn['inputs']
      const result = await oneTurn(sandbox, { ...turn, inputs, agent: key })
      const outcome = outcomeOf(result)
      turns++
      fuelUsed += outcome.fuelUsed
      memory = outcome.memory ?? memory
      logs.push(...outcome.logs.map((line) => ({ tick: turn.tick, ...line })))
      differences.push(...(expected.has(turn.tick) ? compare(expected.get(turn.tick)!, outcome) : []))
      if (turn === judged) differences.push(...compareEnd(recording, { fuelUsed, memory, logs }))
      onStep({ turn, outcome, memory, ...(result.path && { path: result.path }) })
      if (outcome.error || outcome.finished) break
    }
  } finally {
    await sandbox.unload(key)
  }
  return { turns, fuelUsed, memory, differences }
}

function oneTurn(sandbox: Pick<Sandbox, 'turn' | 'onResult' | 'onLost'>, turn: AgentTurn): Promise<AgentTurnResult> {
  return new Promise((resolve, reject) => {
    const stops = [
      sandbox.onResult((results) => {
        const mine = results.find(({ agent }) => agent === turn.agent)
        if (mine) finish(() => resolve(mine))
      }),
      sandbox.onLost(({ agents, culprit, reason }) => {
        if (agents.includes(turn.agent) || culprit === turn.agent)
          finish(() =>
            reject(
              new AuthorProblem(
                'host_lost',
                `At tick ${turn.tick} the program had to be stopped from outside (${reason}): it took too much time or memory at once.`,
              ),
            ),
          )
      }),
    ]
    function finish(then: () => void): void {
      for (const stop of stops) stop()
      then()
    }
    sandbox.turn([turn])
  })
}

const text = (value: unknown): string => JSON.stringify(value) ?? 'nothing'

function compare(recorded: Outcome, here: Outcome): readonly Difference[] {
  const parts = [
    ['fuel', recorded.fuelUsed, here.fuelUsed],
    ['calls', recorded.calls, here.calls],
    ['log', recorded.logs, here.logs],
    ['memory', recorded.memory, here.memory],
    ['end', endOf(recorded), endOf(here)],
  ] as const
  return parts
    .filter(([, was, is]) => text(was) !== text(is))
    .map(([what, was, is]) => ({ tick: here.tick, what, recorded: text(was), here: text(is) }))
}

const endOf = ({ error, failed, finished }: Outcome) => ({ error: error?.code, failed: failed?.code, finished })

type Came = {
  readonly fuelUsed: number
  readonly memory: string
  readonly logs: readonly { readonly tick: number; readonly level: string; readonly text: string }[]
}

/** What a live agent had come to: memory to the byte, fuel where it was counted whole, and as much of the log as was kept. */
function compareEnd({ end, log, checkpointTick }: Recording, came: Came): readonly Difference[] {
  const { tick, memory, fuelUsed } = end!
  const differences: Difference[] = []
  if (memory !== came.memory) differences.push({ tick, what: 'memory', recorded: memory, here: came.memory })
  if (fuelUsed !== undefined && fuelUsed !== came.fuelUsed)
    differences.push({ tick, what: 'fuel', recorded: text(fuelUsed), here: text(came.fuelUsed) })
  const isOwn = ({ level }: { level: string }) => level === 'log' || level === 'warn'
  const kept = (log ?? []).filter((line) => isOwn(line) && line.tick > checkpointTick && line.tick <= tick)
  const here = came.logs.filter(isOwn).slice(-kept.length)
  if (kept.length > 0 && text(kept.map(shown)) !== text(here.map(shown)))
    differences.push({ tick, what: 'log', recorded: text(kept.map(shown)), here: text(here.map(shown)) })
  return differences
}

const shown = ({ tick, level, text: words }: Came['logs'][number]) => [tick, level, storable(words)]
