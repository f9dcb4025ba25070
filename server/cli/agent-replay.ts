/** `academy agent record` and `replay`: a stretch of an agent's life in a file, lived again on this machine. */
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import type { Recording } from '../author/recording.ts'
import { RECORDING_SUFFIX } from '../protocol/recording.ts'
import { wholeNumber } from './arguments.ts'
import type { HubOptions } from './hub.ts'
import { jsonLine, say, words } from './print.ts'

/** Node's own, where debuggers look. */
const INSPECT_PORT = 9229

type ReplayOptions = HubOptions & {
  readonly from?: number
  readonly to?: number
  readonly save?: string
  readonly lines?: boolean
  readonly quiet?: boolean
  readonly json?: boolean
  readonly inspect?: number | true
}

export function addReplayCommands(agent: Command): void {
  const onHub = (name: string, description: string) =>
    agent
      .command(name)
      .description(description)
      .option('--hub <url>', 'the node; else where it was deployed last, or the sandbox that runs here')
      .option('--as <name>', 'sign in as this person')
      .option('--dir <dir>', 'the project', '.')
  onHub('record', "write the agent's life since main last began into a file that can be shared")
    .argument('[agent]', 'its name or id')
    .option('--out <file>', 'where to; else below .academy/recordings')
    .action(record)
  onHub('replay', 'live a recording again, step by step; ends with 1 when it comes out otherwise than it did')
    .argument('[what]', 'a recording, or the name or id of an agent')
    .option('--from <tick>', 'show from this tick', wholeNumber(0, Number.MAX_SAFE_INTEGER), 0)
    .option('--to <tick>', 'show up to this tick', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--save <file>', 'keep the recording')
    .option('--lines', 'show the lines that each turn went through')
    .option('--quiet', 'only the outcome')
    .option('--json', 'a line of JSON for each step')
    .option(
      '--inspect [port]',
      "under Node's debugger, in your own files; 0 picks a free port",
      wholeNumber(0, 65_535),
    )
    .action(show)
}

async function fetchFrom(
  wanted: string | undefined,
  options: HubOptions,
): Promise<{ name: string; recording: Recording }> {
  const [{ hubMeant }, { findAgent }, { fetchRecording }] = await Promise.all([
    import('./hub.ts'),
    import('../author/deploy.ts'),
    import('../author/fetch-recording.ts'),
  ])
  const { hub, agent } = await hubMeant(wanted, options)
  const found = await findAgent(hub, agent)
  return { name: found.name, recording: await fetchRecording(hub, found) }
}

async function record(wanted: string | undefined, options: HubOptions & { out?: string }): Promise<void> {
  const [{ KEPT_DIR }, { writeRecording }] = await Promise.all([
    import('../author/project.ts'),
    import('../author/recording.ts'),
  ])
  const { name, recording } = await fetchFrom(wanted, options)
  const last = recording.turns.at(-1)!.tick
  const file =
    options.out ??
    join(
      options.dir ?? '.',
      KEPT_DIR,
      'recordings',
      `${name.replaceAll(/[^\p{L}\p{N}-]+/gu, '-')}-${last}${RECORDING_SUFFIX}`,
    )
  await writeRecording(file, recording)
  words(`${file}: ${recording.turns.length} turns, ticks ${recording.turns[0]!.tick} to ${last}`)
}

async function show(what: string | undefined, options: ReplayOptions): Promise<void> {
  const { readRecording, writeRecording } = await import('../author/recording.ts')
  const isFile = what !== undefined && existsSync(what) && statSync(what).isFile()
  const recording =
    isFile || what?.endsWith('.json') ? await readRecording(what!) : (await fetchFrom(what, options)).recording
  if (options.save) await writeRecording(options.save, recording)
  if (options.inspect !== undefined) return debug(recording, options)
  await replayHere(recording, options)
}

async function replayHere(
  recording: Recording,
  { from = 0, to = Number.MAX_SAFE_INTEGER, quiet, json, lines: isTraced }: ReplayOptions,
): Promise<void> {
  const [{ replay }, { differenceLine, stepLines }, { createSandbox }, { systemClock }] = await Promise.all([
    import('../author/replay.ts'),
    import('../author/replay-text.ts'),
    import('../sandbox/pool.ts'),
    import('../lib/clock.ts'),
  ])
  await using sandbox = createSandbox({ log: { info() {}, warn() {} }, clock: systemClock })
  const before = { memory: recording.memory }
  const came = await replay(
    sandbox,
    recording,
    (step) => {
      const lines = stepLines(step, before)
      const { tick } = step.turn
      if (quiet || tick < from || tick > to) return
      if (json) jsonLine({ inputs: step.turn.inputs, ...step.outcome, memory: JSON.parse(step.memory) })
      else for (const line of lines) words(line)
    },
    { lines: isTraced ?? false },
  )
  const isKnown = recording.outcomes !== undefined || recording.end !== undefined
  if (json) jsonLine({ ...came, memory: JSON.parse(came.memory) })
  else {
    for (const difference of came.differences) words(differenceLine(difference))
    const verdict =
      came.differences.length > 0
        ? 'it differs from the recording'
        : isKnown
          ? 'the same as it was'
          : 'nothing to compare with'
    words(`${came.turns} turns, ${came.fuelUsed} fuel, memory ${came.memory}: ${verdict}`)
  }
  if (came.differences.length > 0) process.exitCode = 1
}

async function debug(recording: Recording, { inspect: port, dir = '.' }: ReplayOptions): Promise<void> {
  const { inspect } = await import('../author/inspect.ts')
  say(
    'Attach a debugger: chrome://inspect, or "Attach" in your editor. It waits for you, then stops before your first line.',
  )
  const { child, done } = await inspect(recording, {
    dir,
    port: port === true || port === undefined ? INSPECT_PORT : port,
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal))
  process.exitCode = await done
}
