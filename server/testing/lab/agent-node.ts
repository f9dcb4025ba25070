/** A node with one agent in a process of its own: asked, killed, started again on what it left behind. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { layPgliteDirectory } from '../pglite-image.ts'

export type AgentNodeOptions = {
  readonly dataDir: string
  readonly name: string
  readonly hub: { readonly node: string; readonly addresses: readonly string[] }
}
/** Around the two writes: the turn that takes the words into the agent's journal, and that they were handed over. */
export const KILL_POINTS = ['journalling', 'journalled', 'giving', 'given'] as const
export type KillPoint = (typeof KILL_POINTS)[number]
export type Asked = { readonly op: 'state' | 'heard' } | { readonly op: 'dieAt'; readonly at: KillPoint }
type Said = { readonly n?: number; readonly node?: string; readonly value?: unknown; readonly error?: string }

export type AgentNode = {
  readonly node: string
  ask<T>(asked: Asked): Promise<T>
  kill(): Promise<void>
  /** Resolves when it has ended, whoever ended it. */
  readonly ended: Promise<unknown>
}

export async function startAgentNode(options: AgentNodeOptions): Promise<AgentNode> {
  await mkdir(options.dataDir, { recursive: true })
  const database = join(options.dataDir, 'database')
  if (!existsSync(database)) await layPgliteDirectory(database)
  const file = join(import.meta.dirname, 'agent-process.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, JSON.stringify(options)], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  let stderr = ''
  child.stderr!.on('data', (chunk) => {
    stderr = `${stderr}${chunk}`.slice(-20_000)
  })
  const waiting = new Map<number, (said: Said) => void>()
  const ended = once(child, 'exit')
  const node = await new Promise<string>((done, fail) => {
    child.on('message', (said: Said) => {
      if (said.node !== undefined) done(said.node)
      else waiting.get(said.n!)?.(said)
    })
    void ended.then(() => {
      for (const settle of waiting.values()) settle({ error: 'the node has ended' })
      fail(new Error(`${options.name} ended before it was ready:\n${stderr}`))
    })
  })
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  let n = 0
  return {
    node,
    ended,
    ask: <T>(asked: Asked) =>
      new Promise<T>((resolve, reject) => {
        if (isOver()) return reject(new Error('the node has ended'))
        const id = ++n
        waiting.set(id, ({ value, error }) => {
          waiting.delete(id)
          if (error !== undefined) reject(new Error(error))
          else resolve(value as T)
        })
        child.send({ ...asked, n: id })
      }),
    async kill() {
      if (!isOver()) child.kill('SIGKILL')
      await ended
    },
  }
}
