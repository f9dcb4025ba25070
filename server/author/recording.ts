/** A recording as a file: all that is needed to live a stretch of an agent's life again, and what it came to. FORMAT.md describes it. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { FILE_PATH } from '../agents/projects.ts'
import type { Recorded } from '../agents/simulation/simulation.ts'
import { AUTHOR_FILE_MAX_BYTES } from '../limits.ts'
import type { AgentTurnResult } from '../protocol/agent-io.ts'
import type { AgentReplay } from '../protocol/api.ts'
import { RecordingFile, recordingFile } from '../protocol/recording.ts'
import { COMPILER_VERSION } from '../sandbox/compile.ts'
import type { SourceFiles } from '../sandbox/types.ts'
import { AuthorProblem } from './problem.ts'

const error = z.looseObject({ name: z.string(), message: z.string(), code: z.string() })
const outcome = z.object({
  tick: z.number().int(),
  fuelUsed: z.number(),
  calls: z.array(z.object({ call: z.number(), action: z.string(), args: z.array(z.json()) })),
  logs: z.array(z.object({ level: z.enum(['log', 'warn', 'error']), text: z.string() })),
  memory: z.string().optional(),
  error: error.optional(),
  failed: error.optional(),
  finished: z.boolean().optional(),
})

/** The file that the page reads and writes, with what a replay here can be held against. */
const recording = RecordingFile.extend({
  compiler: z.number().int().optional(),
  program: RecordingFile.shape.program.refine(
    ({ sources }) => Object.keys(sources).every((path) => FILE_PATH.test(path)),
    'has a file whose path leads elsewhere',
  ),
  /** What each turn came to, where that was written down. */
  outcomes: z.array(outcome).optional(),
  /** The log of a live agent since the beginning, as far as it is kept. */
  log: z.array(z.object({ tick: z.number().int(), level: z.string(), text: z.string() })).optional(),
})
export type Recording = z.output<typeof recording>
export type Outcome = z.output<typeof outcome>

/** What came of a turn, without what depends on who asks. */
export const outcomeOf = (result: AgentTurnResult): Outcome => {
  const { tick, fuelUsed, calls, logs, memory, error: ended, failed, finished } = result
  return outcome.parse({
    tick,
    fuelUsed,
    calls,
    logs,
    ...(memory !== undefined && { memory }),
    ...(ended && { error: plain(ended) }),
    ...(failed && { failed: plain(failed) }),
    ...(finished && { finished }),
  })
}

const plain = (value: object): unknown => JSON.parse(JSON.stringify(value))

export function recordingOfTest(sources: SourceFiles, recorded: Recorded): Recording {
  const outcomes = recorded.outcomes.map(outcomeOf)
  const last = outcomes.at(-1)
  const replay = {
    self: recorded.self,
    program: { hash: recorded.hash, entry: entryOf(sources), sources },
    limits: recorded.limits,
    memory: recorded.memory,
    checkpointTick: 0,
    turns: plain(recorded.turns) as AgentReplay['turns'],
    end: {
      tick: last?.tick ?? 0,
      memory: outcomes.findLast(({ memory }) => memory !== undefined)?.memory ?? recorded.memory,
      fuelUsed: outcomes.reduce((sum, { fuelUsed }) => sum + fuelUsed, 0),
      ...(last?.error && { error: last.error }),
    },
  }
  return { ...recordingFile(replay), compiler: COMPILER_VERSION, outcomes }
}

const entryOf = (sources: SourceFiles): string => (Object.hasOwn(sources, 'main.ts') ? 'main.ts' : 'main.js')

/** From the pages that a node answers with, oldest first. */
export const recordingOfNode = (pages: readonly AgentReplay[], log: Recording['log']): Recording => ({
  ...recordingFile({ ...pages.at(-1)!, turns: pages.flatMap(({ turns }) => turns) }),
  compiler: COMPILER_VERSION,
  log,
})

export async function writeRecording(file: string, value: Recording): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify(value)}\n`)
}

export async function readRecording(file: string): Promise<Recording> {
  const bytes = await stat(file).catch(() => undefined)
  if (!bytes?.isFile())
    throw new AuthorProblem(
      'no_recording',
      `There is no recording ${file}. "npx academy agent record" writes one of a live agent, "agent test --save DIR" one of each test.`,
    )
  if (bytes.size > AUTHOR_FILE_MAX_BYTES)
    throw new AuthorProblem('too_big', `${file} is larger than a recording may be.`)
  const parsed = recording.safeParse(parseJson(await readFile(file, 'utf8')))
  if (parsed.success) return parsed.data
  const { path, message } = parsed.error.issues[0]!
  throw new AuthorProblem(
    'bad_recording',
    `${file} is no recording, or not a whole one: ${path.join('.') || 'it'}: ${message}. Have it written anew.`,
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
