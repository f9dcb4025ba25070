/**
 * Sources in, program out: types blanked, imports checked, fuel counting put in. Pure, and needs nothing of Node's, so that the
 * page makes the very same program for its replay. The same sources always give the same text and hash.
 */
import { AGENT_DIAGNOSTICS_MAX, AGENT_SOURCE_MAX_BYTES, AGENT_SOURCE_MAX_FILES } from '../limits.ts'
import type { Diagnostic } from '../protocol/diagnostics.ts'
import type { Params } from '../protocol/ids.ts'
import { message } from '../protocol/text/index.ts'
import type { Shift } from './compile/insertions.ts'
import { instrument } from './compile/instrument.ts'
import { resolveImport } from './compile/resolve.ts'
import { type Complaint, exportsOf, forbidden, importsOf, wrongImports } from './compile/rules.ts'
import { sha256Hex } from './compile/sha256.ts'
import { type AnyNode, parseModule } from './compile/tree.ts'
import { stripTypes } from './strip.ts'
import { createTracer } from './trace/tracer.ts'
import type { CompileOptions, CompileResult, Point, Program, SourceFiles } from './types.ts'

/** Raised when the same sources no longer give the same text, so that recordings name what they were made with. */
export const COMPILER_VERSION = 5

type Module = {
  readonly path: string
  readonly script: string
  readonly tree: AnyNode
  readonly exports: ReadonlySet<string> | undefined
}

export function compile(files: SourceFiles, { trace = false }: CompileOptions = {}): CompileResult {
  const entry = ['main.ts', 'main.js'].find((path) => Object.hasOwn(files, path))
  const refused = tooMuch(files) ?? (entry === undefined ? diagnostic('main.ts', 1, 1, 'no_entry') : undefined)
  if (refused) return { ok: false, diagnostics: [refused] }
  const modules = new Map<string, Module>()
  const problems: Diagnostic[] = []
  const isFile = (path: string) => Object.hasOwn(files, path) && /\.[jt]s$/.test(path) && !path.endsWith('.d.ts')
  const wanted = [entry!]
  for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
    if (modules.has(path)) continue
    const read = readModule(path, files[path]!)
    if ('problem' in read) {
      problems.push(read.problem)
      continue
    }
    modules.set(path, read)
    for (const { specifier } of importsOf(read.tree)) {
      const target = resolveImport(isFile, path, specifier)
      if (target !== undefined) wanted.push(target)
    }
  }
  for (const { path, tree } of modules.values())
    problems.push(
      ...[...forbidden(tree), ...wrongImports(path, tree, modules, isFile)].map((c) => complaint(path, c)),
    )
  if (problems.length > 0) return { ok: false, diagnostics: problems.slice(0, AGENT_DIAGNOSTICS_MAX) }
  const program = build(entry!, modules)
  return { ok: true, program: trace ? followed(program, modules, isFile) : program }
}

function build(entry: string, modules: ReadonlyMap<string, Module>) {
  const texts: Record<string, string> = {}
  const shifts: Record<string, readonly Shift[]> = {}
  for (const path of [...modules.keys()].sort()) {
    const { script, tree } = modules.get(path)!
    const woven = instrument(script, tree)
    texts[path] = woven.text
    shifts[path] = woven.shifts
  }
  const hash = sha256Hex(JSON.stringify([COMPILER_VERSION, entry, texts]))
  return { hash, entry, modules: texts, shifts }
}

/** The same program with its hooks; it keeps the name of what it is. */
function followed(
  { hash, entry, modules: plain }: Program,
  modules: ReadonlyMap<string, Module>,
  isFile: (path: string) => boolean,
): Program {
  const points: Point[] = []
  const texts: Record<string, string> = {}
  const shifts: Record<string, readonly Shift[]> = {}
  for (const path of Object.keys(plain)) {
    const { script, tree } = modules.get(path)!
    const target = (specifier: string) => resolveImport(isFile, path, specifier) ?? specifier
    const woven = instrument(script, tree, createTracer({ file: path, tree, points, target }))
    texts[path] = woven.text
    shifts[path] = woven.shifts
  }
  return { hash, entry, modules: texts, shifts, points }
}

function tooMuch(files: SourceFiles): Diagnostic | undefined {
  const paths = Object.keys(files)
  const bytes = paths.reduce((sum, path) => sum + files[path]!.length, 0)
  const biggest = paths.toSorted((a, b) => files[b]!.length - files[a]!.length)[0] ?? 'main.ts'
  if (paths.length > AGENT_SOURCE_MAX_FILES)
    return diagnostic(biggest, 1, 1, 'too_many_files', { max: AGENT_SOURCE_MAX_FILES })
  return bytes > AGENT_SOURCE_MAX_BYTES
    ? diagnostic(biggest, 1, 1, 'too_big', { maxKb: AGENT_SOURCE_MAX_BYTES / 1024 })
    : undefined
}

function readModule(path: string, source: string): Module | { readonly problem: Diagnostic } {
  try {
    const script = path.endsWith('.ts') ? stripTypes(source) : source
    const tree = parseModule(script)
    return { path, script, tree, exports: exportsOf(tree) }
  } catch (error) {
    return { problem: syntaxProblem(path, error) }
  }
}

/** amaro throws plain objects with lines from 1 and columns from 0, acorn SyntaxErrors with `loc` counted alike. */
function syntaxProblem(path: string, error: unknown): Diagnostic {
  const e = error as {
    code?: string
    message?: string
    startLine?: number
    startColumn?: number
    loc?: { line: number; column: number }
  }
  if (error instanceof RangeError) return diagnostic(path, 1, 1, 'too_deep')
  const line = e.loc?.line ?? e.startLine ?? 1
  const column = (e.loc?.column ?? e.startColumn ?? 0) + 1
  const detail = String(e.message ?? error).replace(/ \(\d+:\d+\)$/, '')
  return diagnostic(path, line, column, e.code === 'UnsupportedSyntax' ? 'unsupported_syntax' : 'syntax', { detail })
}

const complaint = (path: string, { at, code, params }: Complaint): Diagnostic => ({
  ...diagnostic(path, at.loc.start.line, at.loc.start.column + 1, code, params),
  endLine: at.loc.end.line,
  endColumn: at.loc.end.column + 1,
})

function diagnostic(file: string, line: number, column: number, code: string, params: Params = {}): Diagnostic {
  const words = message('en', `agents.check.${code}`, params as Record<string, string>)
  return { file, line, column, severity: 'error', code, message: words, params }
}
