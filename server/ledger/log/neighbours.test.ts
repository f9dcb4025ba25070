import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFakeClock } from '../../lib/clock.ts'
import { createMemoryNetwork } from '../../link/memory-wire.ts'
import { formatKey } from '../../protocol/tlog/note.ts'
import { openTestLog, quiet, testWitnessNode } from './fixtures.ts'
import { WITNESS_PROTOCOL } from './frames.ts'
import { loadIdentity, renewIdentity } from './identity.ts'
import { createNeighbours } from './neighbours.ts'
import { openRoster } from './roster.ts'
import { serveLog, serveWitness } from './wire.ts'

async function folder(stack: AsyncDisposableStack): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'academy-log-'))
  stack.defer(() => rm(dir, { recursive: true, force: true }))
  return dir
}
const soon = { timeout: 20_000 }

test('M10 trusted nodes of other owners become witnesses, one of an own node does not, and a restart forgets none', async () => {
  await using stack = new AsyncDisposableStack()
  const { signer } = await openTestLog(stack)
  const network = createMemoryNetwork({ requestTimeoutMs: 500 })
  const hub = network.join({ id: 'hub', owner: 'hub-owner', role: 'initial' })
  const dir = await folder(stack)
  const meeting = stack.use(
    createNeighbours({ wire: hub, roster: await openRoster(dir), owner: 'hub-owner', log: quiet }),
  )
  const wires = [
    network.join({ id: 'a', owner: 'ada', role: 'trusted' }),
    network.join({ id: 'b', owner: 'hub-owner', role: 'trusted' }),
    network.join({ id: 'c', owner: 'cem', role: 'local' }),
  ]
  for (const [i, wire] of wires.entries()) serveWitness(wire, testWitnessNode(i, signer).witness)
  await meeting.look()
  await expect.poll(() => meeting.links().map(({ owner }) => owner), soon).toEqual(['ada'])
  await expect.poll(async () => (await openRoster(dir)).witnesses().length, soon).toBe(1)
  const again = createNeighbours({ wire: hub, roster: await openRoster(dir), owner: 'hub-owner', log: quiet })
  expect(
    stack
      .use(again)
      .links()
      .map(({ owner }) => owner),
  ).toEqual(['ada'])
})

test('M12 a node that begins another log is witnessed under that too, before its first head has a quorum', async () => {
  await using stack = new AsyncDisposableStack()
  const network = createMemoryNetwork({ requestTimeoutMs: 500 })
  const keyDir = await folder(stack)
  const first = await loadIdentity(keyDir)
  const second = await renewIdentity(keyDir)
  expect(second.origin).toBe(`${first.origin}-2`)
  expect((await loadIdentity(keyDir)).origin).toBe(second.origin)
  const roster = await openRoster(await folder(stack))
  const wire = network.join({ id: 'n', owner: 'ada', role: 'trusted' })
  const meeting = stack.use(createNeighbours({ wire, roster, owner: 'ada', log: quiet }))
  for (const { log: signer } of [first, second]) {
    const { log } = await openTestLog(stack, {
      signer,
      witnesses: () => [1, 2].map((n) => testWitnessNode(n + 50, first.log).link),
    })
    const hub = network.join({ id: 'hub', owner: 'hub-owner', role: 'initial' })
    serveLog(hub, log)
    await meeting.look()
    await expect.poll(() => meeting.logKey(signer.key.name)?.id, soon).toBe(signer.key.id)
    expect(meeting.logNode(signer.key.name)).toBe('hub')
    hub.leave()
  }
  expect(roster.logs().map(({ key }) => key)).toEqual([formatKey(first.log.key), formatKey(second.log.key)])
})

test('M10 a witness that is gone for a week is not counted on, until it is back', async () => {
  await using stack = new AsyncDisposableStack()
  const clock = createFakeClock()
  const dir = await folder(stack)
  const roster = await openRoster(dir, clock)
  await roster.addWitness({ key: 'k1', owner: 'ada', node: 'a', seenAtMs: clock.now() })
  await roster.addWitness({ key: 'k2', owner: 'bo', node: 'b', seenAtMs: clock.now() })
  clock.advance(6 * 24 * 3_600_000)
  await roster.saw('a')
  clock.advance(2 * 24 * 3_600_000)
  expect(roster.witnesses().map(({ node }) => node)).toEqual(['a'])
  const again = await openRoster(dir, clock)
  expect(again.witnesses().map(({ node }) => node)).toEqual(['a'])
  await again.saw('b')
  expect(again.witnesses().map(({ node }) => node)).toEqual(['a', 'b'])
})

test('M10 a node that never answers does not hold up the end', async () => {
  await using stack = new AsyncDisposableStack()
  const network = createMemoryNetwork({ requestTimeoutMs: 600_000 })
  const hub = network.join({ id: 'hub', owner: 'hub-owner', role: 'initial' })
  const mute = network.join({ id: 'mute', owner: 'ada', role: 'trusted' })
  const asked = Promise.withResolvers<void>()
  mute.serve(WITNESS_PROTOCOL, () => {
    asked.resolve()
    return new Promise(() => {})
  })
  const warned: unknown[] = []
  const meeting = createNeighbours({
    wire: hub,
    roster: await openRoster(await folder(stack)),
    owner: 'hub-owner',
    log: { ...quiet, warn: (...said: unknown[]) => void warned.push(said) },
  })
  const looking = meeting.look()
  await asked.promise
  await meeting[Symbol.asyncDispose]()
  await looking
  expect(warned).toEqual([])
})
