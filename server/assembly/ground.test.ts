import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { createLog } from '../ops/log.ts'
import { layPgliteDirectory } from '../testing/pglite-image.ts'
import { layGround } from './ground.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'academy-ground-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

test('E5 a world that cannot be used is told with every problem, and no database is made for it', async () => {
  const world = join(dir, 'world')
  await mkdir(world)
  await writeFile(join(world, 'world.yaml'), 'zones: 7\n')
  const dataDir = join(dir, 'data')
  const config = readConfig({}, { dataDir, world, logLevel: 'silent' })
  await expect(layGround(config, createLog({ level: 'silent' }))).rejects.toMatchObject({
    code: 'bad_content',
    message: expect.stringContaining('world.yaml'),
  })
  expect(existsSync(dataDir)).toBe(false)
})

test('a database starts under a world that was read, and is closed with the ground', async () => {
  const dataDir = join(dir, 'data')
  await layPgliteDirectory(join(dataDir, 'database'))
  const config = readConfig({}, { dataDir, logLevel: 'silent' })
  const ground = await layGround(config, createLog({ level: 'silent' }))
  expect(ground.world.zones.size).toBeGreaterThan(0)
  const socketDir = (await ground.embedded)!.connection.host
  expect(existsSync(socketDir)).toBe(true)
  await ground[Symbol.asyncDispose]()
  expect(existsSync(socketDir)).toBe(false)
})
