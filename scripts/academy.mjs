#!/usr/bin/env node
/** `npx academy …` and `npm start`: runs server/cli.ts on the project's own Node, whatever Node started this. */
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SHELL_WATCH_INTERVAL_MS = 500

const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))))
const node = join(root, 'node_modules', '.bin', 'node')
if (!existsSync(node)) {
  console.error('The packages are not installed yet. Run "npm start" once in the project folder.')
  process.exit(1)
}
// Types stripped and code compiled once, not at every start, nor in every thread; where nothing can be written, it goes on without.
process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.academy', 'compile-cache')

/** Ends the command; set once it runs. */
let end = () => process.exit(1)
// npm passes a signal on to the shell between it and this program, and that shell keeps it to itself: to lose the shell is to be told to stop.
if (process.env.npm_execpath) {
  const shell = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(watch)
    end()
  }, SHELL_WATCH_INTERVAL_MS)
  watch.unref()
}

if (process.execPath === realpathSync(node)) {
  end = () => process.kill(process.pid, 'SIGTERM')
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE)
  await import('../server/cli.ts')
} else {
  const child = spawn(node, [join(root, 'server', 'cli.ts'), ...process.argv.slice(2)], { stdio: 'inherit' })
  end = () => child.kill('SIGTERM')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.once('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
}
