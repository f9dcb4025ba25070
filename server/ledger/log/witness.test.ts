import { describe, expect, test } from 'vitest'
import { createMemoryNetwork } from '../../link/memory-wire.ts'
import { toBase64 } from '../../protocol/tlog/bytes.ts'
import { cosignedBy, parseCheckpoint } from '../../protocol/tlog/checkpoint.ts'
import { parseKey, parseSignatureLines } from '../../protocol/tlog/note.ts'
import { verifyReceipt } from '../../protocol/tlog/receipt.ts'
import { decodeBundle, encodeBundle } from '../../protocol/tlog/tiles.ts'
import { memoryWitnessStore, openTestLog, testWitnessNode } from './fixtures.ts'
import { logSigner } from './identity.ts'
import { createMonitor } from './monitor.ts'
import { meetWitness, serveLog, serveWitness } from './wire.ts'
import { answerAddCheckpoint, formatAddCheckpoint, parseAddCheckpoint } from './witness-http.ts'

const signer = logSigner('log.example/tlog', new Uint8Array(32).fill(21))

/** Heads of one log at the sizes given, and proofs between them. */
async function history(stack: AsyncDisposableStack, more: { to?: string } = {}) {
  const { log, ledger } = await openTestLog(stack, { signer })
  return {
    log,
    async at(size: number) {
      ledger.commit(size - ledger.entries.length, more)
      await log.settle()
      return log.checkpoint()!
    },
    proof: async (from: number, to: number) => (await log.proveConsistency(from, to))!,
  }
}

describe('a witness', () => {
  test('M9 cosigns what goes on from what it saw, and stores it first', async () => {
    await using stack = new AsyncDisposableStack()
    const { at, proof } = await history(stack)
    const store = memoryWitnessStore()
    const { witness } = testWitnessNode(1, signer, store)
    const first = await at(5)
    const answer = await witness.add({ oldSize: 0, proof: [], note: first })
    const signature = answer.kind === 'cosigned' ? answer.signature : undefined
    const { note } = parseCheckpoint(first)!
    expect(cosignedBy({ note: { ...note, signatures: [signature!] } }, parseKey(witness.key)!)).toBeDefined()
    expect(await store.head(signer.key.name)).toMatchObject({ size: 5, note: first })
    const second = await at(12)
    expect(await witness.add({ oldSize: 5, proof: await proof(5, 12), note: second })).toMatchObject({
      kind: 'cosigned',
    })
    expect(await witness.add({ oldSize: 12, proof: [], note: second })).toMatchObject({ kind: 'cosigned' })
  })

  test('M9 refuses another past, a wrong proof, an unknown log and a forged signature', async () => {
    await using stack = new AsyncDisposableStack()
    const { at, proof } = await history(stack)
    const other = await history(stack, { to: 'player:two' })
    const { witness } = testWitnessNode(1, signer)
    const [five, twelve] = [await at(5), await at(12)]
    await witness.add({ oldSize: 0, proof: [], note: five })
    expect(await witness.add({ oldSize: 0, proof: [], note: twelve })).toEqual({
      kind: 'conflict',
      size: 5,
      note: five,
    })
    expect(await witness.add({ oldSize: 5, proof: [], note: twelve })).toEqual({ kind: 'bad_proof' })
    expect(await witness.add({ oldSize: 13, proof: [], note: twelve })).toEqual({ kind: 'malformed' })
    const others = await other.at(12)
    expect(await witness.add({ oldSize: 5, proof: await other.proof(5, 12), note: others })).toEqual({
      kind: 'bad_proof',
    })
    await witness.add({ oldSize: 5, proof: await proof(5, 12), note: twelve })
    expect(await witness.add({ oldSize: 12, proof: [], note: others })).toMatchObject({ kind: 'conflict', size: 12 })
    expect(await witness.add({ oldSize: 12, proof: [], note: twelve.replace('\n12\n', '\n13\n') })).toEqual({
      kind: 'bad_signature',
    })
    const stranger = await openTestLog(stack, { count: 1 })
    expect(await witness.add({ oldSize: 0, proof: [], note: stranger.log.checkpoint()! })).toEqual({
      kind: 'unknown_log',
    })
  })

  test('M9 of two heads at once from one size it cosigns one', async () => {
    await using stack = new AsyncDisposableStack()
    const { at, proof } = await history(stack)
    const { witness } = testWitnessNode(1, signer)
    const five = await at(5)
    await witness.add({ oldSize: 0, proof: [], note: five })
    const [nine, twelve] = [await at(9), await at(12)]
    const answers = await Promise.all([
      witness.add({ oldSize: 5, proof: await proof(5, 9), note: nine }),
      witness.add({ oldSize: 5, proof: await proof(5, 12), note: twelve }),
    ])
    expect(answers.map(({ kind }) => kind)).toEqual(['cosigned', 'conflict'])
  })

  test('M9 answers HTTP with the statuses and texts of tlog-witness', async () => {
    await using stack = new AsyncDisposableStack()
    const { at, proof } = await history(stack)
    const { witness } = testWitnessNode(1, signer)
    const [five, twelve] = [await at(5), await at(12)]
    const post = (oldSize: number, hashes: readonly Uint8Array[], note: string) =>
      answerAddCheckpoint(witness, formatAddCheckpoint({ oldSize, proof: hashes, note }))
    const good = await post(0, [], five)
    expect(good.status).toBe(200)
    expect(parseSignatureLines(good.text)).toHaveLength(1)
    expect(await post(0, [], twelve)).toEqual({ status: 409, type: 'text/x.tlog.size', text: '5\n' })
    expect((await post(5, [], twelve)).status).toBe(422)
    expect((await post(13, [], twelve)).status).toBe(400)
    expect((await post(5, await proof(5, 12), twelve.replace('\n12\n', '\n13\n'))).status).toBe(403)
    const stranger = await openTestLog(stack, { count: 1 })
    expect((await post(0, [], stranger.log.checkpoint()!)).status).toBe(404)
    expect((await post(5, await proof(5, 12), twelve)).status).toBe(200)
    expect((await answerAddCheckpoint(witness, undefined)).status).toBe(400)
  })

  test('M9 reads add-checkpoint exactly as it is specified', () => {
    const hash = toBase64(new Uint8Array(32))
    expect(parseAddCheckpoint(`old 3\n${hash}\n\nnote\n`)).toEqual({
      oldSize: 3,
      proof: [new Uint8Array(32)],
      note: 'note\n',
    })
    expect(parseAddCheckpoint('old 0\n\nnote\n')).toEqual({ oldSize: 0, proof: [], note: 'note\n' })
    for (const wrong of [
      'old 03\n\nnote\n',
      'old -1\n\nnote\n',
      'old\n\nnote\n',
      `${hash}\n\nnote\n`,
      'old 1\nAAAA\n\nnote\n',
      `old 1\n${`${hash}\n`.repeat(64)}\nnote\n`,
      'old 1\nnote\n',
    ])
      expect(parseAddCheckpoint(wrong)).toBeUndefined()
  })
})

describe('over the network of nodes', () => {
  test('M10 two of three witnesses over the wire, one of them cut off; what the log publishes is asked for there too', async () => {
    await using stack = new AsyncDisposableStack()
    const network = createMemoryNetwork({ requestTimeoutMs: 500 })
    const hub = network.join({ id: 'hub' })
    for (const n of [1, 2, 3])
      serveWitness(network.join({ id: `n${n}`, role: 'trusted' }), testWitnessNode(n, signer).witness)
    const links = (await Promise.all([1, 2, 3].map((n) => meetWitness(hub, `n${n}`, `owner${n}`)))).map(
      (link) => link!,
    )
    network.cut('hub', 'n3', true)
    const { log } = await openTestLog(stack, { signer, witnesses: () => links, count: 5 })
    expect(verifyReceipt((await log.receipt(4))!, log.policy())).toMatchObject({ ok: true, seenBy: [{}, {}] })
    serveLog(hub, log)
    const asker = network.join({ id: 'asker' })
    expect(await asker.request('hub', 'ledger', { type: 'GET_CHECKPOINT' })).toMatchObject({ note: log.checkpoint() })
    expect(await asker.request('hub', 'ledger', { type: 'GET_TILE', level: 0, index: 0, width: 5 })).toEqual({
      type: 'TILE',
      data: await log.tile(0, 0, 5),
    })
    expect(await asker.request('hub', 'ledger', { type: 'GET_ENTRIES', index: 0, width: 5, from: 3 })).toEqual({
      type: 'ENTRIES',
      data: encodeBundle(decodeBundle((await log.bundle(0, 5))!, 5).slice(3)),
    })
    expect(await asker.request('hub', 'ledger', { type: 'PROVE', index: 3 })).toMatchObject({ type: 'PROOF' })
    await expect(asker.request('hub', 'ledger', { type: 'PROVE', index: 99 })).rejects.toMatchObject({
      code: 'E_NOT_FOUND',
    })
    await expect(asker.request('hub', 'ledger', { type: 'ODD' })).rejects.toMatchObject({ code: 'E_MALFORMED' })
    await expect(asker.request('n1', 'witness', { type: 'ADD_CHECKPOINT' })).rejects.toMatchObject({
      code: 'E_MALFORMED',
    })
  })

  test('M14 a fork that a third node hears of becomes evidence everywhere, and the log stops', async () => {
    await using stack = new AsyncDisposableStack()
    const network = createMemoryNetwork({ requestTimeoutMs: 500 })
    const honest = await openTestLog(stack, { signer, count: 8 })
    const forged = await openTestLog(stack, { signer })
    forged.ledger.commit(6, { to: 'player:two' })
    await forged.log.settle()
    const found: string[] = []
    const hub = network.join({ id: 'hub' })
    serveLog(hub, honest.log)
    stack.use(
      createMonitor({
        wire: hub,
        log: honest.log,
        logKey: () => signer.key,
        onEvidence: () => void found.push('hub'),
      }),
    )
    const third = network.join({ id: 'third' })
    let minutes = 0
    const heard = stack.use(
      createMonitor({
        wire: third,
        logKey: () => signer.key,
        logNode: () => 'hub',
        // Each head is another minute.
        now: () => (minutes += 60_000),
        onEvidence: () => void found.push('third'),
      }),
    )
    await heard.hear(honest.log.checkpoint()!)
    await heard.hear(forged.log.checkpoint()!)
    await heard.idle()
    expect(found).toContain('third')
    await expect
      .poll(() => honest.log.mayPost(), { timeout: 20_000 })
      .toMatchObject({ ok: false, code: 'log_forked' })
    expect(found).toContain('hub')
  })
})
