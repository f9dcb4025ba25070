/** The transparency log: leaves per second into the database, checking a proof, and from a payment to its witnessed receipt. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLedger } from '../../ledger/ledger.ts'
import { createGuard } from '../../ledger/log/guard.ts'
import { loadIdentity, logDirOf, witnessSigner } from '../../ledger/log/identity.ts'
import { createLog } from '../../ledger/log/log.ts'
import { createTail } from '../../ledger/log/tail.ts'
import { meetWitness, serveWitness } from '../../ledger/log/wire.ts'
import { createWitness } from '../../ledger/log/witness.ts'
import type { WitnessLink } from '../../ledger/log/witness-link.ts'
import { systemClock } from '../../lib/clock.ts'
import { createMemoryNetwork } from '../../link/memory-wire.ts'
import { encodeEntry, type LedgerEntry } from '../../protocol/ledger-entry.ts'
import { parseCheckpoint } from '../../protocol/tlog/checkpoint.ts'
import { verifyInclusion } from '../../protocol/tlog/proofs.ts'
import { verifyReceipt } from '../../protocol/tlog/receipt.ts'
import { createLedgerStore } from '../../storage/ledger.ts'
import { createEvidenceStore, createLogStore, createWitnessStore } from '../../storage/tlog.ts'
import { createTestDatabase, postgresReachable } from '../database.ts'
import { type Figures, median, quantile } from './figures.ts'

const quiet = { info() {}, warn() {}, error() {} }
const now = () => performance.now()

const entryAt = (index: number): LedgerEntry => ({
  index,
  kind: 'transfer',
  atMs: 1_700_000_000_000 + index,
  id: `by:player_01m7wdhcqmebz98t5c278nsh12:transfer-${index}`,
  from: `player:player_01m7wdhcqmebz98t5c278n${index % 997}`,
  to: `player:player_01m7wdhcqmebz98t5c279n${index % 991}`,
  amountMicro: 2_500_000n,
  code: 'transfer',
  memo: 'for the lamp on the quay',
})

export async function measureLog({
  short,
  note,
}: {
  short: boolean
  note: (line: string) => void
}): Promise<Figures> {
  const kind = (await postgresReachable()) ? 'postgres' : 'pglite'
  const figures: Record<string, Figures[string]> = {}
  const count = short ? 20_000 : 100_000
  const encoded = Array.from({ length: count }, (_, index) => encodeEntry(entryAt(index)))
  for (const each of ['pglite', ...(kind === 'postgres' ? (['postgres'] as const) : [])] as const) {
    const rates: number[] = []
    for (let run = 0; run < (short ? 1 : 3); run++) {
      await using db = await createTestDatabase({ kind: each })
      const source = { read: async (from: number, limit: number) => encoded.slice(from, from + limit) }
      const tail = await createTail({ source, store: createLogStore(db) })
      const startedAt = now()
      await tail.catchUp()
      rates.push((count / (now() - startedAt)) * 1000)
    }
    note(`${each}: ${Math.round(Math.max(...rates))} leaves a second`)
    figures[each === kind ? 'logAppendsPerS' : `${each}LogAppendsPerS`] = median(rates, '1/s')
  }
  return { ...figures, ...(await measureReceipts(kind, short ? 5 : 30)) }
}

/** Two of three witnesses over a network in memory, each with a store of its own in the database. */
async function measureReceipts(kind: 'pglite' | 'postgres', rounds: number): Promise<Figures> {
  const dir = await mkdtemp(join(tmpdir(), 'academy-bench-log-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(dir, { recursive: true, force: true }))
  const db = stack.use(await createTestDatabase({ kind }))
  const identity = await loadIdentity(logDirOf(dir))
  const network = createMemoryNetwork()
  const hub = network.join({ id: 'hub' })
  const links: WitnessLink[] = []
  for (const n of [1, 2, 3]) {
    const witness = createWitness({
      signer: witnessSigner(`w${n}`, new Uint8Array(32).fill(n)),
      store: createWitnessStore(n === 1 ? db : stack.use(await createTestDatabase({ kind }))),
      clock: systemClock,
      logKey: () => identity.log.key,
    })
    serveWitness(network.join({ id: `w${n}` }), witness)
    links.push((await meetWitness(hub, `w${n}`, `owner${n}`))!)
  }
  const ledger = createLedger({ store: createLedgerStore(db), clock: systemClock })
  const log = stack.use(
    await createLog({
      source: {
        read: async (from, limit) => (await ledger.entries(from, limit)).map(encodeEntry),
        onCommitted: (listener) => ledger.onCommitted(() => listener()),
      },
      store: createLogStore(db),
      evidence: createEvidenceStore(db),
      guard: createGuard(logDirOf(dir)),
      signer: identity.log,
      clock: systemClock,
      log: quiet,
      witnesses: () => links,
    }),
  )
  // A log of some size, so that a proof has some length.
  for (let n = 0; n < 10; n++)
    await ledger.transfer(
      Array.from({ length: 1_000 }, (_, i) => ({
        id: `before-${n}-${i}`,
        from: 'academy:rewards',
        to: `player:${i}`,
        amountMicro: 1n,
        code: 'reward' as const,
      })),
    )
  await log.receipt(9_999)
  const seconds: number[] = []
  const verifyUs: number[] = []
  const proveUs: number[] = []
  const receiptUs: number[] = []
  for (let n = 0; n < rounds; n++) {
    const startedAt = now()
    const [result] = await ledger.transfer([
      { id: `pay-${n}`, from: 'academy:rewards', to: 'player:one', amountMicro: 1n, code: 'reward' },
    ])
    if (result?.status !== 'created') throw new Error('the payment was refused')
    const receipt = await log.receipt(result.transfer.index)
    seconds.push((now() - startedAt) / 1000)
    const checkedAt = now()
    const verdict = verifyReceipt(receipt, log.policy())
    if (!verdict.ok) throw new Error(`a receipt does not hold: ${verdict.reason}`)
    receiptUs.push((now() - checkedAt) * 1000)
    const provedAt = now()
    const proof = (await log.prove(result.transfer.index))!
    proveUs.push((now() - provedAt) * 1000)
    const { root } = parseCheckpoint(proof.checkpoint)!
    const foldedAt = now()
    const holds = verifyInclusion({ ...proof, proof: proof.hashes, root })
    verifyUs.push((now() - foldedAt) * 1000)
    if (!holds) throw new Error('a proof does not hold')
  }
  return {
    receiptS: quantile(seconds, 95, 's'),
    proofVerifyUs: quantile(verifyUs, 50, 'us'),
    receiptVerifyUs: quantile(receiptUs, 50, 'us'),
    proofMakeUs: quantile(proveUs, 50, 'us'),
  }
}
