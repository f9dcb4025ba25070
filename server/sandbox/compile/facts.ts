/** Small questions to a syntax tree. */
import type { AnyNode } from './tree.ts'
import { children } from './tree.ts'

/** Names that a pattern binds; with `restOnly` those that take all that is left. */
export function boundNames(pattern: AnyNode | null, restOnly = false): string[] {
  if (!pattern) return []
  switch (pattern.type) {
    case 'Identifier':
      return restOnly ? [] : [pattern.name]
    case 'RestElement':
      return pattern.argument.type === 'Identifier' ? [pattern.argument.name] : boundNames(pattern.argument, restOnly)
    case 'AssignmentPattern':
      return boundNames(pattern.left, restOnly)
    case 'ArrayPattern':
      return pattern.elements.flatMap((element: AnyNode | null) => boundNames(element, restOnly))
    case 'ObjectPattern':
      return pattern.properties.flatMap((p: AnyNode) => boundNames(p.type === 'RestElement' ? p : p.value, restOnly))
    default:
      return []
  }
}

export const hasRest = (pattern: AnyNode): boolean =>
  (pattern.elements ?? pattern.properties).some((element: AnyNode | null) => element?.type === 'RestElement')

const ARITHMETIC = new Set([
  '-',
  '*',
  '/',
  '%',
  '**',
  '&',
  '|',
  '^',
  '<<',
  '>>',
  '>>>',
  '<',
  '>',
  '<=',
  '>=',
  '==',
  '!=',
  '===',
  '!==',
  'in',
  'instanceof',
])

/** Whether this is surely short: a number, a yes or no, a written-out text. */
function isShort(node: AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
      return typeof node.value !== 'string' || node.value.length < 64
    case 'UnaryExpression':
    case 'UpdateExpression':
      return true
    case 'BinaryExpression':
      return ARITHMETIC.has(node.operator)
    default:
      return false
  }
}

const isSum = (node: AnyNode) => node.type === 'BinaryExpression' && node.operator === '+'
const summands = (node: AnyNode): AnyNode[] =>
  isSum(node) ? [...summands(node.left), ...summands(node.right)] : [node]

/** Whether this joins two or more values that may be long texts: doing so over and over doubles the length each time. */
export function mayGrowText(node: AnyNode): boolean {
  const parts =
    node.type === 'TemplateLiteral'
      ? node.expressions
      : node.type === 'AssignmentExpression'
        ? [node.left, ...summands(node.right)]
        : summands(node)
  return parts.filter((part: AnyNode) => !isShort(part)).length > 1
}

/** Every node, in no particular order. */
export function everyNode(root: AnyNode): AnyNode[] {
  const all = [root]
  for (let i = 0; i < all.length; i++) all.push(...children(all[i]))
  return all
}
