/** What a node stands on: its world and its course, read whole and found good, and only then the thread of its embedded database. */
import { join, resolve } from 'node:path'
import type { Config } from '../config.ts'
import type { WorldDef } from '../engine/types.ts'
import { type Course, loadCourse } from '../lessons/load.ts'
import type { Log } from '../ops/log.ts'
import { type Embedded, startEmbedded } from '../storage/embedded.ts'
import { formatProblem, loadKeptWorld } from '../world/index.ts'

export type Ground = {
  readonly world: WorldDef
  readonly course: Course
  /** Still starting; absent where the database is another program. */
  readonly embedded?: Promise<Embedded>
  [Symbol.asyncDispose](): Promise<void>
}

const COURSE = resolve(import.meta.dirname, '../../content/js-basics')

/** A world, or a course, that cannot be used; every problem is in the message. */
export class ContentError extends Error {
  readonly code = 'bad_content'
}

/** Returns while the database still starts, so that the modules of the other parts can be loaded meanwhile. Throws ContentError. */
export async function layGround(config: Config, log: Log): Promise<Ground> {
  log.info({ part: 'rooms', world: config.world }, 'opening the world; the first time takes a few seconds')
  const reading = readContent(config)
  const embedded =
    config.databaseUrl === undefined
      ? startEmbedded({
          dataDir: join(config.dataDir, 'database'),
          after: reading,
          log: log.child({ part: 'storage' }),
        })
      : undefined
  embedded?.catch(() => {})
  return {
    ...(await reading),
    embedded,
    async [Symbol.asyncDispose]() {
      await (await embedded?.catch(() => undefined))?.[Symbol.asyncDispose]()
    },
  }
}

async function readContent({ world, dataDir }: Config) {
  return { world: await readWorld(world, dataDir), course: await readCourse(COURSE) }
}

async function readWorld(dir: string, dataDir: string): Promise<WorldDef> {
  const loaded = await loadKeptWorld(dir, join(dataDir, 'kept', 'world'))
  if (loaded.ok) return loaded.world
  const lines = loaded.problems.map((problem) => `  ${formatProblem(problem)}`)
  throw new ContentError(`The world in ${dir} cannot be used:\n${lines.join('\n')}`)
}

async function readCourse(dir: string): Promise<Course> {
  const loaded = await loadCourse(dir)
  if (loaded.ok) return loaded.course
  const lines = loaded.problems.map(({ file, line, message }) => `  ${dir}/${file}:${line} ${message}`)
  throw new ContentError(`The lessons in ${dir} cannot be used:\n${lines.join('\n')}`)
}
