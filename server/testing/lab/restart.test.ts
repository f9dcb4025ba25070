/** What a node knows of the others when it was killed and is started again on what it left behind. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LEASE_TTL_MS } from '../../limits.ts'
import { startTestLink } from '../../link/testing/links.ts'
import { startTestNetwork } from '../../link/testing/networks.ts'
import type { LinkInfo } from '../../link/types.ts'
import { createPostgresDatabase, postgresReachable } from '../database.ts'
import { startNetworkNode } from './network-node.ts'

const POLL = { timeout: 90_000, interval: 200 }

async function knowsWhatItKnew(): Promise<void> {
  await using stack = new AsyncDisposableStack()
  const dir = await mkdtemp(join(tmpdir(), 'academy-restart-'))
  stack.defer(() => rm(dir, { recursive: true, force: true }))
  const { url } = stack.use(await createPostgresDatabase())
  const start = async (listen: readonly string[]) =>
    stack.use(
      await startNetworkNode({ dataDir: join(dir, 'hub'), databaseUrl: url, role: 'initial', name: 'Hub', listen }),
    )
  const hub = await start(['/ip4/127.0.0.1/tcp/0'])
  // A neighbour that dials nobody by itself, so that a link to it is made by who remembers it.
  const { link: neighbour } = await startTestLink({ dhtServer: true })
  stack.use(neighbour)
  await neighbour.dial(hub.addresses)
  const member = stack.use(
    await startTestNetwork({ dataDir: join(dir, 'member'), role: 'local', name: 'Member', hubs: hub }),
  )
  await expect.poll(() => member.state(), POLL).toMatchObject({ is: 'joined' })
  const { leaseId } = member.state() as { leaseId?: string }
  await expect.poll(() => hub.ask<{ dhtNodes: number }>({ op: 'stats' }), POLL).toMatchObject({ dhtNodes: 1 })
  // Written down some seconds after they met.
  await expect.poll(() => known(hub, 'saved'), POLL).toContain(neighbour.self)
  const enemy = '12D3KooWSkDAeDdsBkEmVVDGYtbmTMUn1exUhFQGoFuHYmQKuJP1'
  await hub.ask({ op: 'ban', node: enemy })
  expect(await hub.ask<{ nodes: number }>({ op: 'put', key: 'motto', text: 'light for all' })).toMatchObject({
    nodes: 1,
  })

  const killedMs = Date.now()
  await hub.kill()
  await expect.poll(() => neighbour.links().map(({ node }) => node), POLL).not.toContain(hub.node)
  const again = await start(hub.addresses.map((each) => each.replace(/\/p2p\/.*/, '')))
  expect(again.node).toBe(hub.node)
  expect(await again.ask({ op: 'bans' })).toEqual([expect.objectContaining({ subject: `node:${enemy}` })])
  expect(await known(again)).toContain(neighbour.self)
  const linked = async () => (await again.ask<LinkInfo[]>({ op: 'links' })).map(({ node }) => node)
  await expect.poll(linked, POLL).toContain(neighbour.self)
  await expect.poll(() => again.ask<{ dhtNodes: number }>({ op: 'stats' }), POLL).toMatchObject({ dhtNodes: 1 })
  expect(await again.ask({ op: 'values' })).toEqual(['motto'])
  // The lease of its member stands in the registry.
  await expect
    .poll(async () => (await again.ask<{ name: string }[]>({ op: 'nodes' })).map(({ name }) => name), POLL)
    .toContain('Member')
  await expect.poll(linked, POLL).toContain(member.self)
  await expect.poll(() => member.state(), POLL).toMatchObject({ is: 'joined' })
  // A machine that takes longer than the lease to start a node is one where members join anew.
  if (Date.now() - killedMs < LEASE_TTL_MS) expect(member.state()).toMatchObject({ leaseId })

  async function known(node: typeof hub, op: 'known' | 'saved' = 'known'): Promise<string[]> {
    return (await node.ask<{ node: string }[]>({ op })).map((each) => each.node)
  }
}

if (await postgresReachable())
  test(
    'N34 R9 a hub on PostgreSQL that was killed knows its bans, its neighbours, its values on the DHT, and whose lease stands',
    {
      timeout: 400_000,
    },
    knowsWhatItKnew,
  )
