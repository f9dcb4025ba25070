/**
 * Puts the counting of fuel into a module: at each function's entry and each loop's head one subtraction that also pays, in
 * advance, for the calls and literals of that stretch of code; how deep calls nest is counted beside it (`depth.ts`); sizes that are known only while running go through helpers of
 * the prelude (`server/sandbox/prelude`). Nothing is taken out and no line is moved.
 */

import * as deep from './depth.ts'
import { boundNames, hasRest, mayGrowText } from './facts.ts'
import { createInsertions, type Insertions, type Shift } from './insertions.ts'
import type { AnyNode } from './tree.ts'
import { children } from './tree.ts'
import { findWrites, noteLate, noteWrite } from './writes.ts'

/** What one stretch of straight code costs, summed while it is read. */
type Stretch = { cost: number }

/** Puts in something of its own at each node before the counting does; what it gives back is called when the node's inside is done. */
export type Weave = (node: AnyNode, edits: Insertions) => (() => void) | undefined

export function instrument(
  source: string,
  tree: AnyNode,
  weave?: Weave,
): { readonly text: string; readonly shifts: readonly Shift[] } {
  const edits: Edits = { ...createInsertions(source), source, weave }
  const stretch: Stretch = { cost: 1 }
  const first = tree.body[0]
  const head = findWrites(tree)
  if (first) edits.open(first.start, () => head + check(stretch))
  for (const node of children(tree)) visit(node, { edits, stretch, grown: false })
  return edits.render()
}

const check = ({ cost }: Stretch, extra = '') => `${test(cost)}$$x();${extra}`
const test = (cost: number) => `if(${cost === 1 ? '--$$f' : `($$f-=${cost})`}<0)`
const checkExpression = ({ cost }: Stretch, extra: string) =>
  `(${cost === 1 ? '--$$f' : `($$f-=${cost})`}<0&&$$x(),${extra}`

type Edits = Insertions & { readonly source: string; readonly weave?: Weave }
type Where = {
  readonly edits: Edits
  readonly stretch: Stretch /** Inside a `+` that is already seen to. */
  readonly grown: boolean
  /** How the function around this counts its depth. */
  readonly depth?: deep.Depth
}

function visit(node: AnyNode, where: Where): void {
  if (node.isLate) noteLate(node, where.edits, () => visitNow(node, where))
  else visitNow(node, where)
}

function visitNow(node: AnyNode, where: Where): void {
  const special = VISITORS[node.type]
  where.stretch.cost += priceOf(node)
  const done = where.edits.weave?.(node, where.edits)
  const after = special ? special(node, where) : inside(node, where)
  done?.()
  if (typeof after === 'function') after()
}

function inside(node: AnyNode, where: Where): undefined {
  const next = where.grown ? { ...where, grown: false } : where
  for (const child of children(node)) visit(child, next)
  return undefined
}

function priceOf(node: AnyNode): number {
  switch (node.type) {
    case 'ArrayExpression':
      return 1 + (node.elements.length >> 2)
    case 'ObjectExpression':
      return 1 + (node.properties.length >> 2)
    case 'TemplateLiteral':
      return node.expressions.length > 0 ? 1 : 0
    case 'Literal':
      return node.regex ? 1 : 0
    case 'CallExpression':
    case 'NewExpression':
    case 'TaggedTemplateExpression':
    case 'FunctionExpression':
    case 'FunctionDeclaration':
    case 'ArrowFunctionExpression':
      return 1
    case 'AwaitExpression':
      return 4
    case 'YieldExpression':
      return 2
    case 'ClassExpression':
    case 'ClassDeclaration':
      return 2
    default:
      return 0
  }
}

/** A function that is given back is called when all that belongs to the node has been put in. */
type Visitor = (node: AnyNode, where: Where) => unknown
const VISITORS: Readonly<Record<string, Visitor>> = {
  FunctionDeclaration: visitFunction,
  FunctionExpression: visitFunction,
  ArrowFunctionExpression: visitFunction,
  ForStatement: visitLoop,
  WhileStatement: visitLoop,
  DoWhileStatement: visitLoop,
  ForInStatement: visitLoop,
  ForOfStatement: visitLoop,
  PropertyDefinition: visitField,
  SpreadElement: visitSpread,
  VariableDeclarator: (node, where) => visitRest(node, node.id, node.init, where),
  AssignmentExpression: visitAssignment,
  BinaryExpression: visitSum,
  TemplateLiteral: visitTemplate,
  TaggedTemplateExpression(node, where) {
    visit(node.tag, where)
    inside(node.quasi, where)
  },
  TryStatement: visitTry,
  AwaitExpression: visitAwait,
  MemberExpression: visitAccess,
  Property: visitMember,
  MethodDefinition: visitMember,
}

/** What operators call for themselves is told from other functions by where it stands. */
function visitMember(node: AnyNode, where: Where): void {
  if (node.value) {
    node.value.hidden = deep.isHidden(node)
    node.value.isSetter = node.kind === 'set'
  }
  inside(node, where)
}

function visitAccess(node: AnyNode, where: Where): void {
  const next = where.grown ? { ...where, grown: false } : where
  if (node.isWritten) noteWrite(node, where.edits, () => visit(node.object, next))
  else visit(node.object, next)
  visit(node.property, next)
}

function visitAwait(node: AnyNode, where: Where): (() => void) | undefined {
  const { edits, depth } = where
  if (!depth?.isAsync) {
    inside(node, where)
    return undefined
  }
  const several = node.argument.type === 'SequenceExpression'
  edits.open(node.start, deep.awaitStart)
  edits.open(node.argument.start, deep.awaitedStart(several))
  inside(node, where)
  edits.close(node.argument.end, deep.awaitedEnd(depth, several))
  return () => edits.close(node.end, deep.awaitEnd(depth))
}

function visitFunction(node: AnyNode, where: Where): void {
  const { edits } = where
  // An async function or a generator makes a promise or an iterator, and keeps its place.
  const stretch: Stretch = { cost: node.async || node.generator ? 8 : 1 }
  const depth = deep.depthOf(node, node.hidden)
  const within: Where = { edits, stretch, grown: false }
  const rests = node.params.flatMap((param: AnyNode) => boundNames(param, true)).map((name: string) => `$$n(${name})`)
  if (node.id) visit(node.id, where)
  for (const param of node.params) visit(param, within)
  if (node.body.type === 'BlockStatement') {
    const extra = rests.map((r: string) => `${r};`).join('') + (depth ? deep.bodyStart(depth) : '')
    edits.open(node.body.start + 1, () => check(stretch, extra))
    visit(node.body, { ...within, depth })
    if (depth) edits.close(node.body.end - 1, deep.bodyEnd(depth))
  } else if (depth?.isAsync) visitAsyncExpression(node, depth, within, rests)
  else {
    const extra = rests.map((r: string) => `${r},`).join('') + (depth ? deep.expressionStart(depth) : '')
    edits.open(node.body.start, () => checkExpression(stretch, extra))
    visit(node.body, within)
    edits.close(node.body.end, depth ? `${deep.expressionEnd})` : ')')
  }
}

/** An async arrow's one expression may fail or wait, and has no place for either: it becomes what a body returns. */
function visitAsyncExpression(node: AnyNode, depth: deep.Depth, where: Where, rests: readonly string[]): void {
  const { edits, stretch } = where
  edits.open(deep.arrowEnd(node, edits.source), `{${deep.bodyStart(depth)}return(`)
  edits.open(node.body.start, () => checkExpression(stretch, rests.map((r) => `${r},`).join('')))
  visit(node.body, { ...where, depth })
  edits.close(node.body.end, ')')
  edits.close(node.end, `)${deep.bodyEnd(depth)}}`)
}

function visitLoop(node: AnyNode, where: Where): void {
  const { edits } = where
  // An async function or a generator makes a promise or an iterator, and keeps its place.
  const stretch: Stretch = { cost: node.async || node.generator ? 8 : 1 }
  const within: Where = { edits, stretch, grown: false, depth: where.depth }
  if (node.init) visit(node.init, where)
  if (node.left) visit(node.left, within)
  if (node.right) wrap(node.right, node.type === 'ForInStatement' ? '$$o(' : '', where)
  for (const part of [node.test, node.update]) if (part) visit(part, within)
  const declared = node.left?.type === 'VariableDeclaration' ? boundNames(node.left.declarations[0].id, true) : []
  const rests = declared.map((name: string) => `$$n(${name});`).join('')
  const block = node.body.type === 'BlockStatement'
  edits.open(node.body.start + (block ? 1 : 0), () => `${block ? '' : '{'}${check(stretch, rests)}`)
  visit(node.body, within)
  if (!block) edits.close(node.body.end, '}')
}

/** A field's value is made anew for each object, outside of any function that is counted. */
function visitField(node: AnyNode, { edits, stretch: outer, grown }: Where): void {
  if (node.computed) visit(node.key, { edits, stretch: outer, grown })
  if (!node.value) return
  const stretch: Stretch = { cost: 0 }
  const dear = () => stretch.cost > 4
  edits.open(node.value.start, () => (dear() ? `($$f-=${stretch.cost},` : ''))
  visit(node.value, { edits, stretch, grown: false })
  edits.close(node.value.end, () => (dear() ? ')' : ''))
}

function wrap(node: AnyNode, opening: string, where: Where): void {
  // Between parentheses of their own several values stay one argument.
  const several = node.type === 'SequenceExpression'
  if (opening) where.edits.open(node.start, several ? `${opening}(` : opening)
  visit(node, where.grown ? { ...where, grown: false } : where)
  if (opening) where.edits.close(node.end, several ? '))' : ')')
}

function visitSpread(node: AnyNode, where: Where): void {
  wrap(node.argument, node.inObject ? '$$o(' : '$$i(', where)
}

/** `const [a, ...rest] = xs` copies as many as there are. */
function visitRest(_node: AnyNode, pattern: AnyNode, value: AnyNode | null, where: Where): void {
  visit(pattern, where)
  if (!value) return
  const opening =
    pattern.type === 'ArrayPattern' && hasRest(pattern)
      ? '$$i('
      : pattern.type === 'ObjectPattern' && hasRest(pattern)
        ? '$$o('
        : ''
  wrap(value, opening, where)
}

function visitAssignment(node: AnyNode, where: Where): void {
  if (node.left.type === 'MemberExpression')
    node.right.hidden = deep.isHidden({ key: node.left.property, computed: node.left.computed })
  if (node.operator !== '+=' || !mayGrowText(node)) {
    visitRest(node, node.left, node.right, where)
    return
  }
  where.edits.open(node.start, '$$s(')
  inside(node, where)
  where.edits.close(node.end, ')')
}

function visitSum(node: AnyNode, where: Where): void {
  if (node.operator !== '+') {
    inside(node, where)
    return
  }
  const checked = !where.grown && mayGrowText(node)
  if (checked) where.edits.open(node.start, '$$s(')
  visit(node.left, { ...where, grown: node.left.type === 'BinaryExpression' && node.left.operator === '+' })
  visit(node.right, { ...where, grown: false })
  if (checked) where.edits.close(node.end, ')')
}

function visitTemplate(node: AnyNode, where: Where): void {
  const checked = mayGrowText(node)
  if (checked) where.edits.open(node.start, '$$s(')
  inside(node, where)
  if (checked) where.edits.close(node.end, ')')
}

/** What ends a program must not be caught by it: each catch first asks whether the program has already ended. */
function visitTry(node: AnyNode, where: Where): void {
  const { edits } = where
  // Where nothing keeps count, the count that a catch comes back to is kept here.
  if (!where.depth) edits.open(node.start, deep.tryStart)
  visit(node.block, where)
  const handler = node.handler
  if (handler) {
    if (handler.param) visit(handler.param, where)
    else edits.open(handler.body.start, '($$e)')
    const name = !handler.param ? '$$e' : handler.param.type === 'Identifier' ? handler.param.name : ''
    edits.open(handler.body.start + 1, `$$c(${name});${deep.caught(where.depth)}`)
    visit(handler.body, where)
  } else edits.open(node.block.end, `catch($$e){$$c($$e);${deep.caught(where.depth)}throw $$e}`)
  if (node.finalizer) visit(node.finalizer, where)
  if (!where.depth) edits.close(node.end, deep.tryEnd)
}
