import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { serialize } from 'node:v8'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FIXTURE_FILES } from '../testing/world.ts'
import { loadKeptWorld } from './kept.ts'
import { loadWorld } from './load.ts'

let root: string
let world: string
let kept: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'academy-kept-'))
  world = join(root, 'world')
  kept = join(root, 'data', 'kept', 'world')
  for (const [name, text] of Object.entries(FIXTURE_FILES)) await author(name, text)
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function author(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(world, name)), { recursive: true })
  await writeFile(join(world, name), text)
}
async function load() {
  const loaded = await loadKeptWorld(world, kept)
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems))
  return loaded.world
}
/** Puts another world in the kept one's place, under the same key; where it turns up, the file was read. */
async function plant(id: string): Promise<void> {
  const key = (await readFile(kept)).subarray(0, 64)
  const body = serialize({ ...(await load()), id })
  const hash = createHash('sha256').update(body).digest('hex')
  await writeFile(kept, Buffer.concat([key, Buffer.from(hash), body]))
}

test('what is kept is the world that was read, to the last field', async () => {
  const first = await load()
  await plant('kept')
  const { id, ...again } = await load()
  expect(id).toBe('kept')
  expect({ ...again, id: first.id }).toStrictEqual(first)
  const academy = resolve(import.meta.dirname, '../../worlds/academy')
  await loadKeptWorld(academy, kept)
  expect(await loadKeptWorld(academy, kept)).toStrictEqual({ ...(await loadWorld(academy)), warnings: [] })
})

test('a file that was changed, by an author or by a broken disk, is read anew', async () => {
  const { id } = await load()
  await plant('kept')
  const place = 'zones/harbor/text/en.yaml'
  await author(place, `${FIXTURE_FILES[place]}\n`)
  expect((await load()).id).toBe(id)
  await plant('kept')
  const bytes = await readFile(kept)
  bytes[bytes.length - 1]! ^= 1
  await writeFile(kept, bytes)
  expect((await load()).id).toBe(id)
  await writeFile(kept, bytes.subarray(0, 100))
  expect((await load()).id).toBe(id)
})

test('a world with a mistake is not kept, and neither is one that there is no room for', async () => {
  await author('world.yaml', 'id: [')
  expect(await loadKeptWorld(world, kept)).toMatchObject({ ok: false, problems: [{ file: 'world.yaml' }] })
  await expect(readFile(kept)).rejects.toThrow(/ENOENT/)
  await author('world.yaml', FIXTURE_FILES['world.yaml']!)
  expect(await loadKeptWorld(world, join(world, 'world.yaml', 'kept'))).toMatchObject({ ok: true })
})
