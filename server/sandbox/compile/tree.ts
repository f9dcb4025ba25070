/** The syntax tree as acorn makes it, walked in the order of its parts. */
import { parse } from 'acorn'

// biome-ignore lint/suspicious/noExplicitAny: a tree of some seventy kinds of node, each read only after its `type`
export type AnyNode = any

/** Throws acorn's SyntaxError, with `pos` and `loc`. */
export const parseModule = (source: string): AnyNode =>
  parse(source, { ecmaVersion: 'latest', sourceType: 'module', locations: true, allowHashBang: true })

const isNode = (value: unknown): boolean => typeof (value as { type?: unknown } | null)?.type === 'string'

/** The nodes right under this one. A shorthand `{ a }` counts once. */
export function children(node: AnyNode): AnyNode[] {
  const found: AnyNode[] = []
  for (const key of Object.keys(node)) {
    if (key === 'loc' || (key === 'key' && node.shorthand)) continue
    const value = node[key]
    if (Array.isArray(value)) for (const item of value) isNode(item) && found.push(item)
    else if (isNode(value)) found.push(value)
  }
  if (node.type === 'ObjectExpression')
    for (const item of found) if (item.type === 'SpreadElement') item.inObject = true
  return found
}
