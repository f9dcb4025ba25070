/** A line for the console of a running agent: an expression, or statements with a `return`; counted like any other code. */
import { instrument } from './compile/instrument.ts'
import { forbidden } from './compile/rules.ts'
import { type AnyNode, parseModule } from './compile/tree.ts'
import { stripTypes } from './strip.ts'

/** What a line can name besides what is in reach of any program: the `academy` module, and what `main` exports as `program`. */
const HEAD = 'export default async (me, on, now, random, Refusal, program) => {'

export type Snippet =
  /** Evaluates to an async function of the names in `HEAD`. */
  { readonly ok: true; readonly code: string } | { readonly ok: false; readonly message: string }

export function compileSnippet(source: string): Snippet {
  const expression = read(`${HEAD}return (${source}\n)}`)
  const found = 'tree' in expression ? expression : read(`${HEAD}${source}\n}`)
  if (!('tree' in found)) return { ok: false, message: found.message }
  const [complaint] = forbidden(found.tree)
  if (complaint) return { ok: false, message: complaint.code }
  const { text } = instrument(found.script, found.tree)
  const start = text.indexOf('export default ') + 'export default '.length
  return { ok: true, code: text.slice(start) }
}

function read(text: string): { readonly script: string; readonly tree: AnyNode } | { readonly message: string } {
  try {
    const script = stripTypes(text)
    const tree = parseModule(script)
    // A brace too many would end the function early and leave the rest outside of it.
    return tree.body.length === 1 ? { script, tree } : { message: 'Unexpected }' }
  } catch (error) {
    const said = String((error as { message?: unknown } | null)?.message ?? error)
    return { message: said.replace(/ \(\d+:\d+\)$/, '').split('\n')[0]! }
  }
}
