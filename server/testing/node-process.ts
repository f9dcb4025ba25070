/** A node as a child process of a whole-flow test or a benchmark: started, asked, stopped, killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { layPgliteDirectory } from './pglite-image.ts'

const root = resolve(import.meta.dirname, '../..')

export type NodeProcess = {
  readonly url: string
  readonly dataDir: string
  readonly child: ChildProcess
  /** Milliseconds from spawn to the `ready` line. */
  readonly readyMs: number
  /** Everything it wrote on standard error. */
  stderr(): string
  kill(signal?: NodeJS.Signals): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export type NodeProcessOptions = {
  readonly env?: Readonly<Record<string, string>>
  readonly dataDir?: string
  readonly args?: readonly string[]
  /** Makes its database itself, as on a first start. A test is spared that otherwise; a benchmark never is. */
  readonly fromNothing?: boolean
  /** Another place than this one, such as a host of a lab: how a command is run there, and the address at which it is found from here. */
  readonly place?: {
    readonly address: string
    on(command: string, args: readonly string[]): readonly [string, readonly string[]]
  }
}

/** Resolves at the `ready` line; rejects with what the node said when it ends before. The data directory is removed at the end unless it was given. */
export async function startNodeProcess({
  env = {},
  dataDir,
  args = [],
  fromNothing = process.env.VITEST === undefined,
  place = { address: 'localhost', on: (...command) => command },
}: NodeProcessOptions = {}): Promise<NodeProcess> {
  const dir = dataDir ?? (await mkdtemp(join(tmpdir(), 'academy-node-')))
  if (!fromNothing && !env.DATABASE_URL) await layPgliteDirectory(join(dir, 'database'))
  const startedAt = performance.now()
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !name.startsWith('ACADEMY_') && name !== 'DATABASE_URL' && name !== 'REDIS_URL',
    ),
  )
  const [program, words] = place.on(process.execPath, [join(root, 'server/main.ts'), ...args])
  const child = spawn(program, words, {
    cwd: root,
    env: {
      ...inherited,
      ACADEMY_PORT: '0',
      ACADEMY_HOST: '127.0.0.1',
      ACADEMY_DATA: dir,
      ACADEMY_LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr = `${stderr}${chunk}`.slice(-100_000)
  })
  const exited = once(child, 'exit')
  const url = await Promise.race([
    (async () => {
      for await (const line of createInterface({ input: child.stdout }))
        if (line.startsWith('ready ')) return line.slice(6).trim()
      throw new Error('standard output ended')
    })().catch(() => undefined),
    exited.then(() => undefined),
  ])
  if (url === undefined) {
    await exited
    if (!dataDir) await rm(dir, { recursive: true, force: true })
    throw new Error(`the node ended with ${child.exitCode ?? child.signalCode} before it was ready:\n${stderr}`)
  }
  const readyMs = performance.now() - startedAt
  const kill = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await exited
  }
  return {
    url: url.replace('//localhost', `//${place.address}`),
    dataDir: dir,
    child,
    readyMs,
    stderr: () => stderr,
    kill,
    async [Symbol.asyncDispose]() {
      await kill()
      if (!dataDir) await rm(dir, { recursive: true, force: true })
    },
  }
}
