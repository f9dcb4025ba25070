/**
 * `docker-compose.yml` and the Dockerfile, as far as they can be held to their word without a container engine: what they say, the image's
 * steps in an empty folder (its packages are those of this clone, for `npm ci` needs the registry), and the same nodes as processes.
 */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readConfig } from '../config.ts'
import type * as api from '../protocol/api.ts'
import { createPostgresDatabase, postgresReachable } from './database.ts'
import { join as joinWorld } from './flow/player.ts'
import { type NodeProcess, startNodeProcess } from './node-process.ts'

const root = resolve(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')

const port = z.string().regex(/^(127\.0\.0\.1:)?\d{2,5}:\d{2,5}$/)
/** The part of the Compose specification (compose-spec.io) that is used here; anything else is a slip. */
const service = z.strictObject({
  image: z.string(),
  build: z.literal('.').optional(),
  command: z.array(z.string()).optional(),
  init: z.boolean().optional(),
  restart: z.literal('unless-stopped'),
  stop_grace_period: z.string().optional(),
  environment: z.record(z.string(), z.string()).optional(),
  volumes: z.array(z.string().regex(/^[a-z\d-]+:\/[\w/]+$/)),
  ports: z.array(port).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  healthcheck: z.strictObject({
    test: z.tuple([z.enum(['CMD', 'CMD-SHELL'])], z.string()),
    interval: z.string(),
    timeout: z.string(),
    start_period: z.string().optional(),
    retries: z.number().int(),
  }),
})
const composition = z.strictObject({
  name: z.string(),
  'x-node': z.unknown(),
  'x-member': z.unknown(),
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.strictObject({})),
})

const { services, volumes } = composition.parse(parse(read('docker-compose.yml'), { merge: true }))
const nodes = Object.entries(services).filter(([, { build }]) => build !== undefined)
/** `COPY a b c` as its words, `RUN x && y` as its commands. */
const steps = (word: string) =>
  [...read('Dockerfile').matchAll(new RegExp(`^${word} (.+)$`, 'gm'))].map(([, rest]) => rest!)

describe('docker-compose.yml', () => {
  test('names PostgreSQL, Redis, an initial node, two trusted ones and a local one, and nothing that is not there', () => {
    expect(nodes.map(([, { environment }]) => environment!.ACADEMY_ROLE)).toEqual([
      'initial',
      'trusted',
      'trusted',
      'local',
    ])
    expect(Object.values(services).map(({ image }) => image.split(':')[0])).toEqual([
      'postgres',
      'redis',
      ...nodes.map(() => 'codecraft-academy'),
    ])
    const used = Object.values(services).flatMap((each) => each.volumes.map((volume) => volume.split(':')[0]!))
    expect(used.sort()).toEqual(Object.keys(volumes).sort())
    for (const [, { depends_on = {} }] of nodes)
      for (const name of Object.keys(depends_on)) expect(services).toHaveProperty(name)
    const published = Object.values(services).flatMap(({ ports = [] }) => ports.map((each) => each.split(':').at(-2)))
    expect(new Set(published).size).toBe(published.length)
  })

  test('gives each node settings that can be read, and addresses of services that are there', () => {
    for (const [name, { environment }] of nodes) {
      const config = readConfig(environment!)
      expect(config.host, name).toBe('0.0.0.0')
      expect(config.dataDir).toBe('/data')
      for (const address of [config.hub, config.databaseUrl].flatMap((each) => each ?? []))
        expect(services).toHaveProperty(new URL(address).hostname)
      if (config.role !== 'initial') expect(config.hub).toBe(`http://initial:${readConfig({}).port}`)
    }
  })
})

describe('the Dockerfile', () => {
  const ignored = read('.dockerignore').split('\n').filter(Boolean)

  test('copies files that are there and ends in a program that is among them', () => {
    for (const line of steps('COPY'))
      for (const source of line.split(' ').slice(0, -1)) expect(existsSync(join(root, source)), source).toBe(true)
    const [, program] = JSON.parse(steps('CMD')[0]!) as string[]
    expect(existsSync(join(root, program!))).toBe(true)
    expect(ignored.some((each) => program!.startsWith(each))).toBe(false)
    for (const made of ['node_modules', 'dist', 'data', 'server/storage/generated']) expect(ignored).toContain(made)
  })

  test('takes the same steps as every test run; the first needs no more than what was copied before it', async () => {
    const { pretest } = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts
    const [first, second] = steps('RUN')
    expect(second!.split(' && ')[0]).toBe(pretest)
    const dir = await mkdtemp(join(tmpdir(), 'academy-image-'))
    try {
      for (const line of steps('COPY').slice(0, -1))
        for (const source of line.split(' ').slice(0, -1))
          await cp(join(root, source), join(dir, source), { recursive: true })
      await linkPackages(dir)
      const [program, ...words] = first!.split(' ')
      await promisify(execFile)(program!, words, { cwd: dir })
      expect(existsSync(join(dir, 'server/storage/generated/client.ts'))).toBe(true)
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  })

  /** As `npm ci` would leave them. Only the mark that it is done is carried over, so that what is built here counts for nothing elsewhere. */
  async function linkPackages(dir: string): Promise<void> {
    const [from, to] = [join(root, 'node_modules'), join(dir, 'node_modules')]
    await mkdir(join(to, '.academy'), { recursive: true })
    await cp(join(from, '.academy/packages'), join(to, '.academy/packages'))
    for (const name of await readdir(from)) if (name !== '.academy') await symlink(join(from, name), join(to, name))
  }
})

const onPostgres = (await postgresReachable()) ? test : test.skip
onPostgres(
  'the nodes of docker-compose.yml as processes, the first on PostgreSQL: they see each other, and SIGTERM drains them',
  {
    timeout: 300_000,
  },
  async () => {
    await using database = await createPostgresDatabase()
    await using stack = new AsyncDisposableStack()
    const start = async (environment: Readonly<Record<string, string>>, hub?: NodeProcess) => {
      const { ACADEMY_DATA: _, DATABASE_URL, ...rest } = environment
      const here = { ACADEMY_HOST: '127.0.0.1', ACADEMY_P2P_HOST: '127.0.0.1', ACADEMY_MDNS: 'false' }
      const env = {
        ...rest,
        ...here,
        ...(DATABASE_URL && { DATABASE_URL: database.url }),
        ...(hub && { ACADEMY_HUB: hub.url }),
      }
      return stack.use(await startNodeProcess({ env }))
    }
    const [first, ...others] = nodes.map(([, { environment }]) => environment!)
    const hub = await start(first!)
    const members = await Promise.all(others.map((environment) => start(environment, hub)))
    const player = await joinWorld(hub.url)
    stack.defer(() => player.close())
    await expect
      .poll(
        async () =>
          (await player.api<{ nodes: api.Node[] }>('GET', '/api/v1/nodes')).body.nodes
            .filter(({ alive }) => alive)
            .map(({ name, role }) => `${role} ${name}`)
            .sort(),
        { timeout: 60_000 },
      )
      .toEqual(nodes.map(([, { environment }]) => `${environment!.ACADEMY_ROLE} ${environment!.ACADEMY_NAME}`).sort())
    player.close()
    const all = [...members, hub]
    await Promise.all(all.map((node) => node.kill('SIGTERM')))
    expect(all.map(({ child, stderr }) => [child.exitCode, child.signalCode, stderr()])).toEqual(
      all.map(() => [0, null, expect.any(String)]),
    )
  },
)
