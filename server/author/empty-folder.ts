/** Making folders of the author's: never over anything that is there. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AuthorProblem } from './problem.ts'
import { KEPT_DIR } from './project.ts'
import { COMPILER_OPTIONS } from './types-options.ts'

/** Throws `not_empty`, or `not_a_folder`, unless nothing is there yet. */
export async function requireEmpty(dir: string): Promise<void> {
  const there = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new AuthorProblem('not_a_folder', `${resolve(dir)} cannot be made: ${error.message}`)
  })
  if (there.length > 0)
    throw new AuthorProblem(
      'not_empty',
      `${resolve(dir)} is not empty, and nothing in it was touched. Choose another name.`,
    )
}

/** Throws when one of them is there. */
export async function writeNew(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(dir, ...path.split('/'))
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text, { flag: 'wx' })
  }
}

/** What an editor and git need of every project. */
export const PROJECT_BASICS: Readonly<Record<string, string>> = {
  'tsconfig.json': `${JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ['**/*.ts', '**/*.js'], exclude: [KEPT_DIR, 'node_modules'] }, null, 2)}\n`,
  '.gitignore': `${KEPT_DIR}/\nnode_modules/\n`,
}
