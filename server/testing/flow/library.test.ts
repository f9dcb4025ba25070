/** The entity library and workspaces over real nodes: published here, installed there; shared between neighbours without a hub. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { BELL, bell } from '../../library/fixtures.ts'
import { askControl } from '../../ops/control.ts'
import { openDatabase } from '../../storage/database.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'
import { join as enter, json, type Player } from './player.ts'

const POLL = { timeout: 120_000, interval: 250 }
const P2P = { ACADEMY_P2P_HOST: '127.0.0.1', ACADEMY_P2P_PORT: '0' }
const ADMIN = { name: 'ada', password: 'a lamp, a quay and a ferry' }
const cli = resolve(import.meta.dirname, '../../cli.ts')
let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'academy-library-flow-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

async function academy(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', TMPDIR: tmpdir(), XDG_CONFIG_HOME: join(home, 'config') },
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => (out += chunk))
  child.stderr.on('data', (chunk) => (err += chunk))
  const [code] = await once(child, 'close')
  return { code: code as number, out, err }
}

/** A folder with `item.json` and the files of an item. */
async function itemFolder({ files, ...about }: ReturnType<typeof bell>): Promise<string> {
  const dir = await mkdtemp(join(home, 'item-'))
  for (const [path, text] of Object.entries({ ...files, 'item.json': JSON.stringify(about) })) {
    await mkdir(join(dir, path, '..'), { recursive: true })
    await writeFile(join(dir, path), text)
  }
  return dir
}

type Problem = { readonly code: string; readonly title: string }
type Item = { readonly zone: string; readonly name: string; readonly version: string }

describe('an item from one node in the world of another', () => {
  const stopped = new AsyncDisposableStack()
  let hub: NodeProcess
  let maker: NodeProcess
  let keeper: NodeProcess
  let admin: Player
  const member = (role: string, name: string, dataDir?: string) =>
    startNodeProcess({
      env: { ...P2P, ACADEMY_ROLE: role, ACADEMY_HUB: hub.url, ACADEMY_NAME: name },
      ...(dataDir !== undefined && { dataDir }),
    })
  async function signIn(): Promise<Player> {
    const tokens = (await json<Player['tokens']>(keeper.url, 'POST', '/auth/login', ADMIN)).body
    return enter(keeper.url, { tokens })
  }
  const joined = (node: NodeProcess) =>
    vi.waitFor(async () => {
      const { state } = await askControl<{ state: { is: string } }>(node.dataDir, 'network', { op: 'peers' })
      expect(state.is).toBe('joined')
    }, POLL)
  const items = async () => (await admin.api<{ items: Item[] }>('GET', '/api/v1/world-items')).body.items
  const install = <T = Item>(name: string) =>
    admin.api<T>('POST', `/api/v1/library/${name}/install`, { zone: 'harbor', place: 'dock' })
  /** Looks around until the bell is seen, or is seen no more. */
  const bellIsSeen = (isSeen: boolean) =>
    expect
      .poll(async () => {
        const before = admin.outputs.length
        await admin.line('look')
        await expect.poll(() => admin.outputs.length, POLL).toBeGreaterThan(before)
        return /ship's bell/.test(admin.outputs.at(-1)!.text)
      }, POLL)
      .toBe(isSeen)
  async function restartKeeper(meanwhile?: (dataDir: string) => Promise<void>): Promise<void> {
    await keeper.kill('SIGKILL')
    admin.close()
    await meanwhile?.(keeper.dataDir)
    const { dataDir } = keeper
    keeper = await member('local', 'Keeper', dataDir)
    admin = await signIn()
  }

  beforeAll(async () => {
    hub = await startNodeProcess({ env: P2P })
    ;[maker, keeper] = await Promise.all([member('trusted', 'Maker'), member('local', 'Keeper')])
    const { dataDir } = keeper
    stopped.defer(() => rm(dataDir, { recursive: true, force: true }))
    await Promise.all([joined(maker), joined(keeper)])
    const guest = await enter(keeper.url)
    expect((await guest.api('POST', '/auth/register', ADMIN)).status).toBeLessThan(300)
    guest.close()
    await askControl(dataDir, 'set-role', { name: ADMIN.name, role: 'admin' })
    admin = await signIn()
  }, 480_000)
  afterAll(async () => {
    admin?.close()
    await Promise.all([keeper, maker, hub].map((node) => node?.[Symbol.asyncDispose]()))
    await stopped.disposeAsync()
  }, 300_000)

  test('L3 L6 L8 L20 L23 it is published, found, installed with people inside, used, and taken out', {
    timeout: 300_000,
  }, async () => {
    const made = await academy('library', 'publish', await itemFolder(bell('1.0.0')), '--hub', maker.url)
    expect(made, made.err).toMatchObject({ code: 0, out: expect.stringMatching(/^bell 1\.0\.0 is published: bafy/) })
    const found = await academy('library', 'search', 'рында', '--hub', keeper.url)
    expect(found.out).toMatch(/^bell 1\.0\.0\tentity\tA bell\t[0-9a-f]{12}\n$/)

    // Somebody is on the dock while the bell is put there.
    await bellIsSeen(false)
    await admin.line('library install bell to harbor dock')
    await admin.hear(/bell 1\.0\.0 is part of harbor now, at dock\./)
    await bellIsSeen(true)
    await admin.line('use bell')
    await admin.hear(/^It rings\./)
    expect(await items()).toMatchObject([{ zone: 'harbor', name: 'bell', version: '1.0.0', place: 'dock' }])

    await admin.line('library remove bell from harbor')
    await admin.hear(/bell is gone from harbor\./)
    expect(await items()).toEqual([])
    await bellIsSeen(false)
  })

  test('L20 killed in the middle of installing, the node comes back with the item or without it, whole', {
    timeout: 300_000,
  }, async () => {
    const asked = install('bell').catch(() => {})
    await new Promise((done) => setTimeout(done, 50))
    await restartKeeper()
    await asked
    await joined(keeper)
    const now = await items()
    expect(JSON.stringify(now)).not.toContain('problems')
    await bellIsSeen(now.length === 1)
    // Whatever the kill left, asking once more comes to the same end.
    expect(await install('bell')).toMatchObject({ status: 200, body: { name: 'bell', version: '1.0.0' } })
    expect(await items()).toHaveLength(1)
    await bellIsSeen(true)
  })

  test('L6 L20 what is not as its owner signed it is refused with the reason; what was installed outlives a kill', {
    timeout: 300_000,
  }, async () => {
    // Published while the hub is away, so that nobody else has it as it was signed.
    await hub.kill()
    for (const name of ['forged', 'swapped']) {
      const files = { ...BELL, 'README.md': name }
      const done = await admin.api<Problem>('POST', '/api/v1/library', { ...bell('1.0.0', files), name })
      expect(done.status, JSON.stringify(done.body)).toBeLessThan(300)
    }
    // One record is changed, another is given the signature of the first as it was.
    await restartKeeper(async (dataDir) => {
      await using db = await openDatabase({ dataDir: join(dataDir, 'database'), log: { info() {}, error() {} } })
      const rows = db.prisma.libraryVersion
      const { record } = await rows.findFirstOrThrow({ where: { name: 'forged' } })
      const changed = new Uint8Array(record)
      changed[Buffer.from(record).indexOf('1.0.0')]! += 1
      await rows.updateMany({ where: { name: 'forged' }, data: { record: changed } })
      await rows.updateMany({ where: { name: 'swapped' }, data: { record } })
    })
    for (const name of ['forged', 'swapped'])
      expect(await install<Problem>(name)).toMatchObject({
        status: 422,
        body: { code: 'item_forged', title: expect.stringMatching(/its owner did not sign it/) },
      })
    const byCommand = await academy('library', 'install', 'forged', '--hub', keeper.url, '--dir', home)
    expect(byCommand).toMatchObject({ code: 1, err: expect.stringMatching(/its owner did not sign it/) })
    expect(await items()).toMatchObject([{ name: 'bell', version: '1.0.0' }])
    await bellIsSeen(true)
  })
})

describe('two neighbours without a hub', () => {
  test('L44 L45 one shares a workspace, the other clones it and runs its tests, and goes on when the first is gone', {
    timeout: 300_000,
  }, async () => {
    // Multicast does not reach everywhere, so the one is told where the other is, as `academy connect` does.
    const alone = { ...P2P, ACADEMY_ROLE: 'local', ACADEMY_P2P: 'true', ACADEMY_MDNS: 'false' }
    await using stack = new AsyncDisposableStack()
    const [one, two] = await Promise.all(
      ['One', 'Two'].map((name) => startNodeProcess({ env: { ...alone, ACADEMY_NAME: name } })),
    ).then((nodes) => nodes.map((node) => stack.use(node)) as [NodeProcess, NodeProcess])
    const { addresses } = await askControl<{ addresses: string[] }>(one.dataDir, 'network', { op: 'id' })
    await askControl(two.dataDir, 'network', { op: 'connect', address: addresses[0]! })
    const project = join(home, 'wick')
    const run = async (...args: string[]) => {
      const done = await academy(...args)
      expect(done, done.err).toMatchObject({ code: 0 })
      return done.out
    }
    await run('agent', 'new', project)
    await writeFile(
      join(project, 'environment.json'),
      JSON.stringify({ seed: 7, settings: { API_TOKEN: { value: 'hush-hush' }, SPEED: { value: '3' } } }),
    )
    await run('workspace', 'new', 'Lanterns', '--hub', one.url)
    await run('workspace', 'put', 'Lanterns', project, '--hub', one.url)
    expect(await run('workspace', 'share', 'Lanterns', '--hub', one.url)).toMatch(
      /left out: the setting API_TOKEN of wick/,
    )

    const neighbour = stack.adopt(await enter(two.url), (player) => player.close())
    const shared = async () => {
      const { body } = await neighbour.api<{ shares?: { name: string }[] }>('GET', '/api/v1/shared-workspaces')
      return body.shares?.map(({ name }) => name)
    }
    await expect.poll(shared, POLL).toEqual(['Lanterns'])
    expect(await run('workspace', 'shared', '--hub', two.url)).toMatch(/^Lanterns\tby /)
    const clone = join(home, 'clone')
    const out = await run('workspace', 'clone', 'Lanterns', '--dir', clone, '--hub', two.url)
    expect(out).toContain(join(clone, 'wick'))
    await one.kill()

    const tested = await run('agent', 'test', join(clone, 'wick'))
    expect(tested).toMatch(/says hello, and answers/)
    expect(await readFile(join(clone, 'wick/main.ts'), 'utf8')).toBe(await readFile(join(project, 'main.ts'), 'utf8'))
    const environment = await readFile(join(clone, 'wick/environment.json'), 'utf8')
    expect(JSON.parse(environment)).toEqual({ seed: 7, settings: { SPEED: { value: '3' } } })
    expect(await run('workspace', 'run', 'Lanterns', 'wick', '--hub', two.url)).toMatch(/^wick: running/)
    await expect.poll(shared, POLL).toEqual([])
  })
})
