import { expect, test } from 'vitest'
import type { Admit } from '../link/registry/types.ts'
import { createTestDatabase, describeOnDatabases } from '../testing/database.ts'
import { createInviteStore, createNodeStore } from './nodes.ts'
import { createBanStore, createDhtRecordStore, createPeerStore } from './peers.ts'

const admit = (node: string, leaseId: string): Admit => ({
  node,
  leaseId,
  owner: 'ab',
  role: 'trusted',
  name: node,
  version: '1',
  manifest: {
    name: node,
    role: 'trusted',
    version: '1',
    zones: [],
    cpu: { cores: 1, model: '' },
    memoryMb: 1,
    gpus: [],
    models: [],
    services: [],
    prices: {},
    privacy: [],
  },
  addresses: ['/ip4/127.0.0.1/tcp/1'],
  hub: 'hub',
})

await describeOnDatabases('the tables of the network', (kind) => {
  test('R1 a lease is renewed by whoever holds it, until it ends; then the node must join again', async () => {
    await using db = await createTestDatabase({ kind })
    const store = createNodeStore(db)
    const before = await store.changes(0)
    await store.admit(admit('a', 'l1'), 60_000)
    await store.admit(admit('b', 'l2'), 60_000)
    const renewed = await store.renew(
      [
        { node: 'a', leaseId: 'l1', seq: 1, load: { people: 1, agents: 2, cpuPct: 3, rssMb: 4 } },
        { node: 'b', leaseId: 'stolen', seq: 1 },
        { node: 'c', leaseId: 'l3', seq: 1 },
      ],
      60_000,
    )
    expect([...renewed.keys()]).toEqual(['a'])
    expect(await store.get('a')).toMatchObject({
      load: { people: 1, agents: 2, cpuPct: 3, rssMb: 4 },
      addresses: ['/ip4/127.0.0.1/tcp/1'],
    })
    await store.renew([{ node: 'a', leaseId: 'l1', seq: 2, addresses: [] }], 60_000)
    expect((await store.get('a'))?.addresses).toEqual([])
    expect((await store.alive()).map(({ node }) => node)).toEqual(['a', 'b'])
    expect(await store.aliveOf('ab')).toBe(2)
    await store.renew([{ node: 'a', leaseId: 'l1', seq: 3 }], 0)
    expect((await store.expire()).map(({ node }) => node)).toEqual(['a'])
    expect(await store.expire()).toEqual([])
    expect((await store.renew([{ node: 'a', leaseId: 'l1', seq: 4 }], 60_000)).size).toBe(0)
    expect(await store.leave('b', 'stolen', 'bye')).toBe(false)
    expect(await store.leave('b', 'l2', 'bye')).toBe(true)
    expect((await store.alive()).length).toBe(0)
    const { nodes } = await store.changes(before.untilMs - 1)
    expect(new Map(nodes.map(({ node, leftReason }) => [node, leftReason]))).toEqual(
      new Map([
        ['a', 'lease'],
        ['b', 'bye'],
      ]),
    )
  })

  test('R2 an invitation is used so many times and no more', async () => {
    await using db = await createTestDatabase({ kind })
    const store = createInviteStore(db)
    await store.put({
      id: 'i',
      keyHash: new Uint8Array([1]),
      role: 'trusted',
      usesLeft: 2,
      createdAtMs: 0,
      expiresAtMs: 100,
    })
    const used = await Promise.all([store.use('i', 50), store.use('i', 50), store.use('i', 50)])
    expect(used.filter(Boolean).length).toBe(2)
    expect(await store.use('i', 200)).toBe(false)
    expect(await store.list(50)).toEqual([])
  })

  test('R3 known peers, bans and values on the DHT are each node’s own', async () => {
    await using db = await createTestDatabase({ kind })
    const [mine, other] = [createPeerStore(db, 'me'), createPeerStore(db, 'you')]
    const peer = (node: string, lastSeenMs: number) => ({
      node,
      addresses: [],
      firstSeenMs: 1,
      lastSeenMs,
      failures: 0,
    })
    await mine.put([peer('a', 10), peer('b', 30), { ...peer('c', 20), role: 'trusted', name: 'C' }])
    await mine.put([peer('a', 40)])
    expect((await mine.list(10)).map(({ node }) => node)).toEqual(['a', 'b', 'c'])
    expect(await other.list(10)).toEqual([])
    await mine.trim(2)
    expect((await mine.list(10)).length).toBe(2)

    const bans = createBanStore(db, 'me')
    const ban = { subject: 'node:x', reason: 'flood', detail: 'd', sinceMs: 1, untilMs: 50, times: 1 } as const
    await bans.put(ban)
    await bans.put({ ...ban, untilMs: 60, times: 2 })
    expect(await bans.list(55)).toEqual([{ ...ban, untilMs: 60, times: 2 }])
    expect(await bans.list(61)).toEqual([])
    await bans.remove('node:x')
    expect(await bans.list(0)).toEqual([])

    const records = createDhtRecordStore(db, 'me')
    await records.put({ name: 'n', record: new Uint8Array([1]), seq: 1, putAtMs: 1 })
    await records.put({ name: 'n', record: new Uint8Array([2]), seq: 2, putAtMs: 2 })
    expect(await records.list()).toEqual([{ name: 'n', record: new Uint8Array([2]), seq: 2, putAtMs: 2 }])
    expect(await createDhtRecordStore(db, 'you').get('n')).toBeUndefined()
  })
})
