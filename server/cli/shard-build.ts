/** `academy shard build`: llama.cpp's servers, built by a script of their own on the Node that this runs on. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { configOf, type DataOption } from './environment.ts'

const SCRIPT = resolve(import.meta.dirname, '../../scripts/build-llama-servers.ts')

export type BuildOptions = DataOption & {
  readonly dir?: string
  readonly jobs?: number
  readonly native?: boolean
  readonly cuda?: boolean
}

/** Built where the node looks for them, unless told otherwise; ends as the script does. */
export async function buildServers(options: BuildOptions): Promise<void> {
  const { llamaServers, dataDir } = configOf(options)
  const { dir = llamaServers ?? join(dataDir, '.cache/llama-servers'), jobs, native, cuda } = options
  const given = [
    ['--dir', resolve(dir)],
    jobs === undefined ? [] : ['--jobs', String(jobs)],
    native ? ['--native'] : [],
    cuda ? ['--cuda'] : [],
  ].flat()
  const child = spawn(process.execPath, [SCRIPT, ...given], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal))
  const [code] = (await once(child, 'exit')) as [number | null]
  process.exitCode = code ?? 1
}
