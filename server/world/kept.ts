/** A world that was read and found good is kept beside the database, so that the next start need not read its text again. */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import type { WorldDef } from '../engine/types.ts'
import { buildFrom, digestOf, type LoadedWorld } from './load.ts'
import { createProblems } from './problems.ts'
import { readWorldFiles } from './read.ts'

const server = resolve(import.meta.dirname, '..')
/** Whatever has a say in what becomes of a world's files. */
const READERS = ['world', 'engine', 'protocol']
const HASH_CHARS = 64

/** `loadWorld`, with what came of the very same files and the very same program the last time. Only good worlds are kept. */
export async function loadKeptWorld(dir: string, keptFile: string): Promise<LoadedWorld> {
  const problems = createProblems()
  const files = await readWorldFiles(dir, problems)
  if (problems.errors.length > 0) return buildFrom(files, problems)
  const key = sha256(`${digestOf(files)} ${await readersDigest()} ${process.versions.v8}`)
  const kept = await readKept(keptFile, key)
  if (kept) return { ok: true, world: kept, warnings: [] }
  const built = buildFrom(files, problems)
  // A disk without room for it costs the next start a moment, and nothing else.
  if (built.ok) await keep(keptFile, key, built.world).catch(() => {})
  return built
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** The file: its key, the hash of the rest, the rest. Undefined for another key, and for what was cut off or altered. */
async function readKept(file: string, key: string): Promise<WorldDef | undefined> {
  const bytes = await readFile(file).catch(() => undefined)
  if (!bytes || bytes.toString('latin1', 0, HASH_CHARS) !== key) return undefined
  const body = bytes.subarray(2 * HASH_CHARS)
  return bytes.toString('latin1', HASH_CHARS, 2 * HASH_CHARS) === sha256(body) ? deserialize(body) : undefined
}

async function keep(file: string, key: string, world: WorldDef): Promise<void> {
  const body = serialize(world)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, Buffer.concat([Buffer.from(key + sha256(body), 'latin1'), body]))
  await rename(`${file}.new`, file)
}

async function readersDigest(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(server, 'limits.ts')))
  for (const room of READERS) {
    const names = await readdir(join(server, room), { recursive: true })
    const sources = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts')).sort()
    const texts = await Promise.all(sources.map((name) => readFile(join(server, room, name))))
    for (const [i, name] of sources.entries()) hash.update(`${room}/${name}\0${texts[i]!.length}\0`).update(texts[i]!)
  }
  return hash.digest('hex')
}
