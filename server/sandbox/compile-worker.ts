/** The worker of `compiler.ts`. */
import { parentPort } from 'node:worker_threads'
import { compile } from './compile.ts'
import type { CompileOptions, SourceFiles } from './types.ts'

parentPort!.on('message', ({ id, files, options }: { id: number; files: SourceFiles; options?: CompileOptions }) => {
  parentPort!.postMessage({ id, result: compile(files, options) })
})
