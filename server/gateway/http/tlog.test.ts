import { describe, expect, test } from 'vitest'
import { auditLog } from '../../ledger/log/auditor.ts'
import { openTestLog, testWitnessNode } from '../../ledger/log/fixtures.ts'
import { httpSource } from '../../ledger/log/http-source.ts'
import { logSigner } from '../../ledger/log/identity.ts'
import { answerAddCheckpoint, formatAddCheckpoint, httpWitness } from '../../ledger/log/witness-http.ts'
import type { Ledger } from '../../ledger/types.ts'
import { fromBase64 } from '../../protocol/tlog/bytes.ts'
import { parseCheckpoint } from '../../protocol/tlog/checkpoint.ts'
import { verifyConsistency, verifyInclusion } from '../../protocol/tlog/proofs.ts'
import { parseReceipt, verifyReceipt } from '../../protocol/tlog/receipt.ts'
import { startGateway } from '../fixtures.ts'

const hashes = (all: readonly string[]) => all.map((one) => fromBase64(one)!)

/** A gateway over a log of so many entries, each a reward of player_0001. */
async function startLog(stack: AsyncDisposableStack, count: number) {
  const opened = await openTestLog(stack)
  opened.ledger.commit(count, { to: 'player:player_0001' })
  await opened.log.settle()
  const find = async (id: string) => opened.ledger.entries.find((entry) => entry.id === id)
  const { witness } = testWitnessNode(1, opened.signer)
  const node = stack.use(
    await startGateway({
      tlog: opened.log,
      ledger: { find } as Ledger,
      witness: { addCheckpoint: (body) => answerAddCheckpoint(witness, body) },
    }),
  )
  return { ...opened, node, witness, get: (path: string, init?: RequestInit) => fetch(`${node.url}${path}`, init) }
}

describe('the log over HTTP', () => {
  test('M8 tiles, bundles and the checkpoint are served as tlog-tiles says, and nothing beyond', async () => {
    await using stack = new AsyncDisposableStack()
    const { get, log, node } = await startLog(stack, 300)
    const checkpoint = await get('/tlog/checkpoint')
    expect(checkpoint.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await checkpoint.text()).toBe(log.checkpoint())
    const tile = await get('/tlog/tile/0/000')
    expect(tile.headers.get('content-type')).toBe('application/octet-stream')
    expect(tile.headers.get('cache-control')).toMatch(/immutable/)
    expect(new Uint8Array(await tile.arrayBuffer())).toEqual(await log.tile(0, 0, 256))
    const bundle = await get('/tlog/tile/entries/001.p/44')
    expect(new Uint8Array(await bundle.arrayBuffer())).toEqual(await log.bundle(1, 44))
    for (const path of [
      '0/001',
      '0/001.p/45',
      '0/1',
      '64/000',
      '00/000',
      'entries/x000/000',
      '0/000.p/0',
      '2/000.p/1',
    ])
      expect((await get(`/tlog/tile/${path}`)).status).toBe(404)
    expect(await auditLog(httpSource(`${node.url}/tlog`), log.policy())).toMatchObject({ ok: true, entries: 300 })
  })

  test('M2 M6 proofs, consistency and receipts hold against the checkpoint; a receipt is for who it concerns', async () => {
    await using stack = new AsyncDisposableStack()
    const { get, log, ledger, node } = await startLog(stack, 10)
    const old = parseCheckpoint(log.checkpoint()!)!
    ledger.commit(20)
    await log.settle()
    const head = parseCheckpoint(log.checkpoint()!)!
    const shown = (await (await get('/api/v1/ledger/checkpoint')).json()) as { note: string; state: string }
    expect(shown).toMatchObject({ state: 'running', size: 30, signedSize: 30, evidence: 0, note: log.checkpoint() })
    const proof = (await (await get('/api/v1/ledger/proof/7')).json()) as { leafHash: string; hashes: string[] }
    const inclusion = {
      index: 7,
      size: 30,
      leaf: fromBase64(proof.leafHash)!,
      proof: hashes(proof.hashes),
      root: head.root,
    }
    expect(verifyInclusion(inclusion)).toBe(true)
    const between = (await (await get('/api/v1/ledger/consistency?from=10&to=30')).json()) as { hashes: string[] }
    const claim = { oldSize: 10, oldRoot: old.root, newSize: 30, newRoot: head.root, proof: hashes(between.hashes) }
    expect(verifyConsistency(claim)).toBe(true)
    for (const [path, status] of [
      ['/api/v1/ledger/proof/30', 404],
      ['/api/v1/ledger/proof/-1', 400],
      ['/api/v1/ledger/consistency?from=20&to=10', 404],
      ['/api/v1/ledger/consistency?from=1', 400],
      ['/api/v1/ledger/receipt/t7', 401],
    ] as const)
      expect((await get(path)).status).toBe(status)
    const [one, two] = [node.accounts.addPerson('Ada'), node.accounts.addPerson('Bo')]
    const ask = (token: string, id: string) =>
      get(`/api/v1/ledger/receipt/${id}`, { headers: { authorization: `Bearer ${token}` } })
    const mine = await ask(one.token, 't7')
    expect(mine.headers.get('content-disposition')).toBe('attachment; filename="receipt-7.json"')
    expect(verifyReceipt(parseReceipt(await mine.text()), log.policy())).toMatchObject({ ok: true })
    expect((await ask(two.token, 't7')).status).toBe(404)
    expect((await ask(one.token, 'nothing')).status).toBe(404)
  })

  test('M9 a witness is asked by the C2SP protocol, whatever media type the client names', async () => {
    await using stack = new AsyncDisposableStack()
    const { get, log, node, witness } = await startLog(stack, 10)
    const signer = logSigner('elsewhere.example/tlog', new Uint8Array(32).fill(3))
    const stranger = await openTestLog(stack, { signer, count: 2 })
    const post = (body: string, type = '') =>
      get('/witness/add-checkpoint', { method: 'POST', body, headers: { 'content-type': type } })
    const note = log.checkpoint()!
    const link = httpWitness(`${node.url}/witness`, testWitnessNode(1, signer).link.key, 'owner')
    expect(await link.add(0, [], note, AbortSignal.timeout(20_000))).toMatchObject({ kind: 'cosigned' })
    expect(await witness.latest(parseCheckpoint(note)!.origin)).toBe(note)
    const again = await post(formatAddCheckpoint({ oldSize: 3, proof: [], note }), 'application/octet-stream')
    expect([again.status, again.headers.get('content-type'), await again.text()]).toEqual([
      409,
      'text/x.tlog.size',
      '10\n',
    ])
    const unknown = formatAddCheckpoint({ oldSize: 0, proof: [], note: stranger.log.checkpoint()! })
    expect((await post(unknown, 'application/json')).status).toBe(404)
    expect((await post('nonsense')).status).toBe(400)
    expect((await post('x'.repeat(40_000))).status).toBe(413)
  })
})
