/**
 * Puts the hooks of a replay into a module beside the counting: `$$h` before each statement, `$$v` around what is awaited, each
 * with the number of its point and a way to the variables in sight. They use no fuel and stay on the author's line.
 */

import type { Weave } from '../compile/instrument.ts'
import type { AnyNode } from '../compile/tree.ts'
import type { Point } from '../types.ts'
import { sights } from './scopes.ts'

/** Tells the replay which file an import means: a worker has no other way to link modules. */
export const IMPORT_MARK = '/*$$import:'

type Traced = {
  readonly file: string
  readonly tree: AnyNode
  /** Of the whole program; grows. */
  readonly points: Point[]
  readonly target: (specifier: string) => string
}

export function createTracer({ file, tree, points, target }: Traced): Weave {
  const found = sights(tree)
  return (node, edits) => {
    if (node.source && typeof node.source.value === 'string')
      edits.open(node.source.start, `${IMPORT_MARK}${target(node.source.value)}*/`)
    const sight = found.get(node)
    if (!sight) return undefined
    const { what, names, alone } = sight
    const { start, end } = sight.loc ?? node.loc
    const id = points.push({ file, line: start.line, column: start.column + 1, endLine: end.line, what, names }) - 1
    const told = `${id}${reader(names)}`
    if (what === 'line') {
      edits.open(node.start, `${alone ? '{' : ''}$$h(${told});`)
      return alone ? () => edits.close(node.end, '}') : undefined
    }
    const several = node.type === 'SequenceExpression'
    edits.open(node.start, several ? '$$v((' : '$$v(')
    return () => edits.close(node.end, `${several ? ')' : ''},${told})`)
  }
}

/** One that is not there yet throws, as it would for the program. */
const reader = (names: readonly string[]): string =>
  names.length === 0
    ? ''
    : `,($$n)=>{switch($$n){${names.map((name, i) => `case ${i}:return ${name};`).join('')}}},${names.length}`
