/** What the tests of the sandbox share: programs compiled and loaded with as little around them as there can be. */
import type { AgentInput, AgentTurn } from '../protocol/agent-io.ts'
import type { AgentId } from '../protocol/ids.ts'
import { compile } from './compile.ts'
import { type Cell, openCell } from './isolate.ts'
import { loadMessage } from './translate.ts'
import type { AgentLoad, Program } from './types.ts'

export const LIMITS = { fuelPerTurn: 20_000, fuelBurst: 400_000, memoryMb: 32, maxMemoryBytes: 64 * 1024 }

export function programOf(files: string | Record<string, string>): Program {
  const compiled = compile(typeof files === 'string' ? { 'main.ts': files } : files)
  if (!compiled.ok)
    throw new Error(compiled.diagnostics.map((d) => `${d.file}:${d.line}: ${d.code} ${d.message}`).join('\n'))
  return compiled.program
}

/** The body of `main` as a whole program. */
export const inMain = (code: string): string =>
  `import { me, on, now, random } from 'academy'\nexport default async function main() {\n${code}\n}`

export const agentLoad = (
  program: Program,
  over: Partial<AgentLoad> & { readonly id?: AgentId } = {},
): AgentLoad => ({
  self: { id: over.id ?? 'agent_1', name: 'Wick', owner: 'player_1', place: 'harbor:dock' },
  program,
  memory: '{}',
  journal: [],
  limits: LIMITS,
  ...over,
})

/** In this process, without a host. */
export const cellOf = (program: Program, over: Partial<AgentLoad> = {}): Cell =>
  openCell(loadMessage(1, agentLoad(program, over)))

export const turnOf = (tick: number, inputs: readonly AgentInput[] = [], agent: AgentId = 'agent_1'): AgentTurn => ({
  agent,
  tick,
  seed: tick * 7919,
  inputs,
})

export const textOf = (turn: AgentTurn) => ({ tick: turn.tick, seed: turn.seed, inputs: JSON.stringify(turn.inputs) })

export const ok = (call: number, value: Extract<AgentInput, { ok: true }>['value'] = null): AgentInput => ({
  type: 'result',
  call,
  ok: true,
  value,
})
export const no = (call: number, message = 'No.'): AgentInput => ({
  type: 'result',
  call,
  ok: false,
  refusal: { code: 'no_exit', message },
})
export const heard = (text: string): AgentInput => ({
  type: 'event',
  name: 'hear',
  data: { from: 'player_1', name: 'Ann', text, how: 'say' },
})
