import { describe, expect, test } from 'vitest'
import { encodeEntry, type LedgerEntry } from '../ledger-entry.ts'
import { toBase64 } from './bytes.ts'
import { parseCheckpoint } from './checkpoint.ts'
import { provesFork } from './evidence.ts'
import { entryAt, signedHead, testLog, testSigner, testWitness, treeOf } from './fixtures.ts'
import { hashLeaf, hashRange } from './merkle.ts'
import { formatKey } from './note.ts'
import type { Policy } from './policy.ts'
import { proveConsistency, proveInclusion } from './proofs.ts'
import { makeReceipt, memoOf, parseReceipt, type ReceiptFile, verifyReceipt } from './receipt.ts'

const leaves = Array.from({ length: 40 }, (_, index) => encodeEntry(entryAt(index)))
const tree = treeOf(leaves)
const witnesses = [1, 2, 3].map(testWitness)
const policy: Policy = {
  log: formatKey(testLog.key),
  witnesses: witnesses.map(({ key }, i) => ({ key: formatKey(key), owner: `owner${i}` })),
  quorum: 2,
}

async function receipt(index = 7, size = 40, seen = witnesses.slice(0, 2), signer = testLog): Promise<ReceiptFile> {
  const root = await hashRange(tree, [0, size])
  return makeReceipt({
    entry: leaves[index]!,
    index,
    proof: await proveInclusion(tree, index, size),
    checkpoint: signedHead({ size, root }, signer, seen),
    policy,
  })
}

describe('a receipt', () => {
  test('M6 holds when entry, proof, signature and witnesses do; its file reads back', async () => {
    const made = await receipt()
    const read = parseReceipt(JSON.stringify({ ...made, more: 1 }))
    expect(read).toEqual(made)
    expect(verifyReceipt(read, policy)).toMatchObject({ ok: true, entry: entryAt(7), isLogKnown: true })
    expect(verifyReceipt(read)).toMatchObject({ ok: true, isLogKnown: false, seenBy: [{ owner: 'owner0' }, {}] })
  })

  test('M18 shows the memo that its entry is bound to, or none, and no other', async () => {
    const salted: LedgerEntry = { ...entryAt(0), memo: 'for the lesson', memoSalt: new Uint8Array(16).fill(3) }
    const leaf = encodeEntry(salted)
    const root = await hashRange(treeOf([leaf]), [0, 1])
    const checkpoint = signedHead({ size: 1, root }, testLog, witnesses.slice(0, 2))
    const memo = memoOf(salted)!
    const made = makeReceipt({ entry: leaf, index: 0, proof: [], checkpoint, policy, memo })
    expect(parseReceipt(JSON.stringify(made))).toEqual(made)
    expect(verifyReceipt(made, policy)).toMatchObject({ ok: true, entry: { memo: 'for the lesson' } })
    const { memo: _, ...closed } = made
    const verdict = verifyReceipt(closed, policy)
    expect(verdict.ok && verdict.entry.memo).toBeUndefined()
    expect(verdict.ok).toBe(true)
    for (const other of [
      { ...made.memo!, text: 'for another' },
      { ...made.memo!, salt: toBase64(new Uint8Array(16)) },
      { ...made.memo!, salt: '?' },
    ])
      expect(verifyReceipt({ ...made, memo: other }, policy)).toEqual({ ok: false, reason: 'other_memo' })
    // An entry with its memo in the open takes none beside it.
    expect(verifyReceipt({ ...(await receipt()), memo: made.memo! }, policy)).toMatchObject({ reason: 'other_memo' })
    expect(parseReceipt(JSON.stringify({ ...made, memo: 'text' }))).toBeUndefined()
  })

  test('M6 says why it does not hold', async () => {
    const made = await receipt()
    const reason = (change: Partial<ReceiptFile>, known: Policy = policy) => {
      const verdict = verifyReceipt({ ...made, ...change }, known)
      return verdict.ok ? 'ok' : verdict.reason
    }
    expect(verifyReceipt(undefined)).toEqual({ ok: false, reason: 'not_a_receipt' })
    expect(reason({ entry: toBase64(leaves[8]!) })).toBe('bad_entry')
    expect(reason({ index: 8 })).toBe('bad_entry')
    expect(reason({ entry: toBase64(encodeEntry({ ...entryAt(7), amountMicro: 6_000_000n })) })).toBe('not_included')
    expect(reason({ proof: made.proof.slice(1) })).toBe('not_included')
    expect(reason({ proof: ['?', ...made.proof.slice(1)] })).toBe('not_included')
    expect(reason({ checkpoint: 'no note' })).toBe('bad_checkpoint')
    expect(reason({ checkpoint: made.checkpoint.replace('\n40\n', '\n41\n') })).toBe('bad_signature')
    expect(reason({}, { ...policy, log: formatKey(testSigner('other', 1, 5).key) })).toBe('other_log')
    const impostor = await receipt(7, 40, witnesses, testSigner(testLog.key.name, 1, 77))
    expect(reason({ checkpoint: impostor.checkpoint })).toBe('bad_signature')
    expect(reason({ checkpoint: (await receipt(7, 40, witnesses.slice(0, 1))).checkpoint })).toBe('too_few_witnesses')
  })

  test('M6 two nodes of one owner are one witness', async () => {
    const sameOwner = { ...policy, witnesses: policy.witnesses.map(({ key }) => ({ key, owner: 'one' })) }
    expect(verifyReceipt(await receipt(), sameOwner)).toEqual({
      ok: false,
      reason: 'too_few_witnesses',
      have: 1,
      need: 2,
    })
  })

  test('M6 what is not of the form is no receipt', async () => {
    const made = await receipt()
    for (const wrong of [
      'null',
      '[]',
      '{',
      JSON.stringify({ ...made, format: 'academy-receipt/2' }),
      JSON.stringify({ ...made, index: -1 }),
      JSON.stringify({ ...made, proof: [1] }),
      JSON.stringify({ ...made, policy: { ...policy, witnesses: [{}] } }),
      JSON.stringify({ ...made, policy: null }),
    ])
      expect(parseReceipt(wrong)).toBeUndefined()
  })
})

describe('evidence of a fork', () => {
  const other = treeOf(leaves.map((leaf, i) => (i === 3 ? encodeEntry({ ...entryAt(3), id: 'other' }) : leaf)))
  const note = async (which: typeof tree, size: number) =>
    signedHead({ size, root: await hashRange(which, [0, size]) })

  test('M14 two roots of one size show it, and nothing less does', async () => {
    const [a, b] = [await note(tree, 20), await note(other, 20)]
    expect(provesFork({ a, b }, testLog.key)).toBe(true)
    expect(provesFork({ a, b: a }, testLog.key)).toBe(false)
    expect(provesFork({ a, b }, testSigner(testLog.key.name, 1, 9).key)).toBe(false)
    const foreign = signedHead(parseCheckpoint(b)!, testSigner(testLog.key.name, 1, 9))
    expect(provesFork({ a, b: foreign }, testLog.key)).toBe(false)
  })

  test('M14 of different sizes, the root that the greater tree had at the size of the lesser one shows it', async () => {
    const [a, b] = [await note(tree, 20), await note(other, 33)]
    const root = toBase64(await hashRange(other, [0, 20]))
    const proof = (await proveConsistency(other, 20, 33)).map(toBase64)
    expect(provesFork({ a, b, root, proof }, testLog.key)).toBe(true)
    expect(provesFork({ a, b }, testLog.key)).toBe(false)
    expect(provesFork({ a, b, root: toBase64(hashLeaf(leaves[0]!)), proof }, testLog.key)).toBe(false)
    // Two heads of one history prove nothing.
    const honest = await note(other, 20)
    expect(provesFork({ a: honest, b, root, proof }, testLog.key)).toBe(false)
  })
})
