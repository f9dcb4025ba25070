import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { manifestOf } from '../bundles/manifest.ts'
import { signingKey } from '../lib/ed25519.ts'
import { packItem } from '../library/package.ts'
import { signRecord } from '../library/records.ts'
import type { WorkspaceContent } from '../protocol/library-api.ts'
import { readEnvironment } from './environment.ts'
import { finishChange, installInDir, opened, removeFromDir } from './library-dir.ts'
import { layOut, readFolder } from './workspace-dir.ts'

const key = signingKey()
const owner = Buffer.from(key.publicKey).toString('hex')
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

/** A module as a node hands it over. */
function handed(version: string, files: Record<string, string>) {
  const bundle = packItem('module', files)
  const words = { en: 'Paths', ru: 'Пути' }
  const record = signRecord(
    'library-item',
    {
      name: 'paths',
      version,
      owner,
      kind: 'module',
      cid: manifestOf('item', bundle).cid,
      bytes: bundle.length,
      title: words,
      summary: words,
      publisher: { id: 'player_ann', name: 'Ann' },
      atMs: 1,
    },
    key,
  )
  return {
    record: { body: base64(record.body), key: base64(record.key), sig: base64(record.sig) },
    bundle: base64(bundle),
  }
}

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'academy-library-dir-'))
  await writeFile(join(dir, 'agent.json'), '{ "name": "wick" }')
  await writeFile(join(dir, 'main.ts'), 'export default async function main() {}\n')
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const lib = async () => (await readdir(join(dir, 'lib/paths')).catch(() => [])).sort()
const version = async () =>
  JSON.parse(await readFile(join(dir, 'library.lock.json'), 'utf8').catch(() => '{"items":{}}')).items.paths?.version

describe('a module in a folder', () => {
  const one = opened(
    'paths',
    handed('1.0.0', { 'index.ts': 'export const a = 1\n', 'far.ts': 'export const b = 2\n' }),
  )
  const two = opened('paths', handed('2.0.0', { 'index.ts': 'export const a = 3\n' }))

  test('L32 is installed, replaced by another version and removed, with its lock', async () => {
    await installInDir(dir, one)
    expect([await lib(), await version()]).toEqual([['far.ts', 'index.ts'], '1.0.0'])
    await installInDir(dir, two)
    expect([await lib(), await version()]).toEqual([['index.ts'], '2.0.0'])
    await removeFromDir(dir, 'paths')
    expect([await lib(), await version()]).toEqual([[], undefined])
    await expect(removeFromDir(dir, 'paths')).rejects.toMatchObject({ code: 'item_not_installed' })
  })

  test('L31 L32 what the author has in its place is named and stays', async () => {
    await mkdir(join(dir, 'lib/paths'), { recursive: true })
    await writeFile(join(dir, 'lib/paths/mine.ts'), '// mine')
    await expect(installInDir(dir, one)).rejects.toMatchObject({
      code: 'item_clash',
      message: /lib\/paths\/mine\.ts/,
    })
    expect(await lib()).toEqual(['mine.ts'])
  })

  test('L6 L32 a wrong signature, another name and other bytes are refused before anything is written', () => {
    const good = handed('1.0.0', { 'index.ts': 'export const a = 1\n' })
    const other = handed('1.0.0', { 'index.ts': 'export const a = 2\n' })
    const bad = { ...good, record: { ...good.record, sig: base64(new Uint8Array(64)) } }
    expect(() => opened('paths', bad)).toThrow(/its owner did not sign it/)
    expect(() => opened('roads', good)).toThrow(/its owner did not sign it/)
    expect(() => opened('paths', { ...good, bundle: other.bundle })).toThrow(/not those that were signed/)
  })

  test('L32 a command that was killed at any step is finished by the next one', async () => {
    await installInDir(dir, one)
    const put = { 'lib/paths/index.ts': 'export const a = 3\n', 'library.lock.json': '{"format":1,"items":{}}' }
    const note = JSON.stringify({ put, remove: ['lib/paths/far.ts'] })
    const steps: (() => Promise<unknown>)[] = [
      async () => {},
      () => rm(join(dir, 'lib/paths/far.ts')),
      () => writeFile(join(dir, 'lib/paths/index.ts'), put['lib/paths/index.ts']),
      () => writeFile(join(dir, 'library.lock.json'), put['library.lock.json']),
    ]
    for (let killedAfter = 0; killedAfter < steps.length; killedAfter++) {
      await installInDir(dir, one).catch(async () => {
        // The lock that the change before left is empty: its files are the author's then, and are cleared away by hand.
        await rm(join(dir, 'lib'), { recursive: true, force: true })
        await installInDir(dir, one)
      })
      await writeFile(join(dir, '.academy/library-change.json'), note)
      for (const step of steps.slice(0, killedAfter + 1)) await step()
      expect(await finishChange(dir)).toBe(true)
      expect(await lib()).toEqual(['index.ts'])
      expect(await readFile(join(dir, 'lib/paths/index.ts'), 'utf8')).toBe(put['lib/paths/index.ts'])
      expect(await finishChange(dir)).toBe(false)
    }
  })
})

describe('a workspace in folders', () => {
  const content = (files: Record<string, string>): WorkspaceContent => ({
    name: 'Lanterns',
    projects: [
      { name: 'Фонарь', environment: { api: '1', seed: 7, settings: { SPEED: { value: '3' } } }, files },
      { name: 'Фонарь', environment: { api: '1', settings: {} }, files },
    ],
  })

  test('L45 each project is whole, and comes back as it was', async () => {
    const files = {
      'main.ts': 'export default async function main() {}\n',
      'tests/first.yaml': 'place: harbor:dock\n',
    }
    const folders = await layOut(join(dir, 'out'), content(files))
    expect(folders.map((folder) => folder.split('/').at(-1))).toEqual(['фонарь', 'фонарь-2'])
    expect(await readFolder(folders[0]!)).toEqual({
      name: 'Фонарь',
      files,
      environment: { seed: 7, settings: { SPEED: { value: '3' } } },
    })
    await expect(layOut(join(dir, 'out'), content(files))).rejects.toMatchObject({ code: 'not_empty' })
    await writeFile(join(folders[1]!, 'environment.json'), '{ "seed": -1 }')
    await expect(readEnvironment(folders[1]!)).rejects.toMatchObject({ code: 'bad_project', message: /seed/ })
  })

  test('L47 no path leads out of the folder', async () => {
    await expect(layOut(join(dir, 'out'), content({ '../up.ts': '' }))).rejects.toMatchObject({ code: 'bad_path' })
    expect(await readdir(dir)).not.toContain('up.ts')
  })
})
