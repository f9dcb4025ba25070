import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFakeClock } from '../../lib/clock.ts'
import { signingKey } from '../../lib/ed25519.ts'
import { createMemoryNetwork } from '../../link/memory-wire.ts'
import type { Wire } from '../../link/types.ts'
import { createIouStore } from '../../storage/iou.ts'
import { createLedgerStore } from '../../storage/ledger.ts'
import { createTestDatabase, type TestDatabase } from '../../testing/database.ts'
import { hexOf, makeIou, makeRedemption } from '../iou/iou.ts'
import { createIous } from '../iou/ious.ts'
import { createLedger } from '../ledger.ts'
import type { Ledger } from '../types.ts'
import { serveCredits } from './door.ts'

const ann = signingKey()
const ANN = hexOf(ann.publicKey)
const BEN = 'bb'.repeat(32)

let db: TestDatabase
let ledger: Ledger
let anns: Wire
let bens: Wire
const clock = createFakeClock()

beforeAll(async () => {
  db = await createTestDatabase()
  ledger = createLedger({ store: createLedgerStore(db), clock })
  const network = createMemoryNetwork()
  const hub = network.join({ id: 'hub', owner: 'hub', role: 'initial' })
  anns = network.join({ id: 'node-a', owner: ANN, role: 'trusted' })
  bens = network.join({ id: 'node-b', owner: BEN, role: 'trusted' })
  const ious = await createIous({ store: createIouStore(db), ledger, clock, log: { error: () => {} } })
  serveCredits(hub, { ledger, ious })
  await ledger.transfer([{ id: 'g', from: 'academy:grants', to: `owner:${ANN}`, amountMicro: 1_000n, code: 'grant' }])
})
afterAll(() => db?.[Symbol.asyncDispose]())

const submit = async (wire: Wire, ...transfers: object[]) => {
  const { results } = (await wire.request('hub', 'credits', { type: 'SUBMIT', transfers })) as {
    results: { id: string; status: string; reason?: string; logIndex?: number }[]
  }
  return results.map(({ status, reason }) => reason ?? status)
}
const pay = (id: string, from: string, to: string, amountMicro = '10', more: object = {}) => ({
  kind: 'transfer',
  id,
  from,
  to,
  amountMicro,
  code: 'transfer',
  ...more,
})

test('L21 a node moves what its owner has, once, and cannot mint or move what is others’', async () => {
  const gift = pay('p', `owner:${ANN}`, `owner:${BEN}`)
  expect(await submit(anns, gift)).toEqual(['created'])
  expect(await submit(anns, gift)).toEqual(['exists'])
  expect(await ledger.find('by:node-a:p')).toMatchObject({ amountMicro: 10n })
  expect(
    await submit(
      bens,
      pay('m', 'academy:grants', `owner:${BEN}`),
      pay('f', 'academy:fees', `owner:${BEN}`),
      pay('s', `owner:${ANN}`, `owner:${BEN}`),
      pay('o', `owner:${BEN}`, `owner:${ANN}`, '3'),
    ),
  ).toEqual(['not_yours', 'not_yours', 'not_yours', 'created'])
  const minted = { type: 'SUBMIT', transfers: [{ ...pay('m', `owner:${BEN}`, `owner:${ANN}`), code: 'reward' }] }
  await expect(bens.request('hub', 'credits', minted)).rejects.toMatchObject({ code: 'E_MALFORMED' })
  expect((await ledger.supply()).mintedMicro).toBe(1_000n)
})

test('L21 a chain with something that is not the node’s falls as a whole; its neighbours stand', async () => {
  expect(
    await submit(
      bens,
      pay('c0', `owner:${BEN}`, 'node:node-b', '1'),
      pay('c1', `owner:${BEN}`, 'node:node-b', '1', { linked: true }),
      pay('c2', 'academy:grants', `owner:${BEN}`, '1', { linked: true }),
      pay('c3', `owner:${BEN}`, 'node:node-b', '1'),
      pay('c4', 'node:node-b', `owner:${BEN}`, '1'),
    ),
  ).toEqual(['created', 'not_yours', 'not_yours', 'not_yours', 'created'])
})

test('L21 what is set aside is posted by its payer and let go by its payee, and by nobody else', async () => {
  const hold = { ...pay('h', `owner:${ANN}`, `owner:${BEN}`, '100'), kind: 'pending', timeoutMs: 1_000, code: 'job' }
  expect(await submit(anns, hold, { ...hold, id: 'i' })).toEqual(['created', 'created'])
  const end = (kind: string, id: string, of: string, more: object = {}) => ({
    kind,
    id,
    pendingId: `by:node-a:${of}`,
    ...more,
  })
  expect(await submit(bens, end('post', 'x', 'h'))).toEqual(['not_yours'])
  expect(await submit(anns, end('void', 'x', 'h'))).toEqual(['not_yours'])
  expect(await submit(anns, end('post', 'x', 'h', { amountMicro: '40' }))).toEqual(['created'])
  expect(await submit(bens, end('void', 'y', 'i'))).toEqual(['created'])
  expect(await anns.request('hub', 'credits', { type: 'BALANCE' })).toMatchObject({
    accounts: [
      { account: 'node:node-a', balanceMicro: '0' },
      { account: `owner:${ANN}`, balanceMicro: '953', availableMicro: '953' },
    ],
  })
})

test('L24 a promise can be carried by any node', async () => {
  const ben = signingKey()
  const iou = makeIou(
    {
      creditor: hexOf(ben.publicKey),
      limitMicro: 50n,
      nonce: 'nonce-01',
      issuedAtMs: clock.now(),
      expiresAtMs: clock.now() + 1_000,
    },
    ann,
  )
  const handed = makeRedemption(iou, 50n, ben)
  for (let n = 0; n < 2; n++)
    expect(await bens.request('hub', 'credits', { type: 'REDEEM', ...handed })).toMatchObject({ state: 'redeemed' })
  expect(await ledger.balance(`owner:${hexOf(ben.publicKey)}`)).toBe(50n)
  expect((await ledger.audit()).problems).toEqual([])
})
