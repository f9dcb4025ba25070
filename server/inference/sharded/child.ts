/** One of llama.cpp's servers as a child: no settings and secrets of the node, bounded memory, the end of what it said, a certain end. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { connect as connectTo, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { INFER_STOP_TIMEOUT_MS, SHARD_CONNECT_EVERY_MS, SHARD_SERVER_OVERHEAD_MB } from '../../limits.ts'
import { visibleEnvironment } from '../embedded/process.ts'

export type ServerChild = AsyncDisposable & {
  readonly pid: number | undefined
  /** Resolves when it is gone, with the end of what it said. */
  readonly exited: Promise<{ readonly how: string; readonly said: string }>
  isGone(): boolean
}
export type ServerCommand = {
  readonly program: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Of data, on Linux; beyond it the server is told that there is no more. Absent: as much as there is. */
  readonly memoryMb?: number
}

export function startServer({ program, args, env = {}, memoryMb }: ServerCommand): ServerChild {
  const [first, rest] = bounded(program, args, memoryMb)
  const child: ChildProcess = spawn(first, rest, {
    env: { ...visibleEnvironment(), ...env },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk) => {
      said = `${said}${chunk}`.slice(-4_000)
    })
  let gone = false
  const exited = new Promise<{ how: string; said: string }>((done) => {
    const end = (how: string) => {
      gone = true
      done({ how, said })
    }
    child.once('error', (error) => end(error.message))
    child.once('close', (code, signal) => end(signal ?? `exit ${code}`))
  })
  return {
    pid: child.pid,
    exited,
    isGone: () => gone,
    async [Symbol.asyncDispose]() {
      if (gone) return
      child.kill('SIGTERM')
      const cut = setTimeout(() => child.kill('SIGKILL'), INFER_STOP_TIMEOUT_MS)
      await exited
      clearTimeout(cut)
    },
  }
}

/** `prlimit` sets the bound before the program begins; its process becomes the program. */
function bounded(program: string, args: readonly string[], memoryMb: number | undefined) {
  if (memoryMb === undefined || !hasPrlimit()) return [program, [...args]] as const
  const bytes = (memoryMb + SHARD_SERVER_OVERHEAD_MB) * 1024 * 1024
  return ['prlimit', [`--data=${bytes}:${bytes}`, '--core=0', program, ...args]] as const
}
let found: boolean | undefined
const hasPrlimit = () => (found ??= process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0)

/** A port of this machine that nobody has just now. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done, fail) => {
    server.once('error', fail)
    server.listen(0, '127.0.0.1', done)
  })
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}

/** Connects to a server of ours on this machine, trying again until it listens. Undefined when it died or took too long. */
export async function connectHere(
  port: number,
  server: Pick<ServerChild, 'isGone'>,
  withinMs: number,
): Promise<Socket | undefined> {
  const until = performance.now() + withinMs
  while (!server.isGone() && performance.now() < until) {
    const socket = await new Promise<Socket | undefined>((done) => {
      const attempt = connectTo(port, '127.0.0.1')
      attempt.once('connect', () => done(attempt))
      attempt.once('error', () => done(undefined))
    })
    if (socket) return socket
    await sleep(SHARD_CONNECT_EVERY_MS)
  }
  return undefined
}
