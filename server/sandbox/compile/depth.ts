/**
 * How deep calls may nest, counted by the program itself, so that a recursion ends at the same call on every machine. Functions
 * that call nothing are not counted: they are one step deeper at most; but those that operators call for themselves are, when they
 * have any operator in them. A wide function weighs more, as its frame does. The steps of generators are counted in the prelude.
 */
import { type AnyNode, children } from './tree.ts'

/** How a function keeps count; `undefined` for one that does not. */
export type Depth = { readonly weight: number; readonly isAsync: boolean }

const NESTED = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])
const CALLS = new Set([
  'CallExpression',
  'NewExpression',
  'TaggedTemplateExpression',
  'AwaitExpression',
  'SpreadElement',
  'ForOfStatement',
])
/** What may come to a call where there is none to be seen: of a getter, of a trap, of what makes a text or a number of an object. */
const HIDDEN_CALLS = new Set([
  'MemberExpression',
  'BinaryExpression',
  'UnaryExpression',
  'UpdateExpression',
  'AssignmentExpression',
  'TemplateLiteral',
])
const CONVERTERS = new Set(['valueOf', 'toString', 'toJSON', 'get', 'set', 'has', 'deleteProperty', 'ownKeys'])
/** What a setter weighs besides: where it is found by way of a prototype, the engine comes to it through frames of its own. */
const SETTER_WEIGHT = 2
/** Variables or arguments that weigh as much as a call. */
const NAMES_PER_WEIGHT = 16

/** Whether operators may call it: an accessor, a trap, a conversion, or one kept under a name that is worked out. */
export const isHidden = ({ kind, computed, key }: AnyNode): boolean =>
  kind === 'get' || kind === 'set' || computed === true || CONVERTERS.has(key?.name ?? key?.value)

/** What is in a function, but not in those inside of it. */
function facts(node: AnyNode, hidden: boolean): { calls: boolean; width: number } {
  let calls = false
  let width = node.params.length
  const walk = (inner: AnyNode): void => {
    if (NESTED.has(inner.type)) return
    if (CALLS.has(inner.type) || (hidden && HIDDEN_CALLS.has(inner.type))) calls = true
    if (inner.type === 'VariableDeclarator') width++
    width += inner.arguments?.length >> 2
    for (const child of children(inner)) walk(child)
  }
  for (const child of children(node)) walk(child)
  return { calls, width }
}

/** `hidden`: operators may call it. */
export function depthOf(node: AnyNode, hidden = false): Depth | undefined {
  // A generator's body runs within whoever asks for its next value.
  if (node.generator) return undefined
  const { calls, width } = facts(node, hidden)
  const weight = 1 + (node.isSetter ? SETTER_WEIGHT : 0) + Math.floor(width / NAMES_PER_WEIGHT)
  return calls ? { weight, isAsync: node.async } : undefined
}

const enter = (weight: number) => (weight === 1 ? '++$$d' : `($$d+=${weight})`)

/** Around the body of a function. */
export const bodyStart = ({ weight, isAsync }: Depth): string =>
  `${isAsync ? 'let' : 'const'} $$k=${enter(weight)};if($$k>$$D)$$y();try{`
export const bodyEnd = ({ weight }: Depth): string => `}finally{$$d=$$k-${weight}}`

/** Around the one expression that is a function's body. What it throws leaves the count to who catches it. */
export const expressionStart = ({ weight }: Depth): string => `$$l(${enter(weight)}>$$D?$$y():${weight},(`
export const expressionEnd = '))'

/** Whoever is awaited goes on without us; we go on where nothing is. */
export const awaitStart = '$$b('
export const awaitedStart = (several: boolean): string => (several ? '$$a((' : '$$a(')
export const awaitedEnd = ({ weight }: Depth, several: boolean): string =>
  `${several ? ')' : ''},$$k-${weight},$$k=${weight})`
export const awaitEnd = ({ weight }: Depth): string => `,${weight})`
/** Where something thrown is caught. */
export const caught = (depth: Depth | undefined): string => (depth ? '$$d=$$k;' : '$$d=$$z;')
/** Around a `try` of a module or a generator. */
export const tryStart = '{const $$z=$$d;'
export const tryEnd = '}'

const BEFORE_BODY = /(?:\s|\/\*[\s\S]*?\*\/|\/\/[^\n]*|[(),])*=>/y

/** Where the arrow ends that comes before an arrow function's body. */
export function arrowEnd(node: AnyNode, source: string): number {
  BEFORE_BODY.lastIndex = node.params.at(-1)?.end ?? node.start + 'async'.length
  BEFORE_BODY.test(source)
  return BEFORE_BODY.lastIndex
}
