/** A world's scripts as far as the loader reads them: that they parse, and what they export. */
import { parse } from 'acorn'
import type { Problems } from './problems.ts'

export type Script = { readonly file: string; readonly source: string; readonly exports: ReadonlySet<string> }

/** Undefined when it does not parse. */
export function parseScript(file: string, source: string, problems: Problems): Script | undefined {
  const exports = exportsOf(file, source, problems)
  return exports && { file, source, exports }
}

/** Names of exported functions; undefined when it does not parse. */
function exportsOf(file: string, source: string, problems: Problems): Set<string> | undefined {
  try {
    const names = new Set<string>()
    for (const node of parse(source, { ecmaVersion: 2024, sourceType: 'module', locations: true }).body) {
      const spot = { file, line: node.loc!.start.line, column: node.loc!.start.column + 1 }
      if (node.type === 'ImportDeclaration') problems.error(spot, 'a world script imports nothing')
      if (node.type !== 'ExportNamedDeclaration') continue
      if (node.declaration?.type === 'FunctionDeclaration') names.add(node.declaration.id.name)
      for (const specifier of node.specifiers) if ('name' in specifier.exported) names.add(specifier.exported.name)
    }
    return names
  } catch (error) {
    const { loc, message } = error as SyntaxError & { loc?: { line: number; column: number } }
    problems.error(
      { file, line: loc?.line ?? 1, column: (loc?.column ?? 0) + 1 },
      message.replace(/ \(\d+:\d+\)$/, ''),
    )
    return undefined
  }
}
