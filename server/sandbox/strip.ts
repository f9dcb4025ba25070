/** TypeScript to JavaScript by blanking the types out, so that every line and column stays the author's. */
import { createRequire } from 'node:module'

type Amaro = typeof import('amaro')

const require = createRequire(import.meta.url)
let amaro: Amaro | undefined

/** Throws on source that does not parse, and on syntax that has no JavaScript of its own (enums, namespaces). */
export function stripTypes(source: string): string {
  amaro ??= require('amaro') as Amaro
  try {
    return amaro.transformSync(source, { mode: 'strip-only' }).code
  } catch (error) {
    // A source nested too deeply overflows the stack inside WebAssembly, and that instance then fails on everything after it.
    if (error instanceof Error) forget()
    throw error
  }
}

function forget(): void {
  amaro = undefined
  for (const path of Object.keys(require.cache))
    if (/[\\/]node_modules[\\/]amaro[\\/]/.test(path)) delete require.cache[path]
}
