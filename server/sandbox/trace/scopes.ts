/** Which statements and awaits a module has, and the names of the variables that each of them can see. */
import { REPLAY_LOCALS_MAX } from '../../limits.ts'
import { boundNames } from '../compile/facts.ts'
import { type AnyNode, children } from '../compile/tree.ts'

export type Sight = {
  readonly what: 'line' | 'await'
  /** Stands where only one statement may. */
  readonly alone: boolean
  readonly loc?: AnyNode
  /** The nearest first. */
  readonly names: readonly string[]
}

type Scope = { readonly names: readonly string[]; readonly outer?: Scope }

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])
/** Nothing happens at these when they are come to. */
const SILENT = new Set([
  'FunctionDeclaration',
  'EmptyStatement',
  'ImportDeclaration',
  'ExportAllDeclaration',
  'BlockStatement',
])

export function sights(tree: AnyNode): ReadonlyMap<AnyNode, Sight> {
  const found = new Map<AnyNode, Sight>()

  function list(statements: readonly AnyNode[], scope: Scope): void {
    for (const statement of statements) {
      if (!isSilent(statement)) found.set(statement, { what: 'line', alone: false, names: namesIn(scope) })
      enter(statement, scope)
    }
  }

  function alone(statement: AnyNode | null, scope: Scope): void {
    if (!statement) return
    if (!isSilent(statement)) found.set(statement, { what: 'line', alone: true, names: namesIn(scope) })
    enter(statement, scope)
  }

  function enter(node: AnyNode, scope: Scope): void {
    if (FUNCTIONS.has(node.type)) enterFunction(node, scope)
    else if (node.type in ENTER) ENTER[node.type]!(node, scope)
    else inside(node, scope)
  }

  function inside(node: AnyNode, scope: Scope): void {
    for (const child of children(node)) enter(child, scope)
  }

  function block(node: AnyNode, scope: Scope): void {
    list(node.body, { names: lexical(node.body), outer: scope })
  }

  function forLoop(node: AnyNode, scope: Scope): void {
    const inner = { names: lexical([node.init ?? node.left].filter(Boolean)), outer: scope }
    for (const part of [node.init, node.left, node.right, node.test, node.update]) if (part) enter(part, inner)
    alone(node.body, inner)
  }

  function whileLoop(node: AnyNode, scope: Scope): void {
    enter(node.test, scope)
    alone(node.body, scope)
  }

  function enterFunction(node: AnyNode, scope: Scope): void {
    const own = node.params.flatMap((param: AnyNode) => boundNames(param))
    const hasBlock = node.body.type === 'BlockStatement'
    const inner = {
      names: hasBlock ? [...lexical(node.body.body), ...hoisted(node.body), ...own] : own,
      outer: scope,
    }
    for (const param of node.params) enter(param, inner)
    if (hasBlock) list(node.body.body, inner)
    else enter(node.body, inner)
  }

  const ENTER: Readonly<Record<string, (node: AnyNode, scope: Scope) => void>> = {
    BlockStatement: block,
    StaticBlock: block,
    ForStatement: forLoop,
    ForInStatement: forLoop,
    ForOfStatement: forLoop,
    WhileStatement: whileLoop,
    DoWhileStatement: whileLoop,
    IfStatement(node, scope) {
      enter(node.test, scope)
      alone(node.consequent, scope)
      alone(node.alternate, scope)
    },
    SwitchStatement(node, scope) {
      enter(node.discriminant, scope)
      const inner = { names: lexical(node.cases.flatMap((one: AnyNode) => one.consequent)), outer: scope }
      for (const one of node.cases) {
        if (one.test) enter(one.test, inner)
        list(one.consequent, inner)
      }
    },
    CatchClause(node, scope) {
      const names = [...boundNames(node.param), ...lexical(node.body.body)]
      list(node.body.body, { names, outer: scope })
    },
    AwaitExpression(node, scope) {
      // By what is awaited: its hook lies nearest to it, within what counts.
      found.set(node.argument, { what: 'await', alone: false, names: namesIn(scope), loc: node.loc })
      inside(node, scope)
    },
  }

  list(tree.body, { names: [...lexical(tree.body), ...hoisted(tree)] })
  return found
}

function isSilent(node: AnyNode): boolean {
  if (SILENT.has(node.type)) return true
  if (node.type === 'ExportNamedDeclaration') return !node.declaration || SILENT.has(node.declaration.type)
  return node.type === 'ExportDefaultDeclaration' && node.declaration.type === 'FunctionDeclaration'
}

/** What `let` and `const` declare among these. */
const lexical = (statements: readonly AnyNode[]): string[] =>
  statements.flatMap((statement) => {
    const node = statement.declaration ?? statement
    return node.type === 'VariableDeclaration' && node.kind !== 'var' ? declaredBy(node) : []
  })

/** What `var` declares anywhere inside of this function. */
function hoisted(body: AnyNode): string[] {
  const inside = (node: AnyNode): AnyNode[] =>
    FUNCTIONS.has(node.type) ? [] : [node, ...children(node).flatMap(inside)]
  return children(body)
    .flatMap(inside)
    .filter((node) => node.type === 'VariableDeclaration' && node.kind === 'var')
    .flatMap(declaredBy)
}

const declaredBy = (node: AnyNode): string[] => node.declarations.flatMap((one: AnyNode) => boundNames(one.id))

function namesIn(scope: Scope): readonly string[] {
  const names = new Set<string>()
  for (let at: Scope | undefined = scope; at; at = at.outer)
    for (const name of at.names) if (names.size < REPLAY_LOCALS_MAX) names.add(name)
  return [...names]
}
