/** An agent project as files in a folder: which of them are the program's, and what `agent.json` says. */
import { lstat, readdir, readFile, realpath } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { z } from 'zod'
import { FILE_PATH } from '../agents/projects.ts'
import { AGENT_SOURCE_MAX_BYTES, AGENT_SOURCE_MAX_FILES, PROJECT_NAME_MAX_CHARS } from '../limits.ts'
import type { SourceFiles } from '../sandbox/types.ts'
import { AuthorProblem } from './problem.ts'

/** What the tools keep in a project: a sandbox's data, where it was deployed, recordings. Never uploaded. */
export const KEPT_DIR = '.academy'
export const TESTS_DIR = 'tests'

const manifest = z.object({
  name: z
    .string()
    .trim()
    .min(1)
    .max(Math.min(40, PROJECT_NAME_MAX_CHARS))
    .regex(/^[\p{L}\p{N}][\p{L}\p{N} _.'-]*$/u, 'must begin with a letter or digit'),
  entry: z.enum(['main.ts', 'main.js'], 'must be main.ts or main.js').default('main.ts'),
})
export type Manifest = z.output<typeof manifest>
export type Project = Manifest & { readonly dir: string; readonly sources: SourceFiles }

/** Whether a file of that path belongs to the program, or tells of it, and stands on a node too. JSON is for tools: no program can read it. */
export const isSource = (path: string): boolean =>
  FILE_PATH.test(path) &&
  /\.(ts|js|md)$/.test(path) &&
  !path.endsWith('.d.ts') &&
  !/^(node_modules|tests)\//.test(path)

/** Folders below `dir` that may hold sources, `''` for itself. */
export const mayHoldSources = (path: string): boolean => path === '' || isSource(`${path}/a.ts`)

export async function readManifest(dir: string): Promise<Manifest> {
  const file = join(dir, 'agent.json')
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    throw new AuthorProblem(
      'no_project',
      `There is no agent project in ${resolve(dir)}: agent.json is missing. Make one with "npx academy agent new NAME".`,
    )
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new AuthorProblem('bad_project', `${file} is not JSON: ${(error as Error).message}`)
  }
  const parsed = manifest.safeParse(value)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.') || 'it'} ${message}`)
  throw new AuthorProblem('bad_project', `${file} cannot be used:\n${lines.join('\n')}`)
}

/** Every source below `dir`, by path with slashes, in order. Links are not followed: what they show is not the project's. */
export async function readSources(dir: string): Promise<SourceFiles> {
  const files: Record<string, string> = {}
  let bytes = 0
  async function walk(folder: string): Promise<void> {
    const entries = await readdir(join(dir, folder), { withFileTypes: true }).catch(goneIsEmpty)
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory() && mayHoldSources(path)) await walk(path)
      if (!entry.isFile() || !isSource(path)) continue
      const text = await readFile(join(dir, path), 'utf8').catch(goneIsNothing)
      if (text === undefined) continue
      files[path] = text
      bytes += Buffer.byteLength(text)
      if (Object.keys(files).length > AGENT_SOURCE_MAX_FILES || bytes > AGENT_SOURCE_MAX_BYTES)
        throw new AuthorProblem(
          'too_big',
          `${resolve(dir)} holds more than a program may: ${AGENT_SOURCE_MAX_FILES} files and ${AGENT_SOURCE_MAX_BYTES / 1024} kB together.`,
        )
    }
  }
  await walk('')
  return files
}

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'
function goneIsEmpty(error: unknown): [] {
  if (isGone(error)) return []
  throw error
}
function goneIsNothing(error: unknown): undefined {
  if (isGone(error)) return undefined
  throw error
}

export async function readProject(dir: string): Promise<Project> {
  const known = await readManifest(dir)
  return { ...known, dir: resolve(dir), sources: await readSources(dir) }
}

/** Where a source lies on disk. Throws when a link would lead out of the project. */
export async function placeOnDisk(dir: string, path: string): Promise<string> {
  const root = await realpath(dir)
  const file = join(root, ...path.split('/'))
  for (let at = file; at !== root; at = join(at, '..')) {
    const found = await lstat(at).catch(() => undefined)
    if (found?.isSymbolicLink())
      throw new AuthorProblem(
        'bad_path',
        `${relative(root, at)} is a link, and ${basename(file)} is not written through it.`,
      )
  }
  if (!file.startsWith(root + sep)) throw new AuthorProblem('bad_path', `${path} lies outside the project.`)
  return file
}
