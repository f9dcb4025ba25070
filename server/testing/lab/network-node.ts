/** A node's network part in a process of its own: asked, killed, started again on what it left behind. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AdmissionPolicy } from '../../link/registry/registrar.ts'
import type { NodeMessage, NodeRole, Whereabouts } from '../../link/types.ts'
import { layPgliteDirectory } from '../pglite-image.ts'

export type NetworkNodeOptions = {
  readonly dataDir: string
  /** A PostgreSQL database, or one in memory; absent: in the data directory. */
  readonly databaseUrl?: string
  readonly isForgetful?: boolean
  readonly role: NodeRole
  readonly name: string
  readonly listen: readonly string[]
  readonly announce?: readonly string[]
  readonly hub?: { readonly node: string; readonly addresses: readonly string[] }
  readonly mdns?: boolean
  readonly swarmKey?: string
  readonly policy?: AdmissionPolicy
  readonly people?: Readonly<Record<string, Whereabouts>>
}
export type Asked =
  | {
      readonly op:
        | 'state'
        | 'hubs'
        | 'addresses'
        | 'links'
        | 'nodes'
        | 'known'
        | 'bans'
        | 'stats'
        | 'values'
        | 'saved'
    }
  | { readonly op: 'ping' | 'ban'; readonly node: string }
  | { readonly op: 'put'; readonly key: string; readonly text: string }
  | { readonly op: 'people'; readonly people: Readonly<Record<string, Whereabouts>> }
  | { readonly op: 'send'; readonly message: Omit<NodeMessage, 'sentAtMs'> }
  /** Killed by itself: as a message is being handed over, or once it is written down that it was. */
  | { readonly op: 'dieAt'; readonly at: 'giving' | 'given' }
export type Said =
  | { readonly is: 'ready'; readonly node: string; readonly addresses: readonly string[] }
  | {
      readonly is: 'answer'
      readonly n: number
      readonly value?: unknown
      readonly error?: { code?: string; message: string }
    }

export type NetworkNode = {
  readonly node: string
  readonly addresses: readonly string[]
  readonly child: ChildProcess
  ask<T>(asked: Asked): Promise<T>
  /** Texts that people on it were handed, over all its lives, in order. */
  heard(): readonly { readonly id: string; readonly text: string; readonly from: string }[]
  kill(): Promise<void>
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<unknown>
  [Symbol.asyncDispose](): Promise<void>
}

/** @param on another place to run it, such as a host of a lab */
export async function startNetworkNode(
  options: NetworkNodeOptions,
  on: (command: string, args: readonly string[]) => readonly [string, readonly string[]] = (...own) => own,
): Promise<NetworkNode> {
  await mkdir(options.dataDir, { recursive: true })
  if (!options.databaseUrl && !options.isForgetful) await layPgliteDirectory(join(options.dataDir, 'database'))
  const [program, args] = on(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    join(import.meta.dirname, 'network-process.ts'),
    JSON.stringify(options),
  ])
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
  let stderr = ''
  child.stderr!.on('data', (chunk) => {
    stderr = `${stderr}${chunk}`.slice(-20_000)
  })
  const waiting = new Map<number, (said: Extract<Said, { is: 'answer' }>) => void>()
  const ended = once(child, 'exit')
  const ready = new Promise<Extract<Said, { is: 'ready' }>>((done, fail) => {
    child.on('message', (said: Said) => {
      if (said.is === 'ready') done(said)
      else waiting.get(said.n)?.(said)
    })
    void ended.then(() => {
      for (const settle of waiting.values()) settle({ is: 'answer', n: 0, error: { message: 'the node has ended' } })
      fail(new Error(`${options.name} ended before it was ready:\n${stderr}`))
    })
  })
  ready.catch(() => {})
  const { node, addresses } = await ready
  let n = 0
  const kill = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await ended
  }
  return {
    node,
    addresses,
    child,
    ended,
    kill,
    ask: <T>(asked: Asked) =>
      new Promise<T>((resolve, reject) => {
        if (child.exitCode !== null || child.signalCode !== null) return reject(new Error('the node has ended'))
        const id = ++n
        waiting.set(id, ({ value, error }) => {
          waiting.delete(id)
          if (error) reject(Object.assign(new Error(error.message), { code: error.code }))
          else resolve(value as T)
        })
        child.send({ ...asked, n: id })
      }),
    heard() {
      const file = join(options.dataDir, 'heard')
      if (!existsSync(file)) return []
      return readFileSync(file, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    },
    [Symbol.asyncDispose]: kill,
  }
}
