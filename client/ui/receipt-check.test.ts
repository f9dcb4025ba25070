import { describe, expect, test } from 'vitest'
import { encodeEntry } from '../../server/protocol/ledger-entry.ts'
import { toBase64 } from '../../server/protocol/tlog/bytes.ts'
import { signedHead, testLog, testSigner, treeOf } from '../../server/protocol/tlog/fixtures.ts'
import { hashRange } from '../../server/protocol/tlog/merkle.ts'
import { formatKey } from '../../server/protocol/tlog/note.ts'
import { proveConsistency, proveInclusion } from '../../server/protocol/tlog/proofs.ts'
import { makeReceipt, type ReceiptFile } from '../../server/protocol/tlog/receipt.ts'
import { createKeep } from '../net/storage.ts'
import { checkReceipt } from './receipt-check.ts'

const leafOf = (index: number, to: string) =>
  encodeEntry({
    index,
    kind: 'transfer',
    atMs: 1_700_000_000_000,
    id: `t${index}`,
    from: 'academy:rewards',
    to,
    amountMicro: 5_000_000n,
    code: 'reward',
  })
const history = (to: string) => Array.from({ length: 20 }, (_, index) => leafOf(index, to))
const mine = history('player:one')
const rewritten = history('player:two')
const origin = testLog.key.name

async function receipt(leaves: readonly Uint8Array[], size: number, signer = testLog): Promise<ReceiptFile> {
  const tree = treeOf(leaves)
  return makeReceipt({
    entry: leaves[2]!,
    index: 2,
    proof: await proveInclusion(tree, 2, size),
    checkpoint: signedHead({ size, root: await hashRange(tree, [0, size]) }, signer),
    policy: { log: formatKey(signer.key), witnesses: [], quorum: 0 },
  })
}

/** A node that keeps this history. */
const nodeOf = (leaves: readonly Uint8Array[]) => ({
  async get<T>(path: string): Promise<T> {
    if (path.endsWith('/checkpoint')) return { origin } as T
    const query = new URL(path, 'http://x').searchParams
    const hashes = await proveConsistency(treeOf(leaves), Number(query.get('from')), Number(query.get('to')))
    return { hashes: hashes.map(toBase64) } as T
  },
})
const emptyKeep = () =>
  createKeep(() => {
    throw new Error('nothing is kept here')
  })

describe('a receipt in the page', () => {
  test('M16 is held against what the browser saw of the log before', async () => {
    const parts = { api: nodeOf(mine), keep: emptyKeep() }
    expect(await checkReceipt(await receipt(mine, 5), parts)).toMatchObject({
      ok: true,
      isFirst: true,
      standing: { kind: 'firstHead' },
    })
    expect(await checkReceipt(await receipt(mine, 12), parts)).toMatchObject({
      standing: { kind: 'consistent', from: 5 },
    })
    expect(await checkReceipt(await receipt(mine, 12), parts)).toMatchObject({
      isFirst: false,
      standing: { kind: 'same' },
    })
    expect(await checkReceipt(await receipt(mine, 7), parts)).toMatchObject({ standing: { kind: 'older' } })
    expect(await checkReceipt(await receipt(mine, 20), parts)).toMatchObject({
      standing: { kind: 'consistent', from: 12 },
    })
  })

  test('M16 a rewritten log is found out, though each of its receipts holds by itself', async () => {
    for (const size of [12, 15]) {
      const keep = emptyKeep()
      await checkReceipt(await receipt(mine, 12), { api: nodeOf(mine), keep })
      expect(await checkReceipt(await receipt(rewritten, size), { api: nodeOf(rewritten), keep })).toMatchObject({
        ok: false,
        reason: 'not_consistent',
      })
      // Nothing of it is believed afterwards.
      expect(await checkReceipt(await receipt(mine, 15), { api: nodeOf(mine), keep })).toMatchObject({ ok: true })
    }
  })

  test('M16 another key under the same name is another log, and a node that cannot be asked is said', async () => {
    const keep = emptyKeep()
    const parts = { api: nodeOf(mine), keep }
    await checkReceipt(await receipt(mine, 12), parts)
    const impostor = testSigner(origin, 1, 66)
    expect(await checkReceipt(await receipt(mine, 15, impostor), parts)).toMatchObject({
      ok: false,
      reason: 'other_log',
    })
    const mute = { get: () => Promise.reject(new Error('offline')) }
    expect(await checkReceipt(await receipt(mine, 15), { api: mute, keep })).toMatchObject({
      ok: true,
      standing: { kind: 'unasked' },
    })
    expect(await checkReceipt(undefined, parts)).toMatchObject({ ok: false, reason: 'not_a_receipt' })
  })
})
