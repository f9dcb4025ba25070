/** Whom a node tries to reach next. */
import { expect, test } from 'vitest'
import { createFakeClock } from '../../lib/clock.ts'
import { RETRY_MAX_MS } from '../../limits.ts'
import { memoryPeerStore } from '../registry/memory-store.ts'
import { openKnownPeers } from './known.ts'

const trust = (owner: string | undefined) => (owner === 'good' ? 10 : 0)
const open = async (store = memoryPeerStore(), clock = createFakeClock()) => ({
  known: await openKnownPeers(store, clock.now, () => 0.5, trust),
  clock,
  store,
})
const at = ['/ip4/10.0.0.1/tcp/1']

test('better roles come first, then more trusted owners; those in reach already are left out', async () => {
  const { known } = await open()
  known.hear({ node: 'l', role: 'local', addresses: at }, false)
  known.hear({ node: 't', role: 'trusted', addresses: at }, false)
  known.hear({ node: 'g', role: 'trusted', owner: 'good', addresses: at }, false)
  known.hear({ node: 'i', role: 'initial', addresses: at }, false)
  known.hear({ node: 'x', role: 'initial', addresses: at }, false)
  known.hear({ node: 'nowhere', role: 'initial' }, false)
  expect(known.candidates((node) => node === 'x').map(({ node }) => node)).toEqual(['i', 'g', 't', 'l'])
})

test('each failure doubles the pause, and meeting a node ends it', async () => {
  const { known, clock } = await open()
  known.hear({ node: 'a', addresses: at }, false)
  const tries = () => known.candidates(() => false).length
  const pauses: number[] = []
  for (let i = 0; i < 6; i++) {
    known.failed('a')
    let waitedMs = 0
    while (tries() === 0) {
      clock.advance(100)
      waitedMs += 100
    }
    pauses.push(waitedMs)
  }
  for (let i = 1; i < pauses.length; i++) expect(pauses[i]! / pauses[i - 1]!).toBeCloseTo(2, 0)
  for (let i = 0; i < 40; i++) known.failed('a')
  clock.advance(RETRY_MAX_MS * 10)
  expect(tries()).toBe(1)
  known.failed('a')
  known.hear({ node: 'a' }, true)
  expect(known.candidates(() => false)[0]).toMatchObject({ failures: 0, addresses: at })
})

test('what was known is known after a restart', async () => {
  const { known, store, clock } = await open()
  known.hear({ node: 'a', role: 'trusted', name: 'Watch', addresses: at }, true)
  await known.save()
  expect((await open(store, clock)).known.list()).toEqual([
    expect.objectContaining({ node: 'a', role: 'trusted', name: 'Watch', addresses: at }),
  ])
})
