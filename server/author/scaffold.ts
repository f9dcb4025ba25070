/** A new agent project: a folder that any editor understands, with a program that runs and a test that says what it should do. */
import { TEMPLATES } from '../agents/templates.ts'
import { academyDts } from '../protocol/agent-api/index.ts'
import type { Locale } from '../protocol/ids.ts'
import type { SourceFiles } from '../sandbox/types.ts'
import { PROJECT_BASICS, requireEmpty, writeNew } from './empty-folder.ts'

/** What a project may begin as: its program, and a test that says what it should do. */
export type Template = { readonly files: SourceFiles; readonly test?: string }

export const TEMPLATE_NAMES: readonly string[] = Object.keys(TEMPLATES.en)

export const templateOf = (name: string): Template | undefined =>
  Object.hasOwn(TEMPLATES.en, name) ? { files: TEMPLATES.en[name]!, test: FIRST_TESTS[name] } : undefined

/** What each template of ours should do; those that are not here should only not fail. */
const FIRST_TESTS: Readonly<Record<string, string>> = {
  hello: `# What should happen when the agent runs in a world of its own.
name: says hello, and answers
place: harbor:dock
ticks: 120
visitors:
  - { name: Mara, place: harbor:dock, acts: [{ tick: 30, say: hello there }] }
expect:
  - happens: { type: said, text: Hello! }
  - happens: { type: said, text: { contains: Mara } }
  - never: { type: refused }
`,
}
const ANY_TEST = `# It holds when the program runs without an error.
name: runs
place: harbor:dock
ticks: 60
expect:
  - never: { type: refused }
`

const readme = (name: string) => `# ${name}

An agent for CodeCraft Academy. \`main.ts\` is its program; \`tests/\` says what it should do; \`academy.d.ts\` is what it may call.

- \`npx academy agent check\` names every mistake with its line
- \`npx academy agent test\` runs the tests in a simulated world
- \`npx academy sandbox\` opens a world of your own; saving a file reloads the agent, with its memory kept
- \`npx academy agent deploy --hub URL\` brings it into a shared world
- \`npx academy agent log --follow\` shows what it says there
- \`npx academy agent record\` and \`replay\` let you see any of it again, step by step
`

const filesOf = (name: string, template: Template, locale: Locale): Readonly<Record<string, string>> => ({
  ...template.files,
  'agent.json': `${JSON.stringify({ name, entry: 'main.ts' }, null, 2)}\n`,
  'academy.d.ts': academyDts(locale),
  ...PROJECT_BASICS,
  'tests/first.yaml': template.test ?? ANY_TEST,
  'README.md': readme(name),
})

/** Makes the folder `dir`; refuses one that holds anything. Resolves with the paths written. */
export async function scaffold(
  dir: string,
  { name, template, locale = 'en' }: { readonly name: string; readonly template: Template; readonly locale?: Locale },
): Promise<readonly string[]> {
  await requireEmpty(dir)
  const files = filesOf(name, template, locale)
  await writeNew(dir, files)
  return Object.keys(files).sort()
}
