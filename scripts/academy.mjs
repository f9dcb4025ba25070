#!/usr/bin/env node
/** `npx academy …`: runs server/cli.ts on the project's own Node, whatever Node started this. */
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SHELL_WATCH_INTERVAL_MS = 500

const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))))
const node = join(root, 'node_modules', '.bin', 'node')
if (!existsSync(node)) {
  console.error('The packages are not installed yet. Run "npm start" once in the project folder.')
  process.exit(1)
}
const child = spawn(node, [join(root, 'server', 'cli.ts'), ...process.argv.slice(2)], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
// npm passes a signal on to the shell between it and this program, and that shell keeps it to itself: to lose the shell is to be told to stop.
if (process.env.npm_execpath) {
  const shell = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(watch)
    child.kill('SIGTERM')
  }, SHELL_WATCH_INTERVAL_MS)
}
child.once('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
