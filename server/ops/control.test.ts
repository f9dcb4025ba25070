import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  AlreadyRunning,
  askControl,
  ControlRefused,
  ControlSilent,
  DataDirUnusable,
  NotRunning,
  openControl,
} from './control.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'academy-control-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

describe('control socket', () => {
  test('a second node on the same data directory is refused with the way out', async () => {
    await using _first = await openControl(dir, {})
    await expect(openControl(dir, {})).rejects.toThrow(AlreadyRunning)
    await expect(openControl(dir, {})).rejects.toThrow(/--data/)
  })

  test('a directory left by a killed node is taken over at once', async () => {
    const script = `const {openControl}=await import(${JSON.stringify(join(import.meta.dirname, 'control.ts'))});await openControl(${JSON.stringify(dir)},{});console.log('held')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    await expect(openControl(dir, {})).rejects.toThrow(AlreadyRunning)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await using _next = await openControl(dir, {})
  })

  test('an answer, its progress and an error reach the caller', async () => {
    await using _control = await openControl(dir, {
      add: async ({ a, b }, progress) => {
        progress('adding')
        return Number(a) + Number(b)
      },
      fail: async () => {
        throw new Error('no room left')
      },
    })
    const lines: string[] = []
    expect(await askControl(dir, 'add', { a: 2, b: 3 }, (line) => lines.push(line))).toBe(5)
    expect(lines).toEqual(['adding'])
    await expect(askControl(dir, 'fail', {})).rejects.toThrow('no room left')
    await expect(askControl(dir, 'unheard-of', {})).rejects.toThrow(ControlRefused)
  })

  test('words of any script arrive whole, however the bytes are cut on their way', async () => {
    const long = `a${'маяк '.repeat(5_000)}`
    await using _control = await openControl(dir, { echo: async ({ text }) => String(text).repeat(20) })
    expect(await askControl(dir, 'echo', { text: long })).toBe(long.repeat(20))
  })

  test('a directory below one that is not there yet is made, for this user alone', async () => {
    await using _control = await openControl(join(dir, 'a/b/c'), { ping: async () => 'pong' })
    expect((await stat(join(dir, 'a/b'))).mode & 0o777).toBe(0o700)
    expect(await askControl(join(dir, 'a/b/c'), 'ping', {})).toBe('pong')
  })

  test.runIf(existsSync('/proc/self'))(
    'a directory where nothing can be made is said to be so, at once',
    async () => {
      await expect(openControl('/proc/nowhere/data', {})).rejects.toThrow(/cannot be used.*--data/)
      await expect(openControl('/proc/nowhere', {})).rejects.toThrow(DataDirUnusable)
    },
  )

  test('a handler that never answers is given up with a clear word, and holds up nobody else', async () => {
    const forever = Promise.withResolvers<unknown>()
    await using _control = await openControl(
      dir,
      { stuck: () => forever.promise, ping: async () => 'pong' },
      { answerTimeoutMs: 300 },
    )
    const stuck = expect(askControl(dir, 'stuck', {})).rejects.toThrow(/"stuck" has not come to an end within 0.3 s/)
    expect(await askControl(dir, 'ping', {})).toBe('pong')
    await stuck
    forever.resolve('late')
    expect(await askControl(dir, 'ping', {})).toBe('pong')
  })

  test('patient work is waited for as long as the node shows that it lives', async () => {
    const work = Promise.withResolvers<string>()
    await using _control = await openControl(
      dir,
      { backup: () => work.promise },
      { patient: ['backup'], answerTimeoutMs: 1, beatMs: 20 },
    )
    // Longer than a silent node is waited for: the beats in between are no silence.
    const asked = askControl(dir, 'backup', {}, undefined, 1_000)
    setTimeout(() => work.resolve('done'), 1_500)
    expect(await asked).toBe('done')
  })

  test('a node that accepts and says nothing is given up', async () => {
    const mute = createServer(() => {})
    await once(mute.listen(join(dir, 'node.sock')), 'listening')
    await expect(askControl(dir, 'status', {}, undefined, 200)).rejects.toThrow(ControlSilent)
    await expect(askControl(dir, 'status', {}, undefined, 200)).rejects.toThrow(/silent for 0.2 s.*"status"/)
    mute.close()
  })

  test('a file that cannot be had is told by its path, in words', async () => {
    await using _control = await openControl(dir, { restore: async ({ file }) => readFile(String(file)) })
    const asking = (file: string) => expect(askControl(dir, 'restore', { file })).rejects
    await asking(join(dir, 'nothing')).toThrow(/nothing cannot be used: it is not there, or the directory/)
    await asking(join(dir, 'nothing/below')).toThrow(/below cannot be used: it is not there/)
  })

  test('a handler is found by its own name only', async () => {
    await using _control = await openControl(dir, {})
    await expect(askControl(dir, 'toString', {})).rejects.toThrow(/does not know "toString"/)
  })

  test('asking where no node runs says so', async () => {
    await expect(askControl(dir, 'status', {})).rejects.toThrow(NotRunning)
  })

  test('a data directory with a very long path works too', async () => {
    const long = join(dir, 'x'.repeat(120))
    await using _control = await openControl(long, { ping: async () => 'pong' })
    expect(await askControl(long, 'ping', {})).toBe('pong')
  })
})
