/** Between the contracts and what a host understands. */
import {
  AGENT_ARGUMENT_MAX_CHARS,
  AGENT_EVAL_FUEL,
  AGENT_HANDLERS_MAX,
  AGENT_LOG_LINE_MAX_CHARS,
  AGENT_TURN_LOG_LINES,
  AGENT_WAITING_CALLS_MAX,
  SANDBOX_CALL_ANSWER_MAX_CHARS,
  SANDBOX_CALL_MEMORY_MB,
} from '../limits.ts'
import { API_ACTIONS, API_EVENTS } from '../protocol/agent-api/definition.ts'
import type {
  AgentCall,
  AgentEvaluation,
  AgentEventName,
  AgentInput,
  AgentTurn,
  AgentTurnResult,
} from '../protocol/agent-io.ts'
import type { AgentId } from '../protocol/ids.ts'
import { memoryAfter } from './edits.ts'
import type { CallMessage, FromHost, LoadMessage, RawError, Slot, TurnOutcome, TurnText } from './messages.ts'
import { programError, type ReportedError } from './program-error.ts'
import { compileSnippet } from './snippet.ts'
import type { AgentLoad, Call, CallAnswer, Loaded, Program, Sandbox } from './types.ts'

const ACTIONS = API_ACTIONS.map(({ name, params, fuel }) => ({ name, params, fuel }))
const EVENTS = API_EVENTS.map(({ name }) => name)

/** What the prelude is told before any line of the program runs. */
export const beginning = ({ self, memory, limits }: Pick<AgentLoad, 'self' | 'memory' | 'limits'>): string =>
  JSON.stringify({
    self,
    memory,
    actions: ACTIONS,
    events: EVENTS,
    limits: {
      logLines: AGENT_TURN_LOG_LINES,
      logChars: AGENT_LOG_LINE_MAX_CHARS,
      argumentChars: AGENT_ARGUMENT_MAX_CHARS,
      waitingCalls: AGENT_WAITING_CALLS_MAX,
      handlers: AGENT_HANDLERS_MAX,
      memoryBytes: limits.maxMemoryBytes,
      evalFuel: AGENT_EVAL_FUEL,
    },
  })

export function loadMessage(slot: Slot, { self, program, memory, journal, limits, trace }: AgentLoad): LoadMessage {
  return {
    type: 'load',
    slot,
    entry: program.entry,
    modules: program.modules,
    init: beginning({ self, memory, limits }),
    journal: journal.map(turnText),
    fuelPerTurn: limits.fuelPerTurn,
    fuelBurst: limits.fuelBurst,
    memoryMb: limits.memoryMb,
    ...(trace && { trace }),
  }
}

export function callMessage(slot: Slot, { program, handler, input, seed, fuel }: Call): CallMessage {
  const init = {
    self: { id: '', name: '', owner: '', place: '' },
    memory: '{}',
    actions: [],
    events: [],
    limits: { logLines: 0, logChars: AGENT_LOG_LINE_MAX_CHARS, handlers: 0 },
  }
  return {
    type: 'call',
    slot,
    entry: program.entry,
    modules: program.modules,
    init: JSON.stringify(init),
    handler,
    input: JSON.stringify(input),
    seed,
    fuel,
    memoryMb: SANDBOX_CALL_MEMORY_MB,
    answerMaxChars: SANDBOX_CALL_ANSWER_MAX_CHARS,
  }
}

export function toCallAnswer(program: Program, { text, failed }: Extract<FromHost, { type: 'called' }>): CallAnswer {
  if (text === undefined) return { ok: false, error: programError(program, failed!) }
  const { value, error, fuelUsed } = JSON.parse(text)
  return error ? { ok: false, error: programError(program, error) } : { ok: true, value, fuelUsed }
}

/** The journal keeps what was typed; what runs is made of it each time, the same. */
function withCode(input: AgentInput): AgentInput | (AgentInput & { readonly code: string }) {
  const compiled = input.type === 'eval' ? compileSnippet(input.source) : undefined
  return compiled?.ok ? { ...input, code: compiled.code } : input
}

export const turnText = ({ tick, seed, inputs, skipMemory }: AgentTurn): TurnText => ({
  tick,
  seed,
  inputs: JSON.stringify(inputs.some(({ type }) => type === 'eval') ? inputs.map(withCode) : inputs),
  skipMemory,
})

export function toLoaded(
  agent: AgentId,
  program: Program,
  message: Extract<FromHost, { type: 'loaded' }>,
): Awaited<ReturnType<Sandbox['load']>> {
  if (message.failed) return { ok: false, error: programError(program, message.failed) }
  const loaded: Loaded = {
    ok: true,
    pending: message.pending.map((text) => JSON.parse(text) as AgentCall & { tick: number }),
    listens: message.listens as readonly AgentEventName[],
    ...(message.last && { last: toResult(agent, program, message.lastTick!, message.last) }),
  }
  return loaded
}

const pathOf = ({ points = [] }: Program, point: number) => {
  const at = points[point]
  return at ? [{ file: at.file, line: at.line }] : []
}

/** The prelude's JSON as a result; its shape is ours, its strings are the program's. `before`: its memory as it was last told. */
export function toResult(
  agent: AgentId,
  program: Program,
  tick: number,
  { text, memory: whole, ended, stray, points }: TurnOutcome,
  before = '{}',
): AgentTurnResult {
  const said = text === undefined ? { fuelUsed: 0, calls: [], logs: [] } : JSON.parse(text)
  const { fuelUsed, calls, logs, finished, listens, evals, dropped: droppedLogs } = said
  const memory = whole ?? memoryAfter(before, said)
  const error = ended && !said.error ? endedError(program, ended) : said.error && programError(program, said.error)
  const failed = error ? undefined : (said.failed ?? stray)
  return {
    agent,
    tick,
    fuelUsed,
    // What was cut off from outside has not happened.
    calls: ended ? [] : calls,
    logs,
    ...(memory !== undefined && !ended && { memory }),
    ...(error && { error }),
    ...(failed && { failed: programError(program, failed) }),
    ...(finished && { finished }),
    ...(listens && { listens }),
    ...(evals && { evals: evals.map((one: RawEvaluation) => evaluation(program, one)) }),
    ...(droppedLogs && { droppedLogs }),
    ...(points && { path: points.flatMap((point) => pathOf(program, point)) }),
  }
}

type RawEvaluation = { readonly eval: number; readonly text?: string; readonly error?: ReportedError }

const evaluation = (program: Program, { eval: number, text = '', error }: RawEvaluation): AgentEvaluation =>
  error ? { eval: number, ok: false, error: programError(program, error) } : { eval: number, ok: true, text }

const endedError = (program: Program, ended: RawError) => programError(program, ended)

/** After this result a program takes no further turns. */
export const isLast = (result: AgentTurnResult): boolean => result.error !== undefined || result.finished === true
