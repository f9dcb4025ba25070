/** A stretch of an agent's life, as it can be handed to somebody who will run it again. */
import type { AgentTurn } from '../protocol/agent-io.ts'
import type { PlaceId } from '../protocol/ids.ts'
import { sourcesOf } from '../sandbox/sources.ts'
import type { CompileResult, Program, SourceFiles } from '../sandbox/types.ts'
import type { Live } from './live.ts'
import { LIMITS } from './runner.ts'
import type { AgentRow } from './store.ts'
import type { AgentRecording } from './types.ts'

type Now = Partial<Pick<Live, 'taken' | 'memory' | 'fuelSince' | 'startPlace'>>
type Written = {
  readonly sources: SourceFiles
  readonly compile: (files: SourceFiles) => CompileResult | Promise<CompileResult>
}

/** `now` is what the runner knows of one that is going; of one that has ended the row tells all. */
export async function recordingOf(
  row: AgentRow,
  now: Now,
  turns: readonly AgentTurn[],
  written: Written,
): Promise<AgentRecording> {
  const program = row.program!
  const began = now.taken === undefined ? row.past : undefined
  return {
    self: { id: row.id, name: row.name, owner: row.owner, place: now.startPlace ?? ('' as PlaceId) },
    program: { hash: program.hash, entry: program.entry, sources: await sourcesFor(program, written) },
    limits: LIMITS,
    memory: began?.memory ?? row.memory,
    checkpointTick: began?.checkpointTick ?? row.checkpointTick,
    turns,
    end: {
      tick: now.taken ?? row.checkpointTick,
      memory: now.memory ?? row.memory,
      fuelUsed: now.taken === undefined ? began?.fuelUsed : now.fuelSince,
      ...(row.error && { error: row.error }),
    },
  }
}

/** The files as their author has them when those are what runs; the lines of the program itself when they have moved on. */
async function sourcesFor(program: Program, { sources, compile }: Written): Promise<SourceFiles> {
  const compiled = await compile(sources)
  return compiled.ok && compiled.program.hash === program.hash ? sources : sourcesOf(program)
}
