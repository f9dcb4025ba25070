import { describe, expect, test, vi } from 'vitest'
import { encodeEntry } from '../../protocol/ledger-entry.ts'
import { parseCheckpoint, signedBy } from '../../protocol/tlog/checkpoint.ts'
import { provesFork } from '../../protocol/tlog/evidence.ts'
import { treeOf } from '../../protocol/tlog/fixtures.ts'
import { hashLeaf, hashRange } from '../../protocol/tlog/merkle.ts'
import { formatNote } from '../../protocol/tlog/note.ts'
import { verifyConsistency, verifyInclusion } from '../../protocol/tlog/proofs.ts'
import { verifyReceipt } from '../../protocol/tlog/receipt.ts'
import { decodeBundle, widthIn } from '../../protocol/tlog/tiles.ts'
import {
  linkTo,
  memoryLedger,
  memoryLogStore,
  openTestLog,
  type TestLog,
  testGuard,
  testWitnessNode,
} from './fixtures.ts'
import { logSigner } from './identity.ts'
import { createLog } from './log.ts'

const head = (log: { checkpoint(): string | undefined }) => parseCheckpoint(log.checkpoint()!)!
const soon = { timeout: 20_000 }

/** Backed up at ten entries, five more signed, and the guard put back to what it was: what a restored host starts from. */
async function outgrown({ log, ledger, store, parts, guard }: TestLog) {
  await log.settle()
  const old = memoryLedger(ledger.entries.slice(0, 10))
  const backup = { ...parts, store: store.copy(), source: old.source }
  const oldGuard = formatNote((await guard.read())!.note)
  const putGuardBack = () => guard.write(oldGuard)
  ledger.commit(5)
  await log.settle()
  await putGuardBack()
  return { backup, putGuardBack }
}

describe('the log', () => {
  test('M7 makes a leaf of each entry in order and signs the head of what it has stored', async () => {
    await using stack = new AsyncDisposableStack()
    const { log, ledger, signer } = await openTestLog(stack, { count: 3 })
    expect(head(log).size).toBe(3)
    expect(signedBy(head(log), signer.key)).toBe(true)
    ledger.commit(600)
    await vi.waitFor(() => expect(head(log).size).toBe(603), soon)
    const leaves = ledger.entries.map(encodeEntry)
    expect(head(log).root).toEqual(await hashRange(treeOf(leaves), [0, 603]))
    for (const index of [0, 255, 256, 602]) {
      const proof = (await log.prove(index))!
      expect(proof.leaf).toEqual(hashLeaf(leaves[index]!))
      expect(verifyInclusion({ ...proof, proof: proof.hashes, root: head(log).root })).toBe(true)
    }
    expect(await log.prove(603)).toBeUndefined()
    const bundle = (await log.bundle(2, 91))!
    expect(decodeBundle(bundle, 91)).toEqual(leaves.slice(512))
  })

  test('M8 serves only what the published head covers, and partial tiles of each size', async () => {
    await using stack = new AsyncDisposableStack()
    const { log } = await openTestLog(stack, { count: 300 })
    expect((await log.tile(0, 0, 256))!.length).toBe(8192)
    expect((await log.tile(0, 1, 44))!.length).toBe(44 * 32)
    expect((await log.tile(0, 1, 7))!.length).toBe(7 * 32)
    expect((await log.tile(1, 0, 1))!.length).toBe(32)
    expect(widthIn(0, 1, 300)).toBe(44)
    expect(await log.tile(0, 1, 45)).toBeUndefined()
    expect(await log.tile(1, 0, 2)).toBeUndefined()
    expect(await log.tile(5, 0, 1)).toBeUndefined()
    expect(await log.bundle(1, 45)).toBeUndefined()
  })

  test('M7 an empty log has a head too, and every head leads to the next', async () => {
    await using stack = new AsyncDisposableStack()
    const { log, ledger } = await openTestLog(stack)
    let before = head(log)
    expect(before.size).toBe(0)
    for (const more of [1, 2, 253, 1, 300]) {
      ledger.commit(more)
      const size = ledger.entries.length
      await vi.waitFor(() => expect(head(log).size).toBe(size), soon)
      const proof = (await log.proveConsistency(before.size, size))!
      const claim = { oldSize: before.size, oldRoot: before.root, newSize: size, newRoot: head(log).root, proof }
      expect(verifyConsistency(claim)).toBe(true)
      before = head(log)
    }
  })
})

describe('witnesses', () => {
  test('M10 two of three owners make a head a witnessed one; a receipt carries them', async () => {
    await using stack = new AsyncDisposableStack()
    const signer = logSigner('log.example/tlog', new Uint8Array(32).fill(7))
    const nodes = [1, 2, 3].map((n) => testWitnessNode(n, signer))
    const down = { ...nodes[2]!.link, add: () => Promise.reject(new Error('out of reach')) }
    const links = [nodes[0]!.link, nodes[1]!.link, down]
    const { log, ledger } = await openTestLog(stack, { signer, witnesses: () => links, count: 5 })
    const receipt = (await log.receipt(4))!
    expect(verifyReceipt(receipt, log.policy())).toMatchObject({ ok: true, seenBy: [{}, {}] })
    expect(log.policy().quorum).toBe(2)
    ledger.commit(2)
    expect(verifyReceipt((await log.receipt(6))!, log.policy())).toMatchObject({ ok: true })
    expect(await nodes[0]!.witness.latest(signer.key.name)).toBeDefined()
  })

  test('M10 with too few witnesses nothing is published as witnessed', async () => {
    await using stack = new AsyncDisposableStack()
    const signer = logSigner('log.example/tlog', new Uint8Array(32).fill(8))
    const links = [1, 2].map((n) => testWitnessNode(n, signer).link)
    const mute = links.map((link) => ({ ...link, add: () => Promise.reject(new Error('out of reach')) }))
    const { log } = await openTestLog(stack, { signer, witnesses: () => mute, count: 5 })
    await log.settle()
    expect(log.checkpoint()).toBeUndefined()
    expect(log.status()).toMatchObject({ signedSize: 5, cosignedSize: 0 })
  })

  test('M10 witnesses that come after the signature are asked for it too', async () => {
    await using stack = new AsyncDisposableStack()
    const signer = logSigner('log.example/tlog', new Uint8Array(32).fill(14))
    const links = [1, 2].map((n) => testWitnessNode(n, signer).link)
    let known: typeof links = []
    const { log } = await openTestLog(stack, { signer, witnesses: () => known, count: 5 })
    expect(head(log).size).toBe(5)
    known = links
    expect(log.checkpoint()).toBeUndefined()
    await vi.waitFor(() => expect(log.status().cosignedSize).toBe(5), soon)
  })

  test('M10 a head that one witness cosigned while there was no other is not shown as a witnessed one later, until two have', async () => {
    await using stack = new AsyncDisposableStack()
    const signer = logSigner('log.example/tlog', new Uint8Array(32).fill(17))
    const links = [1, 2].map((n) => testWitnessNode(n, signer).link)
    let known = links.slice(0, 1)
    let nowMs = 0
    const clock = { now: () => nowMs }
    const { log } = await openTestLog(stack, { signer, clock, witnesses: () => known, count: 5 })
    await vi.waitFor(() => expect(log.status().cosignedSize).toBe(5), soon)
    expect(verifyReceipt((await log.receipt(4))!)).toMatchObject({ ok: true, policy: { quorum: 0 } })
    known = links
    expect([log.policy().quorum, log.checkpoint()]).toEqual([2, undefined])
    nowMs += 60_000
    await vi.waitFor(() => expect(log.checkpoint()).toBeDefined(), soon)
    expect(verifyReceipt((await log.receipt(4))!)).toMatchObject({ ok: true, seenBy: [{}, {}] })
  })

  test('M11 a witness that was away is caught up from the size it says', async () => {
    await using stack = new AsyncDisposableStack()
    const signer = logSigner('log.example/tlog', new Uint8Array(32).fill(9))
    const nodes = [1, 2].map((n) => testWitnessNode(n, signer))
    const one = await openTestLog(stack, { signer, witnesses: () => nodes.map(({ link }) => link), count: 5 })
    await one.log.settle()
    // A second process of the log knows nothing of what they have seen.
    one.ledger.commit(300)
    const guard = await testGuard(signer, (end) => stack.defer(end))
    const other = stack.use(await createLog({ ...one.parts, guard }))
    await other.settle()
    expect(other.status().cosignedSize).toBe(305)
  })
})

describe('a log that would fork', () => {
  test('M12 restored from an old backup it knows by its guard that it signed more, and stops', async () => {
    await using stack = new AsyncDisposableStack()
    const { log, ledger, store, parts } = await openTestLog(stack, { count: 10 })
    const backup = store.copy()
    const old = memoryLedger(ledger.entries.slice(0, 10))
    ledger.commit(5)
    await log.settle()
    const stops: string[] = []
    const restored = stack.use(await createLog({ ...parts, store: backup, source: old.source }))
    restored.onStop(({ code }) => stops.push(code))
    expect(restored.mayPost()).toMatchObject({ ok: false, code: 'log_rolled_back' })
    expect(restored.mayPost()).toMatchObject({ message: expect.stringMatching(/15 entries.*holds 10.*new-log/s) })
    expect(stops).toEqual(['log_rolled_back'])
    expect(restored.status()).toMatchObject({ state: 'stopped', signedSize: 10 })
  })

  test('M12 and by what its witnesses have seen, when the guard was put back too', async () => {
    await using stack = new AsyncDisposableStack()
    const signer = logSigner('log.example/tlog', new Uint8Array(32).fill(10))
    const nodes = [1, 2].map((n) => testWitnessNode(n, signer))
    const witnesses = () => nodes.map(({ link }) => link)
    const { backup } = await outgrown(await openTestLog(stack, { signer, witnesses, count: 10 }))
    const restored = stack.use(await createLog(backup))
    expect(restored.mayPost()).toMatchObject({ ok: false, code: 'log_rolled_back' })
  })

  test('M12 a witness that comes later tells it too, before a second history is cosigned', async () => {
    await using stack = new AsyncDisposableStack()
    const signer = logSigner('log.example/tlog', new Uint8Array(32).fill(11))
    const nodes = [1, 2].map((n) => testWitnessNode(n, signer))
    const links = nodes.map(({ link }) => link)
    const first = await openTestLog(stack, { signer, witnesses: () => links, count: 10 })
    await first.log.settle()
    let known: typeof links = []
    const again = await openTestLog(stack, { signer, witnesses: () => known, count: 3 })
    expect(again.log.mayPost().ok).toBe(true)
    known = links
    again.ledger.commit(1)
    await vi.waitFor(() => expect(again.log.mayPost()).toMatchObject({ code: 'log_rolled_back' }), soon)
  })

  test('M12 a witness behind a URL, which shows no notes, is asked how much it has seen', async () => {
    await using stack = new AsyncDisposableStack()
    const signer = logSigner('log.example/tlog', new Uint8Array(32).fill(15))
    const { key, owner, add } = testWitnessNode(1, signer).link
    const witnesses = () => [{ key, owner, add }]
    const opened = await openTestLog(stack, { signer, witnesses, count: 10 })
    const { backup, putGuardBack } = await outgrown(opened)
    const again = stack.use(await createLog(opened.parts))
    expect(again.mayPost()).toEqual({ ok: true })
    await putGuardBack()
    const restored = stack.use(await createLog(backup))
    expect(restored.mayPost()).toMatchObject({
      code: 'log_rolled_back',
      message: expect.stringMatching(/w1\.example\/?\S* has cosigned 15 .*holds 10.*ACADEMY_LOG_WITNESSES/s),
    })
  })

  test('M12 one that could not be reached then stops it when it answers', async () => {
    await using stack = new AsyncDisposableStack()
    const signer = logSigner('log.example/tlog', new Uint8Array(32).fill(16))
    const { key, owner, add } = testWitnessNode(1, signer).link
    const first = await openTestLog(stack, { signer, witnesses: () => [{ key, owner, add }], count: 10 })
    await first.log.settle()
    let isAway = true
    const late: typeof add = (...asked) => (isAway ? Promise.reject(new Error('away')) : add(...asked))
    const again = await openTestLog(stack, { signer, witnesses: () => [{ key, owner, add: late }], count: 3 })
    expect(again.log.mayPost()).toEqual({ ok: true })
    isAway = false
    again.ledger.commit(1)
    await vi.waitFor(() => expect(again.log.mayPost()).toMatchObject({ code: 'log_rolled_back' }), soon)
  })

  test('M12 without its guard, or over other entries, it does not go on either', async () => {
    await using stack = new AsyncDisposableStack()
    const { log, parts } = await openTestLog(stack, { count: 10 })
    await log.settle()
    const gone = { read: async () => undefined, write: async () => {} }
    const blind = stack.use(await createLog({ ...parts, guard: gone }))
    expect(blind.mayPost()).toMatchObject({ code: 'log_guard_missing' })
    const others = memoryLedger()
    others.commit(12, { to: 'player:two' })
    const changed = stack.use(await createLog({ ...parts, store: memoryLogStore(), source: others.source }))
    expect(changed.mayPost()).toMatchObject({ code: 'log_diverged' })
  })

  test('M13 two heads that cannot both be true become evidence, and the log stops for good', async () => {
    await using stack = new AsyncDisposableStack()
    const signer = logSigner('log.example/tlog', new Uint8Array(32).fill(12))
    const mine = await openTestLog(stack, { signer, count: 10 })
    const theirs = await openTestLog(stack, { signer })
    theirs.ledger.commit(7, { to: 'player:two' })
    await theirs.log.settle()
    await mine.log.see(theirs.log.checkpoint()!)
    expect(mine.log.mayPost()).toMatchObject({ ok: false, code: 'log_forked' })
    const [found] = await mine.log.evidence()
    expect(provesFork(found!.evidence, signer.key)).toBe(true)
    const after = stack.use(await createLog(mine.parts))
    expect(after.mayPost()).toMatchObject({ code: 'log_forked' })
    const before = head(mine.log).size
    mine.ledger.commit(5)
    await after.settle()
    expect(head(after).size).toBe(before)
    // The other one hears of it, and stops as well.
    expect(await theirs.log.accuse({ ...found!.evidence, b: 'no note' })).toBe(false)
    expect(theirs.log.mayPost().ok).toBe(true)
    expect(await theirs.log.accuse(found!.evidence)).toBe(true)
    expect(theirs.log.mayPost()).toMatchObject({ code: 'log_forked' })
  })

  test('M13 a note of somebody else, or of its own past, changes nothing', async () => {
    await using stack = new AsyncDisposableStack()
    const { log, ledger } = await openTestLog(stack, { count: 10 })
    const past = log.checkpoint()!
    ledger.commit(5)
    await log.settle()
    const stranger = await openTestLog(stack, { count: 99 })
    for (const note of [past, stranger.log.checkpoint()!, 'no note']) await log.see(note)
    expect(log.mayPost()).toEqual({ ok: true })
  })
})

test('M11 a witness that lies about its size stops nothing', async () => {
  await using stack = new AsyncDisposableStack()
  const signer = logSigner('log.example/tlog', new Uint8Array(32).fill(13))
  const { witness, link } = testWitnessNode(1, signer)
  const liar = linkTo({ ...witness, add: async () => ({ kind: 'conflict', size: 999 }) }, link.key, 'liar')
  const { log } = await openTestLog(stack, { signer, witnesses: () => [liar], count: 5 })
  await log.settle()
  expect(log.mayPost()).toEqual({ ok: true })
  expect(head(log).size).toBe(5)
})
