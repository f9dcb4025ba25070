/** `academy agent new`, `check`, `test`: on this machine alone. */
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Ran, TestReport, TestResult } from '../author/run-tests.ts'
import { RECORDING_SUFFIX } from '../protocol/recording.ts'
import { oneOf } from './arguments.ts'
import { json, words } from './print.ts'

export function addProjectCommands(agent: Command): void {
  agent
    .command('new')
    .description('a new project in a folder of its own: program, types, a first test')
    .argument('<name>', 'name of the agent, or where to make it: the last part is the name')
    .option('--template <name>', 'hello, empty, or a lesson such as first-lamp', 'hello')
    .option('--lang <language>', 'of the declarations: en or ru', oneOf('en', 'ru'), 'en')
    .action(makeProject)
  agent
    .command('check')
    .description('mistakes and types, with file, line and column; ends with 1 when there are errors')
    .argument('[dir]', 'the project', '.')
    .option('--json', 'for programs')
    .option('--types', 'write academy.d.ts anew first')
    .action(check)
  agent
    .command('test')
    .description('run tests/*.yaml in a simulated world; ends with 1 when one fails')
    .argument('[dir]', 'the project', '.')
    .option('--json', 'for programs; see server/author/FORMAT.md')
    .option('--seed <text>', 'for all tests, instead of their own')
    .option('--world <dir>', 'another world than the academy')
    .option('--save <dir>', 'write a recording of each test there, for "academy agent replay"')
    .action(runAll)
}

async function makeProject(
  given: string,
  { template, lang }: { template: string; lang: 'en' | 'ru' },
): Promise<void> {
  const [{ scaffold }, { findTemplate }] = await Promise.all([
    import('../author/scaffold.ts'),
    import('./templates.ts'),
  ])
  const dir = resolve(given)
  const files = await scaffold(dir, {
    name: basename(dir),
    template: await findTemplate(template),
    locale: lang,
  })
  const shown = relative(process.cwd(), dir) || '.'
  for (const file of files) words(join(shown, file))
  words(`\nNow: cd ${shown} && npx academy agent test`)
}

async function check(dir: string, options: { json?: boolean; types?: boolean }): Promise<void> {
  const [{ checkProject, diagnosticLine }, { readProject }] = await Promise.all([
    import('../author/check.ts'),
    import('../author/project.ts'),
  ])
  const project = await readProject(dir)
  if (options.types) {
    const { academyDts } = await import('../protocol/agent-api/index.ts')
    await writeFile(join(project.dir, 'academy.d.ts'), academyDts('en'))
  }
  const report = await checkProject(project)
  if (options.json) json(report)
  else if (report.diagnostics.length === 0) words(`${project.name}: nothing to mend`)
  else for (const diagnostic of report.diagnostics) words(diagnosticLine(diagnostic))
  if (!report.ok) process.exitCode = 1
}

type TestOptions = { json?: boolean; seed?: string; world?: string; save?: string }

async function runAll(dir: string, options: TestOptions): Promise<void> {
  const [{ readProject }, { readTests }, { openWorkbench }, { runTests }] = await Promise.all([
    import('../author/project.ts'),
    import('../author/test-file.ts'),
    import('../author/workbench.ts'),
    import('../author/run-tests.ts'),
  ])
  const project = await readProject(dir)
  const tests = await readTests(project.dir)
  await using bench = await openWorkbench(options.world)
  const report = await runTests(bench, project, tests, {
    seed: options.seed,
    async onResult(ran) {
      if (!options.json) for (const line of linesOf(ran.result)) words(line)
      if (options.save) await save(options.save, project.sources, ran)
    },
  })
  if (options.json) json(report)
  else words(summary(report))
  if (!report.ok) process.exitCode = 1
}

async function save(
  dir: string,
  sources: Readonly<Record<string, string>>,
  { result, recorded }: Ran,
): Promise<void> {
  if (!recorded) return
  const { recordingOfTest, writeRecording } = await import('../author/recording.ts')
  await mkdir(dir, { recursive: true })
  const file = join(dir, `${basename(result.file).replace(/\.ya?ml$/, '')}${RECORDING_SUFFIX}`)
  await writeRecording(file, recordingOfTest(sources, recorded))
}

function linesOf({ file, name, ok, ticks, fuel, expectations, error }: TestResult): readonly string[] {
  const head = `${ok ? 'ok' : 'FAILED'} ${file} ${name} (${ticks} tides, ${fuel} fuel)`
  const failed = expectations.filter((each) => !each.ok)
  return [
    head,
    ...failed.map(({ line, expected, got }) => `  ${file}:${line}:1 expected: ${expected}\n    ${got}`),
    ...(error?.stack && !ok ? [error.stack.replaceAll(/^/gm, '    ')] : []),
  ]
}

const summary = ({ passed, failed }: TestReport): string =>
  failed === 0 ? `${passed} passed` : `${failed} failed, ${passed} passed`
