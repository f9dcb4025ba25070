/** Checks on how a program is written: on its syntax tree, never on its text. */
import { type Node, parse } from 'acorn'
import { full } from 'acorn-walk'
import { stripTypes } from '../sandbox/strip.ts'

export type CodeFacts = {
  readonly nodes: ReadonlyMap<string, { readonly file: string; readonly line: number }>
  readonly calls: ReadonlySet<string>
}

const nameOf = (node: Node): string | undefined => {
  const n = node as Node & { name?: string; object?: Node; property?: Node; computed?: boolean }
  if (n.type === 'Identifier') return n.name
  if (n.type !== 'MemberExpression' || n.computed) return undefined
  const object = nameOf(n.object!)
  const property = nameOf(n.property!)
  return object && property ? `${object}.${property}` : undefined
}

/** Every kind of node that occurs (with the first place of each) and every name that is called. Files that do not parse are left out: the compiler speaks about those. */
export function codeFacts(sources: Readonly<Record<string, string>>): CodeFacts {
  const nodes = new Map<string, { file: string; line: number }>()
  const calls = new Set<string>()
  for (const [file, source] of Object.entries(sources)) {
    if (!/\.[jt]s$/.test(file)) continue
    let tree: Node
    try {
      tree = parse(stripTypes(source), {
        ecmaVersion: 'latest',
        sourceType: 'module',
        locations: true,
        allowAwaitOutsideFunction: true,
      })
    } catch {
      continue
    }
    full(tree, (node) => {
      if (!nodes.has(node.type)) nodes.set(node.type, { file, line: node.loc!.start.line })
      if (node.type === 'CallExpression') {
        const name = nameOf((node as Node & { callee: Node }).callee)
        if (name) calls.add(name)
      }
    })
  }
  return { nodes, calls }
}

const has = (facts: CodeFacts, alternatives: string): boolean =>
  alternatives.split('|').some((type) => facts.nodes.has(type))
const callsAny = (facts: CodeFacts, alternatives: string): boolean =>
  alternatives.split('|').some((name) => facts.calls.has(name))

export type CodeRule = {
  readonly require?: readonly string[] | undefined
  readonly forbid?: readonly string[] | undefined
  readonly calls?: readonly string[] | undefined
  readonly notCalls?: readonly string[] | undefined
}

/** True when everything required is there and nothing forbidden is. */
export const followsRule = (facts: CodeFacts, rule: CodeRule): boolean =>
  (rule.require ?? []).every((type) => has(facts, type)) &&
  !(rule.forbid ?? []).some((type) => has(facts, type)) &&
  (rule.calls ?? []).every((name) => callsAny(facts, name)) &&
  !(rule.notCalls ?? []).some((name) => callsAny(facts, name))

/** Where a forbidden construct stands, for the message's line. */
export const placeOf = (facts: CodeFacts, types: readonly string[]): { file: string; line: number } | undefined =>
  types
    .flatMap((type) => type.split('|'))
    .map((type) => facts.nodes.get(type))
    .find((place) => place !== undefined)
