/**
 * Builds `llama-server` and `rpc-server` of llama.cpp from the source that node-llama-cpp ships, without network.
 *
 *   node scripts/build-llama-servers.ts [--dir DIR] [--jobs N] [--native] [--cuda]
 *
 * Broken off, it goes on where it was. The same source, flags and compiler give the same binaries wherever they are built, so that two
 * hosts come to the same build hash; `--native` and `--cuda` are part of it.
 */
import { spawn, spawnSync } from 'node:child_process'
import { chmod, copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import {
  BUILD_FILE,
  type Build,
  findLlamaServers,
  hashOfBuild,
  sha256OfFile,
} from '../server/inference/sharded/build.ts'

const root = resolve(import.meta.dirname, '..')
const BUNDLE = join(root, 'node_modules/node-llama-cpp/llama/gitRelease.bundle')
/** Programs that are needed, the least version, and the Debian package of each. */
const TOOLS = [
  { program: 'git', least: 2, debian: 'git' },
  { program: 'cmake', least: 3.14, debian: 'cmake' },
  { program: 'make', least: 4, debian: 'make' },
  { program: 'c++', least: 9, debian: 'g++' },
] as const
/** In the order of `binaries`: llama.cpp's target and file, and what it is called here. */
const TARGETS = [
  ['ggml-rpc-server', 'rpc-server'],
  ['llama-server', 'llama-server'],
] as const

const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: join(process.env.ACADEMY_DATA ?? 'data', '.cache/llama-servers') },
    jobs: { type: 'string', default: String(Math.max(1, availableParallelism() - 1)) },
    native: { type: 'boolean', default: false },
    cuda: { type: 'boolean', default: false },
  },
})
const dir = resolve(values.dir)
const [source, work, bin] = ['src', 'build', 'bin'].map((name) => join(dir, name)) as [string, string, string]

const flags = [
  '-DCMAKE_BUILD_TYPE=Release',
  '-DBUILD_SHARED_LIBS=OFF',
  '-DGGML_RPC=ON',
  '-DGGML_RPC_RDMA=OFF',
  `-DGGML_NATIVE=${values.native ? 'ON' : 'OFF'}`,
  `-DGGML_CUDA=${values.cuda ? 'ON' : 'OFF'}`,
  '-DGGML_OPENMP=OFF',
  '-DGGML_CCACHE=OFF',
  '-DLLAMA_OPENSSL=OFF',
  '-DLLAMA_BUILD_TESTS=OFF',
  '-DLLAMA_BUILD_EXAMPLES=OFF',
  '-DLLAMA_BUILD_APP=OFF',
  '-DLLAMA_BUILD_UI=OFF',
  '-DLLAMA_USE_PREBUILT_UI=OFF',
  '-DLLAMA_TOOLS_INSTALL=OFF',
  '-DLLAMA_ALL_WARNINGS=OFF',
  '-DCMAKE_EXE_LINKER_FLAGS=-static-libgcc -static-libstdc++ -s',
]

try {
  await main()
} catch (error) {
  console.error(`build-llama-servers: ${(error as Error).message}`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const compiler = needTools()
  await mkdir(dir, { recursive: true })
  const commit = await fetchSource()
  const known = await findLlamaServers(dir).catch(() => undefined)
  if (known && (await isSame({ commit, flags, compiler }))) {
    console.log(`nothing to do\nbuild ${known.build}`)
    return
  }
  // Paths do not get into the binaries, so that they are the same wherever they are built.
  const mapped = `-ffile-prefix-map=${source}=src -ffile-prefix-map=${work}=build`
  console.log('configuring')
  await run('cmake', ['-S', source, '-B', work, ...flags, `-DCMAKE_C_FLAGS=${mapped}`, `-DCMAKE_CXX_FLAGS=${mapped}`])
  console.log(`building with ${values.jobs} jobs; it takes minutes, and may be broken off and started again`)
  for (const [target] of TARGETS)
    await run('cmake', ['--build', work, '--target', target, '--parallel', values.jobs], tellPercent(target))
  await mkdir(bin, { recursive: true })
  const hashes: string[] = []
  for (const [target, name] of TARGETS) {
    const place = join(bin, name)
    await copyFile(join(work, 'bin', target), `${place}.new`)
    await chmod(`${place}.new`, 0o755)
    await rename(`${place}.new`, place)
    hashes.push(await sha256OfFile(place))
  }
  const built: Build = {
    commit,
    flags,
    compiler,
    binaries: { 'rpc-server': hashes[0]!, 'llama-server': hashes[1]! },
  }
  await writeFile(join(dir, BUILD_FILE), `${JSON.stringify(built, null, 2)}\n`)
  console.log(JSON.stringify(built, null, 2))
  console.log(`the servers are in ${bin}; ${source} and ${work} may be removed\nbuild ${hashOfBuild(built)}`)
}

/** Says all that is missing at once; the compiler's own line, which is part of the build hash. */
function needTools(): string {
  const found = TOOLS.map((tool) => ({ ...tool, line: lineOf(tool.program) }))
  const missing = found.filter(({ line, least }) => !(Number(/(\d+(?:\.\d+)?)/.exec(line ?? '')?.[1] ?? 0) >= least))
  if (missing.length > 0)
    throw new Error(
      `${missing.map(({ program, least, line }) => `${program} ${least} or newer is needed${line ? `, found: ${line}` : ''}`).join('; ')}. On Debian: apt install ${missing.map(({ debian }) => debian).join(' ')}`,
    )
  return found.find(({ program }) => program === 'c++')!.line!
}

function lineOf(program: string): string | undefined {
  const { status, stdout } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  return status === 0 ? stdout.split('\n')[0]!.trim() : undefined
}

/** The source at the bundle's only commit; one that is there already is used if it is that commit, untouched. */
async function fetchSource(): Promise<string> {
  const git = (...args: string[]) => spawnSync('git', args, { encoding: 'utf8' })
  const heads = git('bundle', 'list-heads', BUNDLE)
  const commit = /^([0-9a-f]{40}) HEAD$/m.exec(heads.stdout)?.[1]
  if (!commit) throw new Error(`${BUNDLE} is no bundle of llama.cpp's source. Run "npm ci" first.`)
  const there = git('-C', source, 'rev-parse', 'HEAD').stdout.trim()
  const changed = git('-C', source, 'status', '--porcelain', '--untracked-files=no')
  if (there === commit && changed.status === 0 && changed.stdout === '') return commit
  console.log(`unpacking llama.cpp ${commit.slice(0, 10)}`)
  await rm(source, { recursive: true, force: true })
  await rm(work, { recursive: true, force: true })
  await run('git', ['-c', 'advice.detachedHead=false', 'clone', '--quiet', BUNDLE, source])
  return commit
}

async function isSame(now: Pick<Build, 'commit' | 'flags' | 'compiler'>): Promise<boolean> {
  const { commit, flags: before, compiler } = JSON.parse(await readFile(join(dir, BUILD_FILE), 'utf8')) as Build
  return JSON.stringify([commit, before, compiler]) === JSON.stringify([now.commit, now.flags, now.compiler])
}

/** Runs to its end at low priority; throws with the end of what it said when it failed. */
async function run(program: string, args: readonly string[], hear?: (line: string) => void): Promise<void> {
  const child = spawn('nice', ['-n', '10', program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let tail = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      tail = `${tail}${chunk}`.slice(-4_000)
      if (hear) for (const line of String(chunk).split('\n')) hear(line)
    })
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail)
    child.once('close', done)
  })
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${tail}`)
}

/** A line for every five in a hundred. */
function tellPercent(target: string): (line: string) => void {
  let told = -5
  return (line) => {
    const percent = Number(/^\[\s*(\d+)%\]/.exec(line)?.[1] ?? -1)
    if (percent < told + 5) return
    told = percent
    console.log(`${target}: ${percent} %`)
  }
}
