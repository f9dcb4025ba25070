/** An author's day, with real processes: a new project, its tests, a sandbox in step with the files, a shared world, a replay. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestReport } from '../../author/run-tests.ts'
import { startNodeProcess } from '../node-process.ts'
import { json } from './player.ts'

const cli = resolve(import.meta.dirname, '../../cli.ts')
let home: string
let dir: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'academy-author-flow-'))
  dir = join(home, 'wick')
})
afterAll(() => rm(home, { recursive: true, force: true }))

type Run = { readonly child: ChildProcess; out(): string; err(): string; readonly closed: Promise<number> }

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', TMPDIR: tmpdir(), XDG_CONFIG_HOME: join(home, 'config'), ...env },
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => (out += chunk))
  child.stderr.on('data', (chunk) => (err += chunk))
  const closed = once(child, 'close').then(([code]) => code as number)
  return { child, out: () => out, err: () => err, closed }
}

async function academy(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const run = start(args)
  return { code: await run.closed, out: run.out(), err: run.err() }
}

async function until<T>(what: string, ask: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const deadline = performance.now() + 120_000
  for (;;) {
    const found = await ask()
    if (found) return found
    if (performance.now() > deadline) throw new Error(`never: ${what}`)
    await new Promise((done) => setTimeout(done, 50))
  }
}

type Agent = { id: string; projectId: string; status: string; memory: Record<string, unknown> }
type Sandbox = Run & { url: string; api<T>(method: string, path: string, body?: unknown): Promise<T> }

async function sandbox(env: Readonly<Record<string, string>> = {}): Promise<Sandbox> {
  const run = start(['sandbox', dir, '--port', '0'], env)
  const url = await until(`ready, but: ${run.err()}`, () => /^ready (\S+)/m.exec(run.out())?.[1])
  const signedIn = await json<{ access_token: string }>(url, 'POST', '/auth/guest', {})
  const token = signedIn.body.access_token
  return {
    ...run,
    url,
    api: async <T>(method: string, path: string, body?: unknown) =>
      (await json<T>(url, method, path, body, token)).body,
  }
}

const agentOf = async (node: Sandbox): Promise<Agent> =>
  (await node.api<{ agents: Agent[] }>('GET', '/api/v1/agents')).agents[0]!

const MAIN = `import { me, on } from 'academy'
import { twice } from './lib/twice.ts'

export default async function main() {
  me.memory.runs = (me.memory.runs ?? 0) + 1
  console.log('version one')
  await me.say('Good evening')
  try { await me.go('up') } catch (e: any) { console.warn(e.code) }
  await me.wait(2)
  me.memory.list = [1, 2, 3].map(twice)
  console.log('there', me.memory.list)
}

on('told', ({ text }) => console.log(text))
`

// Many processes start here; on a busy machine each takes its time.
describe('an author', { timeout: 300_000 }, () => {
  test('makes a project, checks it, tests it, and is told file and line of what is wrong', async () => {
    expect(await academy('agent', 'new', 'wick')).toMatchObject({ code: 0 })
    expect(await academy('agent', 'new', 'wick')).toMatchObject({ code: 1, err: expect.stringMatching(/not empty/) })
    expect(await academy('agent', 'check', dir)).toMatchObject({ code: 0 })
    await rm(join(dir, 'README.md'))
    await writeFile(join(dir, 'main.ts'), MAIN)
    const check = await academy('agent', 'check', dir, '--json')
    expect(check.code).toBe(1)
    expect(JSON.parse(check.out)).toMatchObject({ ok: false, diagnostics: [{ file: 'main.ts', line: 2 }] })
    await mkdir(join(dir, 'lib'))
    await writeFile(join(dir, 'lib/twice.ts'), 'export const twice = (n: number): number => n * 2\n')
    expect(await academy('agent', 'check', dir)).toMatchObject({ code: 0 })
    const failed = await academy('agent', 'test', dir)
    expect(failed).toMatchObject({ code: 1, out: expect.stringMatching(/tests\/first\.yaml:8:1 expected: happens/) })
    await writeFile(
      join(dir, 'tests/first.yaml'),
      'place: harbor:dock\nticks: 60\nexpect:\n  - refused: no_exit\n  - memory: { runs: 1 }\n',
    )
    const [first, again] = await Promise.all([
      academy('agent', 'test', dir, '--json', '--save', join(home, 'tests')),
      academy('agent', 'test', dir, '--json'),
    ])
    expect(first.code).toBe(0)
    expect(again.out).toBe(first.out)
    expect((JSON.parse(first.out) as TestReport).tests[0]!.log.map(({ text }) => text)).toEqual([
      'version one',
      'no_exit',
      'there [2, 4, 6]',
    ])
  })

  test('has a world of their own: in at once, files and page in step, the agent reloaded with its memory, nothing sent anywhere', async () => {
    const watched = join(home, 'connections')
    await writeFile(watched, '')
    await writeFile(join(home, 'watch.mjs'), WATCH)
    const node = await sandbox({
      NODE_OPTIONS: `--import=${pathToFileURL(join(home, 'watch.mjs')).href}`,
      CONNECTIONS: watched,
    })
    try {
      const me = await node.api<{ player: { guest: boolean; roles: string[] } }>('GET', '/api/v1/me')
      expect(me.player).toMatchObject({ guest: false, roles: expect.arrayContaining(['admin']) })
      const other = await json<{ player: { id: string } }>(node.url, 'POST', '/auth/guest')
      expect(other.body.player.id).toBe((await node.api<{ player: { id: string } }>('GET', '/api/v1/me')).player.id)
      await until('the first version logs', () => node.err().includes('version one'))

      await writeFile(join(dir, 'main.ts'), MAIN.replace('version one', 'version two'))
      await until('the second version runs', () => node.err().includes('version two'))
      await until('memory is kept', async () => (await agentOf(node)).memory.runs === 2)

      const { projectId } = await agentOf(node)
      const file = (path: string) => `/api/v1/projects/${projectId}/files/${path}`
      await node.api('PUT', file('lib/made/here.ts'), { text: 'export const here = 1\n' })
      const madeHere = join(dir, 'lib/made/here.ts')
      await until('the page writes to disk', () => readFile(madeHere, 'utf8').catch(() => undefined))
      expect(await readFile(madeHere, 'utf8')).toBe('export const here = 1\n')
      await node.api('DELETE', file('lib/made/here.ts'))
      await until('the page deletes on disk', () =>
        readFile(madeHere).then(
          () => false,
          () => true,
        ),
      )

      await writeFile(join(dir, 'main.ts'), `${MAIN}\nconst broken = (\n`)
      await until('the mistake is told with file and line', () => /^main\.ts:\d+:\d+ error: /m.test(node.err()))
      expect((await agentOf(node)).status).toBe('running')
      await writeFile(join(dir, 'main.ts'), MAIN)
      await until('it runs again', async () => (await agentOf(node)).memory.runs === 3)

      expect(await statusOf(node.url, { host: 'evil.example' })).toBe(403)
      expect(await statusOf(node.url, { origin: 'http://evil.example' })).toBe(403)
      const log = await academy('agent', 'log', '--dir', dir)
      expect(log.out).toMatch(/version two/)
    } finally {
      node.child.kill('SIGINT')
    }
    expect(await node.closed).toBe(0)
    const hosts = new Set((await readFile(watched, 'utf8')).split('\n').filter(Boolean))
    expect(hosts.size).toBeGreaterThan(0)
    expect([...hosts].filter((host) => !OWN.has(host))).toEqual([])
  })

  test('comes back to an agent that goes on where it was, and sees its life again as it was tested', async () => {
    const node = await sandbox()
    try {
      expect(node.err()).toMatch(/goes on where it was/)
      await until('it has got there', async () => Array.isArray((await agentOf(node)).memory.list))
      const live = join(home, 'live.json')
      expect(await academy('agent', 'record', '--dir', dir, '--out', live)).toMatchObject({ code: 0 })
      const replayed = await academy('agent', 'replay', live, '--json')
      expect(replayed).toMatchObject({ code: 0 })
      const tested = await academy('agent', 'replay', join(home, 'tests/first.lantern.json'), '--json')
      expect(tested).toMatchObject({ code: 0 })
      // The same project, in a simulated world and in a living one: each turn asks, logs, costs and keeps the same.
      const run = (out: string) =>
        out
          .trim()
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line))
      const parts = ({ fuelUsed, calls, logs }: Record<string, unknown>) => ({ fuelUsed, calls, logs })
      expect(run(replayed.out).map(parts)).toEqual(run(tested.out).map(parts))
      expect(run(replayed.out).at(-1).memory.list).toEqual(run(tested.out).at(-1).memory.list)
    } finally {
      node.child.kill('SIGINT')
    }
    expect(await node.closed).toBe(0)
  })

  test('brings it to a shared world, changes it there, reads its log, and replays it from a file', async () => {
    await using hub = await startNodeProcess()
    const first = await academy('agent', 'deploy', dir, '--hub', hub.url, '--json')
    expect(JSON.parse(first.out)).toMatchObject({
      uploaded: ['lib/twice.ts', 'main.ts'],
      isNew: true,
      agent: { name: 'wick', status: 'running' },
    })
    expect(JSON.parse((await academy('agent', 'deploy', dir, '--json')).out)).toMatchObject({
      uploaded: [],
      isNew: false,
    })
    await writeFile(join(dir, 'main.ts'), MAIN.replace('version one', 'version three'))
    expect(JSON.parse((await academy('agent', 'deploy', dir, '--json')).out)).toMatchObject({ uploaded: ['main.ts'] })
    const follow = start(['agent', 'log', '--dir', dir, '--follow'])
    await until('the log is followed', () => /version three[\s\S]*there \[2, 4, 6\]/.test(follow.out()))
    follow.child.kill('SIGTERM')
    expect(await academy('agent', 'stop', '--dir', dir)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/stopped/),
    })
    const file = join(home, 'shared.json')
    expect(await academy('agent', 'record', 'wick', '--dir', dir, '--out', file)).toMatchObject({ code: 0 })
    const replay = await academy('agent', 'replay', file)
    expect(replay).toMatchObject({ code: 0, out: expect.stringMatching(/version three[\s\S]*the same as it was/) })
    const recording = JSON.parse(await readFile(file, 'utf8'))
    recording.end.memory = '{"runs":9}'
    await writeFile(file, JSON.stringify(recording))
    expect(await academy('agent', 'replay', file, '--quiet')).toMatchObject({
      code: 1,
      out: expect.stringMatching(/the memory differs/),
    })
    await hub.kill()
    expect(await academy('agent', 'log', '--dir', dir)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/cannot be reached: nobody listens there/),
    })
  })
})

const OWN = new Set(['127.0.0.1', 'localhost', '::1', 'a file'])

/** Writes down whom each process of the sandbox connects to, or looks up. */
const WATCH = `import { appendFileSync } from 'node:fs'
import dgram from 'node:dgram'
import dns from 'node:dns'
import net from 'node:net'
const note = (host) => appendFileSync(process.env.CONNECTIONS, host + '\\n')
const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...args) {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0]
  if (typeof first === 'object') note(first.path ? 'a file' : (first.host ?? 'localhost'))
  else note(typeof first === 'string' ? 'a file' : typeof args[1] === 'string' ? args[1] : 'localhost')
  return connect.apply(this, args)
}
const lookup = dns.lookup
dns.lookup = (name, ...rest) => { note(name); return lookup(name, ...rest) }
dgram.createSocket = () => { note('a datagram'); throw new Error('no network') }
`

/** As a browser would be made to ask that a strange page holds. */
function statusOf(url: string, headers: Readonly<Record<string, string>>): Promise<number> {
  return new Promise((done, fail) => {
    const req = request(new URL('/auth/guest', url), { method: 'POST', headers }, (res) => {
      res.resume()
      done(res.statusCode!)
    })
    req.once('error', fail)
    req.end()
  })
}
