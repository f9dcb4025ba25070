/** Two nodes on one local network that nobody told of each other. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { LinkInfo } from '../../link/types.ts'
import { createLan, whyNoLab } from './namespaces.ts'
import { type NetworkNodeOptions, startNetworkNode } from './network-node.ts'

const why = whyNoLab()
if (why) console.warn(`network namespace tests skipped: ${why}`)

const POLL = { timeout: 90_000, interval: 200 }
const LISTEN = ['/ip4/0.0.0.0/tcp/4001']

async function onOneLan(
  isMulticast: boolean,
  meet: (
    start: (host: 'ann' | 'ben', more: Partial<NetworkNodeOptions>) => ReturnType<typeof startNetworkNode>,
  ) => unknown,
) {
  await using stack = new AsyncDisposableStack()
  const dir = await mkdtemp(join(tmpdir(), 'academy-lan-'))
  stack.defer(() => rm(dir, { recursive: true, force: true }))
  const lan = stack.use(createLan(['ann', 'ben']))
  if (!isMulticast) for (const host of ['ann', 'ben']) lan.blockMulticast(host)
  await meet(async (host, more) =>
    stack.use(
      await startNetworkNode(
        {
          dataDir: join(dir, host),
          role: 'local',
          name: host,
          listen: LISTEN,
          mdns: true,
          isForgetful: true,
          ...more,
        },
        (command, args) => lan.on(host, command, args),
      ),
    ),
  )
}

if (!why) {
  test('N33 in two network namespaces on one cable, nodes find each other by mDNS alone', { timeout: 180_000 }, () =>
    onOneLan(true, async (start) => {
      const ann = await start('ann', {})
      const ben = await start('ben', {})
      const linked = async (from: typeof ann) => (await from.ask<LinkInfo[]>({ op: 'links' })).map(({ node }) => node)
      await expect.poll(() => linked(ann), POLL).toContain(ben.node)
      await expect.poll(() => linked(ben), POLL).toContain(ann.node)
      expect(await ann.ask({ op: 'ping', node: ben.node })).toBeGreaterThan(0)
      await expect
        .poll(() => ann.ask<{ node: string }[]>({ op: 'known' }).then((all) => all.map(({ node }) => node)), POLL)
        .toContain(ben.node)
    }),
  )

  test(
    'N33 network namespaces without multicast: nodes go on, and meet by the hub they were told of',
    {
      timeout: 180_000,
    },
    () =>
      onOneLan(false, async (start) => {
        const ann = await start('ann', { role: 'initial', listen: ['/ip4/192.168.77.1/tcp/4001'] })
        const ben = await start('ben', { hub: ann })
        await expect.poll(() => ben.ask({ op: 'state' }), POLL).toMatchObject({ is: 'joined', hub: ann.node })
        expect(await ben.ask({ op: 'ping', node: ann.node })).toBeGreaterThan(0)
      }),
  )
}
