/** Three real nodes on loopback: an initial one, a trusted one that is killed and comes back, and a laptop's. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as api from '../../protocol/api.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'
import { join, type Player } from './player.ts'

const POLL = { timeout: 120_000, interval: 200 }
const run = promisify(execFile)
const cli = resolve(import.meta.dirname, '../../cli.ts')
const academy = async (node: NodeProcess, ...args: string[]) =>
  JSON.parse((await run(process.execPath, [cli, ...args, '--data', node.dataDir])).stdout)

describe('a network of three nodes', () => {
  let dir: string
  let hub: NodeProcess
  let trusted: NodeProcess
  let laptop: NodeProcess
  let ann: Player
  let ben: Player
  const startTrusted = () =>
    startNodeProcess({
      dataDir: joinPath(dir, 'trusted'),
      env: { ACADEMY_ROLE: 'trusted', ACADEMY_NAME: 'Night Watch', ACADEMY_HUB: hub.url, ACADEMY_MDNS: 'false' },
    })
  const nodes = async (player: Player) =>
    (await player.api<{ nodes: api.Node[] }>('GET', '/api/v1/nodes')).body.nodes ?? []
  const linkTo = async (player: Player, name: string) => (await nodes(player)).find((each) => each.name === name)

  beforeAll(async () => {
    dir = await mkdtemp(joinPath(tmpdir(), 'academy-network-'))
    hub = await startNodeProcess({ env: { ACADEMY_NAME: 'Hub' } })
    ;[trusted, laptop] = await Promise.all([
      startTrusted(),
      startNodeProcess({
        env: {
          ACADEMY_ROLE: 'local',
          ACADEMY_NAME: 'Laptop',
          ACADEMY_HUB: hub.url,
          ACADEMY_MDNS: 'false',
          ACADEMY_P2P_HOST: '127.0.0.1',
        },
      }),
    ])
    ann = await join(laptop.url)
    ben = await join(trusted.url)
  }, 300_000)
  afterAll(async () => {
    for (const player of [ann, ben]) player?.close()
    for (const node of [laptop, trusted, hub]) await node?.[Symbol.asyncDispose]()
    await rm(dir, { recursive: true, force: true })
  }, 300_000)

  test('N22 nodes join by the address of the hub’s pages alone, see each other, and say how each is linked', async () => {
    await expect
      .poll(async () => (await nodes(ann)).map(({ name }) => name).sort(), POLL)
      .toEqual(['Hub', 'Laptop', 'Night Watch'])
    expect((await linkTo(ann, 'Hub'))?.link).toMatchObject({ path: 'lan', direction: 'outbound' })
    expect((await linkTo(ann, 'Hub'))?.addresses).toBeUndefined()
    // What a node says of itself, and what the hub found out by itself.
    await expect.poll(async () => (await linkTo(ann, 'Night Watch'))?.proven?.reach, POLL).toBe('lan')
    expect(await academy(hub, 'ping', 'Night Watch')).toMatchObject({ name: 'Night Watch' })
  })

  test('N23 a person tells somebody on another node something, who hears it from whom', async () => {
    expect(await ann.line(`tell "${ben.name}@Night Watch" the lamp is lit`)).toEqual({ ok: true })
    expect((await ben.hear(/the lamp is lit/)).text).toBe(`${ann.name} on Laptop tells you: “the lamp is lit”`)
    expect(await ben.line(`tell ${ann.name}@Laptop I see it`)).toEqual({ ok: true })
    await ann.hear(/on Night Watch tells you: “I see it”/)
    expect(await ann.line('tell Nobody@Laptop hm')).toMatchObject({ ok: false })
    expect(await ann.line('tell Nobody@Nowhere hm')).toEqual({ ok: false, code: 'no_such_node' })
  })

  test('N24 a text put on the DHT at one node is read at another', async () => {
    const put = await ann.api<api.Problem & { key: string }>('PUT', '/api/v1/dht/values/motto', {
      value: 'light for all',
    })
    expect(put.status).toBe(200)
    await expect
      .poll(async () => (await ben.api<{ value?: string }>('GET', `/api/v1/dht/values/${put.body.key}`)).body.value)
      .toBe('light for all')
    await ben.line(`dht get ${put.body.key}`)
    await ben.hear(/^light for all$/)
  })

  test('N25 a trusted node that is killed comes back as itself, under the lease it had', {
    timeout: 300_000,
  }, async () => {
    const before = await academy(trusted, 'id')
    const joinedAt = (await linkTo(ann, 'Night Watch'))?.upSinceMs
    ben.close()
    await trusted.kill('SIGKILL')
    trusted = await startTrusted()
    expect(await academy(trusted, 'id')).toMatchObject({ node: before.node, owner: before.owner })
    await expect.poll(async () => (await academy(trusted, 'peers')).state, POLL).toMatchObject({ is: 'joined' })
    ben = await join(trusted.url, { tokens: ben.tokens })
    // Another node hears of it when it asks the hub next.
    let after: api.Node | undefined
    await expect
      .poll(async () => {
        after = await linkTo(ann, 'Night Watch')
        return after
      }, POLL)
      .toMatchObject({ peerId: before.node, alive: true })
    // Within the lease it is taken up again; a machine too slow for that joins anew, which is a later admission.
    expect(after!.upSinceMs).toBeGreaterThanOrEqual(joinedAt!)
    const hubId = (await academy(hub, 'id')).node
    await expect
      .poll(async () => (await academy(trusted, 'known')).map(({ node }: { node: string }) => node))
      .toContain(hubId)
  })

  test('N26 all told to stop at once, each ends by itself within the time it has, though the others are gone', async () => {
    const all = [hub, trusted, laptop]
    await Promise.all(all.map((node) => node.kill('SIGTERM')))
    expect(all.map(({ child }) => [child.exitCode, child.signalCode])).toEqual(all.map(() => [0, null]))
    for (const node of all) expect(node.stderr()).not.toMatch(/draining took too long/)
  })
})
