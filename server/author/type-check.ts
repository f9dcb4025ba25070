/** Types of a project, checked by TypeScript itself against nothing but the language and the `academy` module. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type ts from 'typescript-browser'
import { academyDts } from '../protocol/agent-api/index.ts'
import type { Diagnostic } from '../protocol/diagnostics.ts'
import type { SourceFiles } from '../sandbox/types.ts'
import { COMPILER_OPTIONS } from './types-options.ts'

const require = createRequire(import.meta.url)
const ROOT = '/project'
const TYPES = `${ROOT}/academy.d.ts`

/** TypeScript weighs half a second: it is loaded when first asked. */
export async function checkTypes(sources: SourceFiles): Promise<readonly Diagnostic[]> {
  const { default: typescript } = await import('typescript-browser')
  const files = new Map<string, string>([[TYPES, academyDts('en')]])
  for (const [path, text] of Object.entries(sources)) if (/\.[jt]s$/.test(path)) files.set(`${ROOT}/${path}`, text)
  const { options } = typescript.convertCompilerOptionsFromJson(COMPILER_OPTIONS, ROOT)
  const program = typescript.createProgram([...files.keys()], options, hostOf(typescript, files))
  return typescript
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => file?.fileName !== TYPES)
    .map((found) => toDiagnostic(typescript, found))
}

function hostOf(typescript: typeof ts, files: ReadonlyMap<string, string>): ts.CompilerHost {
  const libraries = dirname(require.resolve('typescript-browser'))
  const read = (path: string): string | undefined => {
    if (files.has(path)) return files.get(path)
    if (dirname(path) !== libraries || !/^lib\..*\.d\.ts$/.test(path.slice(libraries.length + 1))) return undefined
    return readFileSync(path, 'utf8')
  }
  return {
    getSourceFile(path, languageVersion) {
      const text = read(path)
      return text === undefined ? undefined : typescript.createSourceFile(path, text, languageVersion)
    },
    getDefaultLibFileName: (options) => join(libraries, typescript.getDefaultLibFileName(options)),
    getDefaultLibLocation: () => libraries,
    writeFile: () => {},
    getCurrentDirectory: () => ROOT,
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (path) => files.has(path) || dirname(path) === libraries,
    readFile: read,
    directoryExists: () => true,
    getDirectories: () => [],
  }
}

const SEVERITIES = ['warning', 'error', 'hint', 'hint'] as const

function toDiagnostic(typescript: typeof ts, { file, start = 0, length = 0, ...found }: ts.Diagnostic): Diagnostic {
  const at = file?.getLineAndCharacterOfPosition(start) ?? { line: 0, character: 0 }
  const end = file?.getLineAndCharacterOfPosition(start + length) ?? at
  return {
    file: file?.fileName.slice(ROOT.length + 1) ?? 'main.ts',
    line: at.line + 1,
    column: at.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
    severity: SEVERITIES[found.category],
    code: `ts${found.code}`,
    message: typescript.flattenDiagnosticMessageText(found.messageText, '\n'),
  }
}
