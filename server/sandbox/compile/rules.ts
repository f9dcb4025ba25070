/** What a program may not contain, each with the code of its sentence. */
import { API_EXPORTS } from '../../protocol/agent-api/definition.ts'
import type { Params } from '../../protocol/ids.ts'
import { boundNames, everyNode } from './facts.ts'
import { ACADEMY, resolveImport } from './resolve.ts'
import type { AnyNode } from './tree.ts'

export type Complaint = { readonly at: AnyNode; readonly code: string; readonly params?: Params }

/** Names beginning so belong to the counting; no source may speak of them. */
const RESERVED = /^\$\$/

export function forbidden(tree: AnyNode): readonly Complaint[] {
  return everyNode(tree).flatMap((node): Complaint[] => {
    switch (node.type) {
      case 'ImportExpression':
        return [{ at: node, code: 'dynamic_import' }]
      case 'MetaProperty':
        return node.meta.name === 'import' ? [{ at: node, code: 'import_meta' }] : []
      case 'Identifier':
        if (RESERVED.test(node.name)) return [{ at: node, code: 'reserved_name', params: { name: node.name } }]
        return node.name === 'eval' ? [{ at: node, code: 'no_eval' }] : []
      case 'Literal':
        return typeof node.bigint === 'string' ? [{ at: node, code: 'no_bigint' }] : []
      default:
        return []
    }
  })
}

export type Import = {
  readonly specifier: string
  readonly at: AnyNode
  readonly names: readonly { readonly name: string; readonly at: AnyNode }[]
}

const nameOf = (node: AnyNode): string => node.name ?? String(node.value)

/** What a module takes from others, re-exports included. */
export function importsOf(tree: AnyNode): readonly Import[] {
  return tree.body.flatMap((node: AnyNode): Import[] => {
    if (!node.source) return []
    const names = (node.specifiers ?? []).flatMap((s: AnyNode) => {
      if (s.type === 'ImportDefaultSpecifier') return [{ name: 'default', at: s }]
      if (s.type === 'ImportSpecifier') return [{ name: nameOf(s.imported), at: s }]
      return s.type === 'ExportSpecifier' ? [{ name: nameOf(s.local), at: s }] : []
    })
    return [{ specifier: node.source.value, at: node.source, names }]
  })
}

/** Names a module gives, or undefined when `export *` makes that a longer question. */
export function exportsOf(tree: AnyNode): ReadonlySet<string> | undefined {
  const names = new Set<string>()
  for (const node of tree.body) {
    if (node.type === 'ExportAllDeclaration' && !node.exported) return undefined
    if (node.type === 'ExportAllDeclaration') names.add(nameOf(node.exported))
    if (node.type === 'ExportDefaultDeclaration') names.add('default')
    if (node.type !== 'ExportNamedDeclaration') continue
    for (const s of node.specifiers) names.add(nameOf(s.exported))
    if (node.declaration?.id) names.add(node.declaration.id.name)
    for (const d of node.declaration?.declarations ?? []) for (const name of boundNames(d.id)) names.add(name)
  }
  return names
}

/** Imports of nothing but `academy` and the project's own files, and of nothing that these do not give. */
export function wrongImports(
  path: string,
  tree: AnyNode,
  modules: ReadonlyMap<string, { readonly exports: ReadonlySet<string> | undefined }>,
  isFile: (path: string) => boolean,
): readonly Complaint[] {
  return importsOf(tree).flatMap(({ specifier, at, names }): Complaint[] => {
    const target = resolveImport(isFile, path, specifier)
    if (specifier !== ACADEMY && target === undefined)
      return [
        { at, code: /^\.\.?\//.test(specifier) ? 'import_not_found' : 'import_not_allowed', params: { specifier } },
      ]
    const given = specifier === ACADEMY ? new Set<string>(API_EXPORTS) : modules.get(target!)?.exports
    if (!given) return []
    return names
      .filter(({ name }) => !given.has(name))
      .map(({ name, at: where }) => ({ at: where, code: 'no_such_export', params: { name, specifier } }))
  })
}
