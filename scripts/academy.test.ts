import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

/** Stands in for the command: says that it is up, and what it was told to end by. */
const STAND_IN = `setInterval(() => {}, 1_000)
process.on('SIGTERM', () => { console.log('drained'); process.exit(0) })
console.log('up')`

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'academy-command-'))
  for (const dir of ['scripts', 'server', 'node_modules/.bin']) mkdirSync(join(root, dir), { recursive: true })
  cpSync(join(import.meta.dirname, 'academy.mjs'), join(root, 'scripts/academy.mjs'))
  writeFileSync(join(root, 'server/cli.ts'), STAND_IN)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const NODES = {
  "the project's Node, which runs the command itself": (bin: string) => symlinkSync(process.execPath, bin),
  'another Node, which starts the other one': (bin: string) =>
    writeFileSync(bin, `#!/bin/sh\nexec "${process.execPath}" "$@"\n`, { mode: 0o755 }),
}

// On Windows there are no signals to pass on, and no shell that keeps them.
describe.runIf(process.platform !== 'win32').each(Object.entries(NODES))('npx academy under %s', (_, install) => {
  beforeEach(() => install(join(root, 'node_modules/.bin/node')))

  test('whoever stops npm stops the command: it is told to end though only the shell between them got the signal', async () => {
    const line = `"${process.execPath}" scripts/academy.mjs; true`
    const shell = spawn('sh', ['-c', line], {
      cwd: root,
      env: { ...process.env, npm_execpath: 'npm' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]()
    expect((await lines.next()).value).toBe('up')
    shell.kill('SIGTERM')
    expect((await lines.next()).value).toBe('drained')
    expect((await lines.next()).done).toBe(true)
  })

  test('a signal of its own is passed on, and its end is the end of the command', async () => {
    const command = spawn(process.execPath, ['scripts/academy.mjs'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(command, 'exit')
    const lines = createInterface({ input: command.stdout })[Symbol.asyncIterator]()
    expect((await lines.next()).value).toBe('up')
    command.kill('SIGTERM')
    expect((await lines.next()).value).toBe('drained')
    expect(await ended).toEqual([0, null])
  })
})
