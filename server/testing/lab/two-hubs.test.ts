/** Two initial nodes on one PostgreSQL database, of which one is killed: its members go on with the other. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { LEASE_TTL_MS } from '../../limits.ts'
import type { RunningNetwork } from '../../link/network.ts'
import { startTestNetwork } from '../../link/testing/networks.ts'
import { createPostgresDatabase, postgresReachable } from '../database.ts'
import { startNetworkNode } from './network-node.ts'

const POLL = { timeout: 90_000, interval: 200 }
const MEMBERS = 3

if (await postgresReachable())
  test('R8 two hubs on one PostgreSQL database, one killed: no registration is lost, and messages find their way', {
    timeout: 240_000,
  }, async () => {
    await using stack = new AsyncDisposableStack()
    const dir = await mkdtemp(join(tmpdir(), 'academy-hubs-'))
    stack.defer(() => rm(dir, { recursive: true, force: true }))
    const { url } = stack.use(await createPostgresDatabase())
    const startHub = async (name: string) =>
      stack.use(
        await startNetworkNode({
          dataDir: join(dir, name),
          databaseUrl: url,
          role: 'initial',
          name,
          listen: ['/ip4/127.0.0.1/tcp/0'],
        }),
      )
    // One after the other: the second finds the schema in place.
    const first = await startHub('First')
    const second = await startHub('Second')
    await expect.poll(() => first.ask({ op: 'hubs' }), POLL).toEqual([first.node, second.node])

    const members: RunningNetwork[] = []
    for (let n = 0; n < MEMBERS; n++) {
      const name = `m${n}`
      const member = await startTestNetwork({ dataDir: join(dir, name), role: 'local', name, hubs: first })
      members.push(stack.use(member))
      member.messages.openDoor({
        find: async () => ({ is: 'here', recipient: name }),
        give: async (_, { text }) => void got.push(`${name} ${text}`),
      })
    }
    const got: string[] = []
    const states = () => members.map((each) => each.state())
    await expect
      .poll(states, POLL)
      .toEqual(members.map(() => expect.objectContaining({ is: 'joined', hub: first.node })))
    // Both hubs are told of each other to members, by the heartbeat at the latest.
    await expect.poll(() => members.every((each) => each.hubs().includes(second.node)), POLL).toBe(true)
    const leases = members.map((each) => (each.state() as { leaseId?: string }).leaseId)
    let fewest = MEMBERS
    const watching = setInterval(async () => {
      const alive = await second.ask<{ name: string }[]>({ op: 'nodes' }).catch(() => undefined)
      if (alive) fewest = Math.min(fewest, alive.filter(({ name }) => name.startsWith('m')).length)
    }, 500)
    stack.defer(() => clearInterval(watching))

    const killedMs = Date.now()
    await first.kill()
    await expect
      .poll(states, POLL)
      .toEqual(members.map(() => expect.objectContaining({ is: 'joined', hub: second.node })))
    // On a machine that is not starved they were never without a lease; on any, none was admitted anew.
    if (Date.now() - killedMs < LEASE_TTL_MS) expect(fewest).toBe(MEMBERS)
    expect(members.map((each) => (each.state() as { leaseId?: string }).leaseId)).toEqual(leases)
    const [a, b] = members as [RunningNetwork, RunningNetwork]
    const from = { node: a.self, id: 'player_a', name: 'A' }
    const message = { id: 'message_1', from, to: { node: b.self, name: 'B' }, text: 'still here' }
    await vi.waitFor(async () => expect(await a.messages.send(message)).toBe('delivered'), POLL)
    expect(got).toEqual(['m1 still here'])
    const names = async () => (await a.nodes()).map(({ name }) => name).sort()
    await expect.poll(names, POLL).toEqual(['Second', 'm0', 'm1', 'm2'])
  })
