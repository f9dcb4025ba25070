/** `environment.json` of a project: its settings and its seed, as a workspace carries them from node to node. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AuthorProblem } from './problem.ts'

export const ENVIRONMENT_FILE = 'environment.json'
const schema = z.object({
  seed: z.number().int().min(0).max(0xffff_ffff).optional(),
  settings: z.record(z.string(), z.object({ value: z.string(), secret: z.literal(true).optional() })).default({}),
})
export type ProjectEnvironment = z.output<typeof schema>

/** Nothing is set where there is no such file. */
export async function readEnvironment(dir: string): Promise<ProjectEnvironment> {
  const file = join(dir, ENVIRONMENT_FILE)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return { settings: {} }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new AuthorProblem('bad_project', `${file} is not JSON: ${(error as Error).message}`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.') || 'it'} ${message}`)
  throw new AuthorProblem('bad_project', `${file} cannot be used:\n${lines.join('\n')}`)
}
