/** Reads a world's folder into memory, within limits. Nothing else here reads it. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { WORLD_FILE_MAX_BYTES, WORLD_FILES_MAX } from '../limits.ts'
import type { Problems } from './problems.ts'

/** Path inside the world's folder, with forward slashes -> text. In order of path. */
export type WorldFiles = ReadonlyMap<string, string>

const WANTED =
  /^(world\.yaml|zones\/[^/]+\/(zone\.yaml|places\/[^/]+\.yaml|(lib\/[^/]+\/)?(items\.yaml|npcs\.yaml|text\/[^/]+\.yaml|scripts\/[^/]+\.js)|lib\/[^/]+\/(spawn|at)\.yaml))$/

export async function readWorldFiles(dir: string, problems: Problems): Promise<WorldFiles> {
  const names = await list(dir, problems)
  const files = new Map<string, string>()
  for (const name of names) {
    const text = await readOne(join(dir, name), name, problems)
    if (text !== undefined) files.set(name, text)
  }
  return files
}

async function list(dir: string, problems: Problems): Promise<string[]> {
  try {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true })
    const names = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((name) => WANTED.test(name))
      .sort()
    if (names.length <= WORLD_FILES_MAX) return names
    problems.error(
      { file: 'world.yaml', line: 1 },
      `a world has at most ${WORLD_FILES_MAX} files, here are ${names.length}`,
    )
  } catch (error) {
    problems.error(
      { file: 'world.yaml', line: 1 },
      `the folder cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`,
    )
  }
  return []
}

async function readOne(path: string, name: string, problems: Problems): Promise<string | undefined> {
  try {
    const { size } = await stat(path)
    if (size > WORLD_FILE_MAX_BYTES) {
      problems.error({ file: name, line: 1 }, `larger than ${WORLD_FILE_MAX_BYTES} bytes`)
      return undefined
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    const why =
      error instanceof TypeError
        ? 'not UTF-8 text'
        : `cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`
    problems.error({ file: name, line: 1 }, why)
    return undefined
  }
}
