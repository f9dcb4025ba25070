/** The `academy` command: run a node, look after one, and work on agents from your own editor. */
import { enableCompileCache } from 'node:module'
import { join, resolve } from 'node:path'

// Types stripped and code compiled once, not at every start; where nothing can be written, it goes on without.
enableCompileCache(join(resolve(import.meta.dirname, '..'), 'node_modules', '.academy', 'compile-cache'))
await import('./cli/program.ts')
