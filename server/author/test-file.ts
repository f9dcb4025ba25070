/** `tests/*.yaml` as parsed, with the line of each expectation. FORMAT.md says what they mean. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { counting, eventMatch, fieldMatch, scalar } from '../agents/simulation/match.ts'
import { AUTHOR_TEST_TICKS_MAX } from '../limits.ts'
import { AuthorProblem } from './problem.ts'
import { TESTS_DIR } from './project.ts'

const tick = z.number().int().min(0).max(AUTHOR_TEST_TICKS_MAX)
const act = z.union([
  z.strictObject({ tick, say: z.string().min(1) }).transform(({ tick: at, say }) => ({
    tick: at,
    command: 'say',
    input: { text: say },
  })),
  z.strictObject({
    tick,
    command: z.string().min(1),
    input: z.record(z.string(), z.union([scalar, z.array(scalar)])).default({}),
  }),
])
const fields = z.record(z.string().min(1), fieldMatch)

/** Each says one thing that must be so; what is not asked is not looked at, but for errors. */
export const expectation = z.union([
  z.strictObject({ happens: eventMatch, ...counting }),
  z.strictObject({ never: eventMatch }),
  z.strictObject({ refused: z.union([z.string().min(1), fields]) }),
  z.strictObject({ logs: fieldMatch }),
  z.strictObject({ memory: fields }),
  z.strictObject({ holds: z.string().min(1) }),
  z.strictObject({ error: z.union([z.string().min(1), fields]) }),
  z.strictObject({ fuelBelow: z.number().int().min(1) }),
])
export type Expectation = z.output<typeof expectation>

const testFile = z.strictObject({
  name: z.string().min(1).max(200).optional(),
  place: z.string().min(1),
  ticks: z.number().int().min(1).max(AUTHOR_TEST_TICKS_MAX).default(300),
  seed: z.union([z.string(), z.number()]).transform(String).optional(),
  memory: z.record(z.string(), z.json()).optional(),
  visitors: z
    .array(z.strictObject({ name: z.string().min(1).max(40), place: z.string().min(1), acts: z.array(act) }))
    .max(20)
    .default([]),
  expect: z.array(expectation).min(1, 'must say at least one thing that should be so'),
})

export type AgentTest = Omit<z.output<typeof testFile>, 'expect' | 'name'> & {
  /** `tests/first.yaml` */
  readonly file: string
  readonly name: string
  readonly expect: readonly { readonly line: number; readonly is: Expectation }[]
}
type Problem = { readonly file: string; readonly line: number; readonly message: string }

/** Every test of a project, in order of their names. Throws one problem that names all the wrong places. */
export async function readTests(dir: string): Promise<readonly AgentTest[]> {
  const names = await readdir(join(dir, TESTS_DIR)).catch(() => [])
  const problems: Problem[] = []
  const tests: AgentTest[] = []
  for (const name of names.filter((each) => /\.ya?ml$/.test(each)).sort()) {
    const file = `${TESTS_DIR}/${name}`
    const parsed = parseTest(file, await readFile(join(dir, file), 'utf8'))
    if (Array.isArray(parsed)) problems.push(...parsed)
    else tests.push(parsed as AgentTest)
  }
  if (problems.length > 0)
    throw new AuthorProblem(
      'bad_test',
      problems.map(({ file, line, message }) => `${file}:${line}:1 error: ${message}`).join('\n'),
    )
  if (tests.length === 0)
    throw new AuthorProblem('no_tests', `There are no tests in ${join(dir, TESTS_DIR)}: they are files named *.yaml.`)
  return tests
}

export function parseTest(file: string, text: string): AgentTest | readonly Problem[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (document.errors.length > 0)
    return document.errors.map(({ pos, message }) => ({ file, line: lines.linePos(pos[0]).line, message }))
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
      const start = (node as { range?: readonly number[] } | null | undefined)?.range?.[0]
      if (start !== undefined) return lines.linePos(start).line
    }
    return 1
  }
  const parsed = testFile.safeParse(document.toJS())
  if (!parsed.success)
    return parsed.error.issues.map(({ path, message }) => ({
      file,
      line: lineOf(path),
      message: `${path.join('.') || 'the test'}: ${message}`,
    }))
  const { expect, name = file.replace(/^.*\/|\.ya?ml$/g, ''), ...rest } = parsed.data
  return { ...rest, file, name, expect: expect.map((is, index) => ({ line: lineOf(['expect', index]), is })) }
}
