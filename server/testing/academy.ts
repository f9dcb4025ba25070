/** The academy's own world, with its scripts running in a real sandbox. */
import { resolve } from 'node:path'
import { createWorldScripts } from '../agents/world-scripts.ts'
import type { WorldDef } from '../engine/types.ts'
import { compile } from '../sandbox/compile.ts'
import { createSandbox } from '../sandbox/pool.ts'
import { loadWorld } from '../world/load.ts'
import { formatProblem } from '../world/problems.ts'
import { createWalk, type Walk } from './walk.ts'

export const ACADEMY_DIR = resolve(import.meta.dirname, '../../worlds/academy')

export async function loadAcademy(): Promise<WorldDef> {
  const loaded = await loadWorld(ACADEMY_DIR)
  if (!loaded.ok) throw new Error(`worlds/academy is wrong:\n${loaded.problems.map(formatProblem).join('\n')}`)
  return loaded.world
}

export type Academy = AsyncDisposable & {
  readonly world: WorldDef
  /** What scripts did wrong; a test of a world that is right expects nothing here. */
  readonly faults: readonly object[]
  walk(options?: { pays?: () => boolean; world?: WorldDef }): Walk
}

export async function createAcademy(): Promise<Academy> {
  const world = await loadAcademy()
  const faults: object[] = []
  const sandbox = createSandbox({ log: { info() {}, warn() {} }, clock: { now: () => performance.now() } })
  const log = { error: (fields: object) => void faults.push(fields) }
  return {
    world,
    faults,
    walk: ({ world: other = world, ...options } = {}) =>
      createWalk({
        world: other,
        script: createWorldScripts({ world: () => other, sandbox, compile, log }),
        onFault: (fault) => void faults.push(fault),
        ...options,
      }),
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  }
}
