/** One YAML file: parsed, checked against its schema, and able to say on which line anything in it stands. */
import { isNode, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import type { Problems, Spot } from './problems.ts'

export type Path = readonly (string | number)[]
export type Source<T> = { readonly file: string; readonly data: T; at(...path: Path): Spot }

const ALIASES_MAX = 20

/** Undefined when the file cannot be used; why is then among the problems. */
export function parseSource<S extends z.ZodType>(
  file: string,
  text: string,
  schema: S,
  problems: Problems,
): Source<z.infer<S>> | undefined {
  const lines = new LineCounter()
  const doc = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    uniqueKeys: true,
    stringKeys: true,
    logLevel: 'silent',
  })
  const spotAt = (offset: number): Spot => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
  if (doc.errors.length > 0) {
    for (const error of doc.errors) problems.error(spotAt(error.pos[0]), firstLine(error.message))
    return undefined
  }
  /** Nearly every spot is asked for in case, and few are ever shown: the line is looked up when it is. */
  const at = (...path: Path): Spot => ({
    file,
    get line() {
      return spotAt(offsetOf(doc, path)).line
    },
    get column() {
      return spotAt(offsetOf(doc, path)).column
    },
  })
  const data = toPlain(doc, problems, at)
  if (data === undefined) return undefined
  const parsed = schema.safeParse(data)
  if (!parsed.success) {
    for (const issue of flatten(parsed.error.issues)) problems.error(at(...issue.path), issue.message)
    return undefined
  }
  return { file, data: parsed.data, at }
}

const firstLine = (message: string) => message.split('\n', 1)[0]!.replace(/ at line \d+, column \d+:?$/, '')

function toPlain(doc: ReturnType<typeof parseDocument>, problems: Problems, at: () => Spot): unknown {
  try {
    return doc.toJS({ maxAliasCount: ALIASES_MAX }) ?? {}
  } catch (error) {
    problems.error(at(), error instanceof Error ? firstLine(error.message) : 'cannot be read')
    return undefined
  }
}

/** Offset of the deepest part of the path that exists; of a key rather than its value. */
function offsetOf(doc: ReturnType<typeof parseDocument>, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const key = keyNode(doc.getIn(path.slice(0, length - 1), true) ?? doc.contents, path[length - 1]!)
    if (key !== undefined) return key
    const node = doc.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return doc.contents?.range?.[0] ?? 0
}

function keyNode(parent: unknown, key: string | number): number | undefined {
  if (!parent || typeof parent !== 'object' || !('items' in parent) || typeof key === 'number') return undefined
  for (const pair of (parent as { items: unknown[] }).items) {
    const node = (pair as { key?: { value?: unknown; range?: readonly number[] } }).key
    if (node?.value === key && node.range) return node.range[0]
  }
  return undefined
}

type Issue = { readonly path: Path; readonly message: string }

/** zod reports a union as one issue; what stands inside the branch that came nearest is what helps. */
function flatten(issues: readonly z.core.$ZodIssue[], prefix: Path = []): Issue[] {
  return issues.flatMap((issue): Issue[] => {
    const path = [...prefix, ...(issue.path as Path)]
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({ path: [...path, key], message: `unknown field "${key}"` }))
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const nearest = issue.errors.map((branch) => flatten(branch, path)).sort((a, b) => depth(b) - depth(a))[0]!
      if (depth(nearest) > path.length) return nearest
    }
    const what = path.length > 0 ? `${path.join('.')}: ` : ''
    return [{ path, message: `${what}${issue.message}` }]
  })
}

const depth = (issues: readonly Issue[]) => Math.max(0, ...issues.map((issue) => issue.path.length))
