/**
 * A stretch of an agent's life as a file: whoever has it can live it again, the same, on a page or on their own machine. It is the
 * answer of `GET /api/v1/agents/:id/replay` with all its pages put together, and comes from strangers: nothing in it is believed.
 */
import { z } from 'zod'
import {
  AGENT_FUEL_BURST,
  AGENT_FUEL_PER_TURN,
  AGENT_JOURNAL_MAX_TURNS,
  AGENT_MEMORY_MB,
  AGENT_OWN_MEMORY_MAX_BYTES,
  AGENT_SOURCE_MAX_FILES,
  RECORDING_LIMITS_FACTOR,
} from '../limits.ts'
import { AgentReplay } from './api.ts'

/** `name.lantern.json` */
export const RECORDING_SUFFIX = '.lantern.json'

const atMost = (limit: number) =>
  z
    .number()
    .int()
    .min(0)
    .max(limit * RECORDING_LIMITS_FACTOR)

const Input = z.union([
  z.object({ type: z.literal('result'), call: z.number(), ok: z.literal(true), value: z.json() }),
  z.object({
    type: z.literal('result'),
    call: z.number(),
    ok: z.literal(false),
    refusal: z.looseObject({ code: z.string(), message: z.string() }),
  }),
  z.object({ type: z.literal('event'), name: z.string(), data: z.record(z.string(), z.json()) }),
  z.object({ type: z.literal('eval'), eval: z.number().int(), source: z.string() }),
])

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

export const RecordingFile = AgentReplay.extend({
  format: z.literal('academy-recording'),
  version: z.literal(1),
  program: AgentReplay.shape.program.refine(
    ({ sources }) => Object.keys(sources).length <= AGENT_SOURCE_MAX_FILES,
    'too many files',
  ),
  limits: z.object({
    fuelPerTurn: atMost(AGENT_FUEL_PER_TURN),
    fuelBurst: atMost(AGENT_FUEL_BURST),
    memoryMb: atMost(AGENT_MEMORY_MB),
    maxMemoryBytes: atMost(AGENT_OWN_MEMORY_MAX_BYTES),
  }),
  memory: z.string().refine(isJson, 'not JSON'),
  turns: z
    .array(AgentReplay.shape.turns.element.extend({ inputs: z.array(Input) }))
    .max(AGENT_JOURNAL_MAX_TURNS * RECORDING_LIMITS_FACTOR),
})
export type RecordingFile = z.infer<typeof RecordingFile>

/** What is handed out, as a file. */
export const recordingFile = (replay: AgentReplay): RecordingFile =>
  ({ format: 'academy-recording', version: 1, ...replay }) as unknown as RecordingFile

/** The text of a file, or nothing when it is not one. */
export function readRecording(text: string): RecordingFile | undefined {
  try {
    return RecordingFile.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
