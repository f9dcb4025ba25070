/**
 * The library's builds for graphics cards. They weigh hundreds of megabytes, so package.json keeps them out of every install; a host
 * puts them where the library looks, from the registry that npm is set to.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const MODULES = resolve(import.meta.dirname, '../../node_modules')
const PACKAGES = { cuda: ['cuda', 'cuda-ext'], vulkan: ['vulkan'] } as const
export type GpuKind = keyof typeof PACKAGES

export class NoGpuBuild extends Error {
  readonly code = 'no_gpu_build'
}

/** The packages that were put in place. Throws `NoGpuBuild` when this machine has none, or npm could not fetch it. */
export async function fetchGpuBuild(
  kind: GpuKind,
  progress: (line: string) => void,
  modules = MODULES,
): Promise<readonly string[]> {
  const system = process.platform === 'win32' ? 'win' : process.platform
  if (!['linux', 'win'].includes(system) || process.arch !== 'x64')
    throw new NoGpuBuild(
      `There is no ${kind} build for ${process.platform} on ${process.arch}; Metal on a Mac needs none.`,
    )
  const { version } = JSON.parse(await readFile(join(MODULES, 'node-llama-cpp/package.json'), 'utf8')) as {
    version: string
  }
  const names = PACKAGES[kind].map((each) => `@node-llama-cpp/${system}-x64-${each}`)
  for (const name of names) {
    progress(`fetching ${name} ${version}`)
    await put(`${name}@${version}`, join(modules, name))
  }
  return names
}

/** Unpacked beside its place first, so that a broken download leaves what was there. */
async function put(spec: string, place: string): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'academy-gpu-'))
  const draft = `${place}.new`
  try {
    await run('npm', ['pack', spec, '--silent', '--pack-destination', dir], { shell: process.platform === 'win32' })
    const [archive] = await readdir(dir)
    if (!archive) throw new NoGpuBuild(`npm brought nothing for ${spec}.`)
    await rm(draft, { recursive: true, force: true })
    await mkdir(draft, { recursive: true })
    await run('tar', ['-xzf', join(dir, archive), '-C', draft, '--strip-components=1'])
    await rm(place, { recursive: true, force: true })
    await rename(draft, place)
  } finally {
    await rm(dir, { recursive: true, force: true })
    await rm(draft, { recursive: true, force: true })
  }
}
