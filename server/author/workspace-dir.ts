/** A workspace as folders: one for each project, each a whole agent project that `academy agent test` and an editor understand. */
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { academyDts } from '../protocol/agent-api/index.ts'
import type { WorkspaceContent } from '../protocol/library-api.ts'
import { PROJECT_BASICS, requireEmpty, writeNew } from './empty-folder.ts'
import { ENVIRONMENT_FILE, type ProjectEnvironment, readEnvironment } from './environment.ts'
import { AuthorProblem } from './problem.ts'
import { readManifest, readSources, TESTS_DIR } from './project.ts'

export type ProjectFolder = {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  readonly environment: ProjectEnvironment
}

/** Small letters and hyphens, so that it is a folder everywhere. */
const folderOf = (name: string, taken: Set<string>): string => {
  const plain =
    name
      .toLowerCase()
      .normalize('NFKD')
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^-+|-+$/g, '') || 'project'
  let free = plain
  for (let n = 2; taken.has(free); n++) free = `${plain}-${n}`
  taken.add(free)
  return free
}

/** Lays a workspace out in `dir`, which must not hold anything yet. Resolves with the folders. */
export async function layOut(dir: string, { projects }: WorkspaceContent): Promise<readonly string[]> {
  await requireEmpty(dir)
  const taken = new Set<string>()
  const folders: string[] = []
  for (const { name, files, environment } of projects) {
    const folder = folderOf(name, taken)
    const entry = Object.hasOwn(files, 'main.js') && !Object.hasOwn(files, 'main.ts') ? 'main.js' : 'main.ts'
    const { seed, settings } = environment
    // The node's files last: they are the author's.
    const all: Readonly<Record<string, string>> = {
      'agent.json': `${JSON.stringify({ name, entry }, null, 2)}\n`,
      'academy.d.ts': academyDts('en'),
      ...PROJECT_BASICS,
      [ENVIRONMENT_FILE]: `${JSON.stringify({ ...(seed !== undefined && { seed }), settings }, null, 2)}\n`,
      ...files,
    }
    const outside = Object.keys(all).find((path) => path.split('/').includes('..') || path.startsWith('/'))
    if (outside !== undefined)
      throw new AuthorProblem('bad_path', `${outside} lies outside the project; the workspace was not taken.`)
    await writeNew(join(dir, folder), all)
    folders.push(join(dir, folder))
  }
  return folders
}

/** A project's folder with its tests, its lock and what it needs, to be put on a node. */
export async function readFolder(dir: string): Promise<ProjectFolder> {
  const { name } = await readManifest(dir)
  const files: Record<string, string> = { ...(await readSources(dir)) }
  const tests = await readdir(join(dir, TESTS_DIR)).catch(() => [])
  for (const test of tests.filter((each) => each.endsWith('.yaml')).sort())
    files[`${TESTS_DIR}/${basename(test)}`] = await readFile(join(dir, TESTS_DIR, test), 'utf8')
  const lock = await readFile(join(dir, 'library.lock.json'), 'utf8').catch(() => undefined)
  if (lock !== undefined) files['library.lock.json'] = lock
  return { name, files, environment: await readEnvironment(dir) }
}
