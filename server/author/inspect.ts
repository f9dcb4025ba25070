/** Starts the debugger's process for a recording: it may read its task and the program's own files and no other, start no process, and has no environment. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { API_EXPORTS } from '../protocol/agent-api/definition.ts'
import type { AgentId } from '../protocol/ids.ts'
import { resolveImport } from '../sandbox/compile/resolve.ts'
import { importsOf } from '../sandbox/compile/rules.ts'
import { parseModule } from '../sandbox/compile/tree.ts'
import { PRELUDE } from '../sandbox/prelude.ts'
import { stripTypes } from '../sandbox/strip.ts'
import { loadMessage } from '../sandbox/translate.ts'
import type { InspectTask } from './inspect-child.ts'
import { KEPT_DIR } from './project.ts'
import type { Recording } from './recording.ts'
import { programOf } from './replay.ts'

export type InspectOptions = {
  /** The author's project: its own files are debugged where they are those of the recording. */
  readonly dir: string
  /** 0 picks a free one. */
  readonly port: number
  /** Where its words go; to the author's terminal without it. */
  readonly stdio?: 'inherit' | 'pipe'
}
export type Inspection = { readonly child: ChildProcess; readonly done: Promise<number> }

/** What the process is made of: it may read these and its task. */
const PARTS = ['.', '../protocol', '../lib', '../../node_modules']

export async function inspect(
  recording: Recording,
  { dir, port, stdio = 'inherit' }: InspectOptions,
): Promise<Inspection> {
  const folder = await mkdtemp(join(tmpdir(), 'academy-inspect-'))
  const file = join(folder, 'task.json')
  await writeFile(file, JSON.stringify(await taskOf(recording, dir)), { mode: 0o600 })
  const script = resolve(import.meta.dirname, 'inspect-child.ts')
  const child = spawn(
    process.execPath,
    [
      '--permission',
      '--allow-inspector',
      `--allow-fs-read=${file}`,
      ...PARTS.map((part) => `--allow-fs-read=${resolve(import.meta.dirname, part)}/`),
      `--inspect-wait=127.0.0.1:${port}`,
      '--experimental-vm-modules',
      '--no-warnings',
      script,
      file,
    ],
    { stdio: ['ignore', stdio, stdio], env: {}, cwd: folder },
  )
  const done = new Promise<number>((finish) => child.once('close', (code) => finish(code ?? 1))).finally(() =>
    rm(folder, { recursive: true, force: true }),
  )
  return { child, done }
}

async function taskOf(recording: Recording, dir: string): Promise<InspectTask> {
  const { program } = programOf(recording)
  const { sources } = recording.program
  const used = Object.fromEntries(Object.keys(program.modules).map((path) => [path, sources[path]!]))
  const places = await placesOf(used, dir, program.hash)
  const isFile = (path: string): boolean => Object.hasOwn(used, path)
  const modules = Object.fromEntries(
    Object.entries(used).map(([path, source]) => {
      const code = path.endsWith('.ts') ? stripTypes(source) : source
      const imports = importsOf(parseModule(code)).flatMap(({ specifier }) => {
        const target = resolveImport(isFile, path, specifier)
        return target === undefined ? [] : [[specifier, target] as const]
      })
      return [path, { url: pathToFileURL(places[path]!).href, code, imports: Object.fromEntries(imports) }]
    }),
  )
  const { self, memory, limits, turns } = recording
  const { init } = loadMessage(1, { self: { ...self, id: self.id as AgentId }, program, memory, journal: [], limits })
  return {
    prelude: PRELUDE,
    init,
    academy: `export const ${API_EXPORTS.map((name) => `${name} = $$${name}`).join(', ')}`,
    entry: program.entry,
    modules,
    memory,
    fuel: limits.fuelBurst,
    turns,
  }
}

/** The author's own files when they are what ran; otherwise a copy of what did, kept beside the project. */
async function placesOf(
  sources: Readonly<Record<string, string>>,
  dir: string,
  hash: string,
): Promise<Readonly<Record<string, string>>> {
  const own = Object.fromEntries(Object.keys(sources).map((path) => [path, resolve(dir, path)]))
  const isSame = await Promise.all(
    Object.entries(own).map(
      async ([path, place]) => (await readFile(place, 'utf8').catch(() => undefined)) === sources[path],
    ),
  )
  if (isSame.every(Boolean)) return own
  const copies = join(resolve(dir), KEPT_DIR, 'replayed', hash.slice(0, 12))
  const places: Record<string, string> = {}
  for (const [path, text] of Object.entries(sources)) {
    const place = join(copies, path)
    await mkdir(dirname(place), { recursive: true })
    await writeFile(place, text)
    places[path] = place
  }
  return places
}
