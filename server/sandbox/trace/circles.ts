/**
 * Modules that import each other in a circle, for a place where a module's address must be known before it can be imported: the way
 * back leads to a stand-in, which the module behind it fills with what it exports, functions first, as it begins, the rest at its end.
 */
import { boundNames } from '../compile/facts.ts'
import { type AnyNode, children, parseModule } from '../compile/tree.ts'
import { IMPORT_MARK } from './tracer.ts'

type Modules = Readonly<Record<string, string>>
type Import = {
  readonly target: string
  readonly at: number
  readonly end: number
  readonly names: readonly string[] | 'all'
}
type Export = { readonly local: string; readonly isFunction: boolean; readonly isFixed: boolean }
type Module = {
  readonly text: string
  readonly imports: readonly Import[]
  /** By the name that others know; what is not made here is not among them. */
  readonly exports: ReadonlyMap<string, Export>
}

/** The same modules where there is no circle, or one that this cannot undo: what is exported and changed later, or not made there. */
export function unwound(modules: Modules, entry: string): Modules {
  const read = new Map(Object.entries(modules).map(([path, text]) => [path, readModule(text)]))
  const back = waysBack(read, entry)
  if (back.length === 0) return modules
  const wanted = new Map<string, Set<string>>()
  for (const { names, target } of back) {
    const { exports } = read.get(target)!
    const found = names === 'all' ? [...exports.keys()] : names
    if (found.some((name) => !exports.get(name)?.isFixed)) return modules
    wanted.set(target, new Set([...(wanted.get(target) ?? []), ...found]))
  }
  const result: Record<string, string> = {}
  for (const [path, { text }] of read) {
    const turned = back.filter((one) => one.from === path).toSorted((a, b) => b.at - a.at)
    const own = turned.reduce(
      (all, one) => all.slice(0, one.at) + mark(standIn(one.target)) + all.slice(one.end),
      text,
    )
    const names = wanted.get(path)
    result[path] = names ? filling(path, own, read.get(path)!, [...names]) : own
    if (names) result[standIn(path)] = standInFor(path, [...names])
  }
  return result
}

/** No file of a project can have such a name. */
const standIn = (path: string): string => `${path}~`
const mark = (target: string): string => `${IMPORT_MARK}${target}*/`
const key = (path: string): string => JSON.stringify(standIn(path))

function standInFor(path: string, names: readonly string[]): string {
  const locals = names.map((name, i) => ({ name, local: `$$p${i}` }))
  const sets = locals.map(
    ({ name, local }) => `if(${JSON.stringify(name)} in $$g)${local}=$$g[${JSON.stringify(name)}];`,
  )
  return `let ${locals.map(({ local }) => local).join(',')};
export{${locals.map(({ name, local }) => `${local} as ${name}`).join(',')}};
$$circles[${key(path)}]=($$g)=>{${sets.join('')}}`
}

function filling(path: string, text: string, { exports }: Module, names: readonly string[]): string {
  const fill = (list: readonly string[]) =>
    `$$circles[${key(path)}]({__proto__:null,${list.map((name) => `${JSON.stringify(name)}:${exports.get(name)!.local}`).join(',')}});`
  const functions = names.filter((name) => exports.get(name)!.isFunction)
  return `import ${mark(standIn(path))}${key(path)};${fill(functions)}${text}\n;${fill(names)}`
}

/** Imports of what is still being read, in the order in which modules are. */
function waysBack(
  modules: ReadonlyMap<string, Module>,
  entry: string,
): readonly (Import & { readonly from: string })[] {
  const found: (Import & { from: string })[] = []
  const open = new Set<string>()
  const done = new Set<string>()
  const visit = (path: string): void => {
    open.add(path)
    for (const one of modules.get(path)?.imports ?? []) {
      if (!modules.has(one.target)) continue
      if (open.has(one.target)) found.push({ ...one, from: path })
      else if (!done.has(one.target)) visit(one.target)
    }
    open.delete(path)
    done.add(path)
  }
  visit(entry)
  return found
}

function readModule(text: string): Module {
  const tree = parseModule(text)
  const imports: Import[] = []
  const locals = new Map<string, { isFunction: boolean }>()
  const given: { name: string; local: string }[] = []
  for (const node of tree.body) {
    if (node.source) imports.push(importOf(node, text))
    const declared = declarationIn(node)
    if (declared) for (const name of namesOf(declared)) locals.set(name, { isFunction: isFunction(declared) })
    if (node.type === 'ExportNamedDeclaration' && !node.source) {
      for (const name of node.declaration ? namesOf(node.declaration) : []) given.push({ name, local: name })
      for (const { exported, local } of node.specifiers) given.push({ name: nameOf(exported), local: nameOf(local) })
    }
    if (node.type === 'ExportDefaultDeclaration' && node.declaration.id)
      given.push({ name: 'default', local: node.declaration.id.name })
  }
  const changed = changedIn(tree)
  const exports = given
    .filter(({ local }) => locals.has(local))
    .map(({ name, local }) => [name, { local, ...locals.get(local)!, isFixed: !changed.has(local) }] as const)
  return { text, imports, exports: new Map(exports) }
}

const nameOf = (node: AnyNode): string => node.name ?? node.value
const isFunction = ({ type }: AnyNode): boolean => type === 'FunctionDeclaration'
const declarationIn = (node: AnyNode): AnyNode | undefined =>
  node.declaration?.id || node.declaration?.declarations
    ? node.declaration
    : node.type.endsWith('Declaration')
      ? node
      : undefined
const namesOf = (node: AnyNode): readonly string[] =>
  node.declarations?.flatMap((one: AnyNode) => boundNames(one.id)) ?? (node.id ? [node.id.name] : [])

/** Where its mark stands, and what is asked for. */
function importOf(node: AnyNode, text: string): Import {
  const end = node.source.start
  const at = text.lastIndexOf(IMPORT_MARK, end)
  const target = text.slice(at + IMPORT_MARK.length, end - '*/'.length)
  const isAll = ({ type }: AnyNode) => type === 'ImportNamespaceSpecifier'
  if (node.type === 'ExportAllDeclaration' || node.specifiers?.some(isAll)) return { target, at, end, names: 'all' }
  const names = node.specifiers.map((one: AnyNode) =>
    one.type === 'ImportDefaultSpecifier' ? 'default' : nameOf(one.imported ?? one.local),
  )
  return { target, at, end, names }
}

/** Names that something is assigned to after they were declared, wherever they mean. */
function changedIn(tree: AnyNode): ReadonlySet<string> {
  const found = new Set<string>()
  const walk = (node: AnyNode): void => {
    if (node.type === 'AssignmentExpression') for (const name of boundNames(node.left)) found.add(name)
    if (node.type === 'UpdateExpression' && node.argument.type === 'Identifier') found.add(node.argument.name)
    if ((node.type === 'ForOfStatement' || node.type === 'ForInStatement') && node.left.type === 'Identifier')
      found.add(node.left.name)
    for (const child of children(node)) walk(child)
  }
  walk(tree)
  return found
}
