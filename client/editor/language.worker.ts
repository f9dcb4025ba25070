/** TypeScript's language service in a worker: it knows the project's files and the `academy` module, and nothing of the page. */
import ts from 'typescript-browser'
import type { LanguageAnswer, LanguageQuestion, Suggestion } from './language-messages.ts'

const LIBRARIES = import.meta.glob(
  '/../node_modules/typescript-browser/lib/lib.{es5,es2015,es2016,es2017,es2018,es2019,es2020,es2021,es2022,es2023,decorators}*.d.ts',
  { query: '?raw', import: 'default', eager: true },
) as Record<string, string>

const libraries = new Map(
  Object.entries(LIBRARIES).map(([path, text]) => [`/lib/${path.slice(path.lastIndexOf('/') + 1)}`, text]),
)
const files = new Map<string, { text: string; version: number }>()

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts'],
  allowJs: true,
  checkJs: true,
  strict: true,
  noImplicitAny: false,
  noEmit: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  types: [],
}

const read = (path: string): string | undefined => files.get(path)?.text ?? libraries.get(path)
const host: ts.LanguageServiceHost = {
  getCompilationSettings: () => OPTIONS,
  getScriptFileNames: () => [...files.keys()],
  getScriptVersion: (path) => String(files.get(path)?.version ?? 0),
  getScriptSnapshot: (path) => {
    const text = read(path)
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
  },
  getCurrentDirectory: () => '/',
  getDefaultLibFileName: () => '/lib/lib.es2023.d.ts',
  fileExists: (path) => read(path) !== undefined,
  readFile: read,
  directoryExists: () => true,
  getDirectories: () => [],
}
const service = ts.createLanguageService(host)

const SEVERITIES = {
  [ts.DiagnosticCategory.Error]: 'error',
  [ts.DiagnosticCategory.Warning]: 'warning',
  [ts.DiagnosticCategory.Suggestion]: 'hint',
  [ts.DiagnosticCategory.Message]: 'hint',
} as const

function diagnose(path: string) {
  return [...service.getSyntacticDiagnostics(path), ...service.getSemanticDiagnostics(path)].map(
    ({ start = 0, length = 0, messageText, category, code }) => ({
      from: start,
      to: start + length,
      severity: SEVERITIES[category],
      code: `ts${code}`,
      message: ts.flattenDiagnosticMessageText(messageText, '\n'),
    }),
  )
}

/** How far down a list of suggestions anybody reads. */
const SUGGESTIONS_MAX = 100

function complete(path: string, position: number): readonly Suggestion[] {
  const found = service.getCompletionsAtPosition(path, position, { includeCompletionsForModuleExports: false })
  if (!found) return []
  return found.entries
    .filter((entry) => entry.kind !== ts.ScriptElementKind.warning)
    .sort((a, b) => (a.sortText < b.sortText ? -1 : a.sortText > b.sortText ? 1 : 0))
    .slice(0, SUGGESTIONS_MAX)
    .map(({ name, kind }) => ({ name, kind }))
}

function describe(path: string, position: number, name: string) {
  const found = service.getCompletionEntryDetails(path, position, name, undefined, undefined, undefined, undefined)
  if (!found) return undefined
  return {
    from: position,
    to: position,
    signature: ts.displayPartsToString(found.displayParts),
    text: ts.displayPartsToString(found.documentation),
  }
}

function explain(path: string, position: number) {
  const info = service.getQuickInfoAtPosition(path, position)
  if (!info) return undefined
  return {
    from: info.textSpan.start,
    to: info.textSpan.start + info.textSpan.length,
    signature: ts.displayPartsToString(info.displayParts),
    text: ts.displayPartsToString(info.documentation),
  }
}

function answer(question: LanguageQuestion): unknown {
  switch (question.type) {
    case 'write': {
      const version = (files.get(question.path)?.version ?? 0) + 1
      if (question.text === undefined) files.delete(question.path)
      else files.set(question.path, { text: question.text, version })
      return undefined
    }
    case 'diagnose':
      return diagnose(question.path)
    case 'complete':
      return complete(question.path, question.position)
    case 'describe':
      return describe(question.path, question.position, question.name)
    case 'explain':
      return explain(question.path, question.position)
  }
}

self.addEventListener('message', ({ data }: MessageEvent<{ id: number; question: LanguageQuestion }>) => {
  let reply: LanguageAnswer
  try {
    reply = { id: data.id, ok: true, value: answer(data.question) }
  } catch (error) {
    reply = { id: data.id, ok: false, message: error instanceof Error ? error.message : String(error) }
  }
  self.postMessage(reply)
})
