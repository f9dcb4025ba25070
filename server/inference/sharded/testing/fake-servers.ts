/** The servers that stand for llama.cpp's, put in a directory as the build script leaves the real ones. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BUILD_FILE, type Build, sha256OfFile } from '../build.ts'

const PROGRAMS = { 'rpc-server': 'fake-rpc.ts', 'llama-server': 'fake-llama-server.ts' } as const

export async function fakeServers(commit = 'f'.repeat(40)): Promise<AsyncDisposable & { readonly dir: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'academy-fake-llama-'))
  await mkdir(join(dir, 'bin'))
  const binaries = { 'rpc-server': '', 'llama-server': '' }
  for (const [name, script] of Object.entries(PROGRAMS)) {
    const place = join(dir, 'bin', name)
    const quoted = [process.execPath, join(import.meta.dirname, script)].map((part) => `'${part}'`).join(' ')
    await writeFile(place, `#!/bin/sh\nexec ${quoted} "$@"\n`)
    await chmod(place, 0o755)
    binaries[name as keyof typeof PROGRAMS] = await sha256OfFile(place)
  }
  const build: Build = { commit, flags: [], compiler: 'none', binaries }
  await writeFile(join(dir, BUILD_FILE), JSON.stringify(build))
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) }
}
