/** What is wrong with a project before it runs: what the compiler refuses, and what the types do not allow. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { academyDts } from '../protocol/agent-api/index.ts'
import type { Diagnostic } from '../protocol/diagnostics.ts'
import { LOCALES } from '../protocol/ids.ts'
import { compile } from '../sandbox/compile.ts'
import type { Project } from './project.ts'
import { checkTypes } from './type-check.ts'

export type CheckReport = { readonly ok: boolean; readonly diagnostics: readonly Diagnostic[] }

/** In order of file and line; a mistake that both find is told once, in the compiler's words. */
export async function checkProject(project: Project): Promise<CheckReport> {
  const compiled = compile(project.sources)
  const found = [...(compiled.ok ? [] : compiled.diagnostics)]
  const told = new Set(found.map(({ file, line }) => `${file}:${line}`))
  for (const one of await checkTypes(project.sources)) if (!told.has(`${one.file}:${one.line}`)) found.push(one)
  found.sort((a, b) => (a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1))
  if (compiled.ok && !Object.hasOwn(project.sources, project.entry)) found.unshift(missingEntry(project))
  if (await areTypesOld(project.dir)) found.push(OLD_TYPES)
  return { ok: found.every(({ severity }) => severity !== 'error'), diagnostics: found }
}

const missingEntry = ({ entry }: Project): Diagnostic => ({
  file: 'agent.json',
  line: 1,
  column: 1,
  severity: 'error',
  code: 'no_entry',
  message: `The entry ${entry} is not there.`,
})

const OLD_TYPES: Diagnostic = {
  file: 'academy.d.ts',
  line: 1,
  column: 1,
  severity: 'hint',
  code: 'old_types',
  message: 'Your editor reads declarations of another version. "npx academy agent check --types" writes them anew.',
}

/** Only when there is such a file: whoever deleted it knows why. */
async function areTypesOld(dir: string): Promise<boolean> {
  const text = await readFile(join(dir, 'academy.d.ts'), 'utf8').catch(() => undefined)
  return text !== undefined && LOCALES.every((locale) => academyDts(locale) !== text)
}

export const diagnosticLine = ({ file, line, column, severity, message, code }: Diagnostic): string =>
  `${file}:${line}:${column} ${severity}: ${message} (${code})`
