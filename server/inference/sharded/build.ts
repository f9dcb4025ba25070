/** llama.cpp's own servers as `scripts/build-llama-servers.ts` left them: what they were built from, and whether they still are that. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** Kept as `build.json` beside `bin/`. Nothing in it depends on where it was built. */
const Build = z.object({
  /** Of the source that node-llama-cpp ships. */
  commit: z.string(),
  flags: z.array(z.string()),
  compiler: z.string(),
  /** SHA-256 in hex by name. */
  binaries: z.object({ 'rpc-server': z.string(), 'llama-server': z.string() }),
})
export type Build = z.output<typeof Build>
export type LlamaServers = {
  /** Both ends of a tunnel must have the same. */
  readonly build: string
  readonly rpcServer: string
  readonly llamaServer: string
}

export const BUILD_FILE = 'build.json'

/** What two nodes compare: source, flags, compiler and the binaries themselves. */
export const hashOfBuild = ({ commit, flags, compiler, binaries }: Build): string =>
  createHash('sha256')
    .update(JSON.stringify([commit, flags, compiler, binaries['rpc-server'], binaries['llama-server']]))
    .digest('hex')

/** Undefined when nothing was built there. Throws when what is there is not what was built. */
export async function findLlamaServers(dir: string): Promise<LlamaServers | undefined> {
  const text = await readFile(join(dir, BUILD_FILE), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const build = Build.parse(JSON.parse(text))
  const place = (name: keyof Build['binaries']) => join(dir, 'bin', name)
  for (const [name, sha256] of Object.entries(build.binaries))
    if ((await sha256OfFile(place(name as keyof Build['binaries'])).catch(() => undefined)) !== sha256)
      throw new Error(
        `${join(dir, 'bin', name)} is not what was built there. Build it anew with "npx academy shard build --dir ${dir}".`,
      )
  return { build: hashOfBuild(build), rpcServer: place('rpc-server'), llamaServer: place('llama-server') }
}

export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) hash.update(chunk)
  return hash.digest('hex')
}
