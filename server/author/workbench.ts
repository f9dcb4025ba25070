/** A world to try programs in on the author's machine: the live engine, commands and sandbox, nothing stored, nothing sent. */
import { join } from 'node:path'
import type { SimulationDeps } from '../agents/simulation/simulation.ts'
import { worldVoice } from '../agents/voice.ts'
import { createWorldScripts } from '../agents/world-scripts.ts'
import { agentInput, runCommand } from '../commands/index.ts'
import { systemClock } from '../lib/clock.ts'
import { compile } from '../sandbox/compile.ts'
import { createSandbox } from '../sandbox/pool.ts'
import { loadWorld } from '../world/load.ts'
import { AuthorProblem } from './problem.ts'
import { ACADEMY_WORLD } from './world-dir.ts'

const quiet = { info() {}, warn() {}, error() {}, debug() {} }

export async function readWorld(dir: string) {
  const loaded = await loadWorld(dir)
  if (loaded.ok) return loaded.world
  const lines = loaded.problems.map(({ file, line, message }) => `${join(dir, file)}:${line}:1 error: ${message}`)
  throw new AuthorProblem('bad_world', lines.join('\n'))
}

export type Workbench = SimulationDeps & AsyncDisposable

export async function openWorkbench(worldDir: string = ACADEMY_WORLD): Promise<Workbench> {
  const world = await readWorld(worldDir)
  const sandbox = createSandbox({ log: quiet, clock: systemClock })
  return {
    world,
    sandbox,
    compile,
    run: runCommand,
    voice: worldVoice,
    commandInput: agentInput,
    log: quiet,
    script: createWorldScripts({ world: () => world, sandbox, compile, log: quiet }),
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  }
}
