import { expect, test } from 'vitest'
import { hexOf, makeIou, makeRedemption } from '../../ledger/iou/iou.ts'
import { createIous } from '../../ledger/iou/ious.ts'
import { createLedger } from '../../ledger/ledger.ts'
import { createTrust } from '../../ledger/trust/trust.ts'
import { createFakeClock } from '../../lib/clock.ts'
import { signingKey } from '../../lib/ed25519.ts'
import type { Signed } from '../../lib/signed.ts'
import type { LedgerAccount, Supply, TrustAnswer } from '../../protocol/api.ts'
import { createIouStore } from '../../storage/iou.ts'
import { createLedgerStore } from '../../storage/ledger.ts'
import { createTrustStore } from '../../storage/trust.ts'
import { createTestDatabase } from '../../testing/database.ts'
import { startGateway } from '../fixtures.ts'

async function startNode() {
  const stack = new AsyncDisposableStack()
  const db = stack.use(await createTestDatabase())
  const clock = createFakeClock()
  const ledger = createLedger({ store: createLedgerStore(db), clock })
  const ious = stack.use(await createIous({ store: createIouStore(db), ledger, clock, log: { error: () => {} } }))
  const trust = createTrust({ store: createTrustStore(db), owed: ious.owed, clock })
  const node = stack.use(await startGateway({ ledger, credit: { trust, ious } }))
  const call = async (path: string, token?: string, body?: object) => {
    const response = await fetch(`${node.url}/api/v1${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      body: body && JSON.stringify(body),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: text.startsWith('{') && JSON.parse(text),
    }
  }
  return { node, ledger, clock, trust, call, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

test('L20 a statement in pages and as CSV, for its owner and the staff alone; where credits come from for everybody', async () => {
  await using home = await startNode()
  const { ledger, call } = home
  const ada = home.node.accounts.addPerson('Ada')
  const bob = home.node.accounts.addPerson('Bob')
  const admin = home.node.accounts.addPerson('Root', ['admin'])
  const adas = `player:${ada.person.id}`
  await ledger.transfer([
    ...[1, 2, 3, 4, 5].map((n) => ({
      id: `reward-${n}`,
      from: 'academy:rewards',
      to: adas,
      amountMicro: 2_000_000n,
      code: 'reward' as const,
      memo: n === 5 ? '=HYPERLINK("x"), "и ещё"' : 'first-lamp',
    })),
    {
      kind: 'pending',
      id: 'job',
      from: adas,
      to: 'owner:aa',
      amountMicro: 3_000_000n,
      code: 'job',
      timeoutMs: 60_000,
    },
  ])

  const first = (await call('/ledger/accounts/me?limit=4', ada.token)).json as LedgerAccount
  expect(first).toMatchObject({
    balanceMicro: '10000000',
    availableMicro: '7000000',
    setAsideMicro: '3000000',
    comingMicro: '0',
    frozen: false,
    next: 2,
  })
  expect(first.statement.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
    'job pending',
    'reward-5 transfer',
    'reward-4 transfer',
    'reward-3 transfer',
  ])
  const second = (await call(`/ledger/accounts/me?limit=4&before=${first.next}`, ada.token)).json as LedgerAccount
  expect(second.statement.map(({ id }) => id)).toEqual(['reward-2', 'reward-1'])
  expect(second.next).toBeUndefined()

  const csv = await call('/ledger/accounts/me/statement.csv', ada.token)
  expect(csv.headers.get('content-type')).toMatch('text/csv')
  expect(csv.headers.get('content-disposition')).toBe('attachment; filename="statement.csv"')
  const lines = csv.text.split('\r\n')
  expect(lines[0]).toBe('index,at,kind,code,id,from,to,amount_micro,change_micro,pending_id,memo')
  expect(lines[1]).toMatch(/^5,.*,pending,job,job,player:.*,owner:aa,3000000,0,,$/)
  expect(lines[2]).toMatch(/,2000000,2000000,,"'=HYPERLINK\(""x""\), ""и ещё"""$/)
  expect(lines).toHaveLength(8)

  for (const path of [`/ledger/accounts/${adas}`, `/ledger/accounts/${adas}/statement.csv`]) {
    expect((await call(path, bob.token)).status).toBe(403)
    expect((await call(path)).status).toBe(401)
    expect((await call(path, admin.token)).status).toBe(200)
  }

  const supply = (await call('/ledger/supply')).json as Supply
  expect(supply).toMatchObject({
    entries: 6,
    totals: [{ code: 'reward', way: 'minted', entries: 5, amountMicro: '10000000' }],
    outstandingMicro: '10000000',
    heldMicro: '10000000',
    pendingMicro: '3000000',
    mintedTodayMicro: '10000000',
  })
})

test('L17 an admin freezes an account and lets it on; nobody else does', async () => {
  await using home = await startNode()
  const { ledger, call } = home
  const ada = home.node.accounts.addPerson('Ada')
  const bob = home.node.accounts.addPerson('Bob')
  const admin = home.node.accounts.addPerson('Root', ['admin'])
  const adas = `player:${ada.person.id}`
  await ledger.transfer([{ id: 'g', from: 'academy:grants', to: adas, amountMicro: 9n, code: 'grant' }])
  const freeze = (token: string, frozen: boolean) =>
    call(`/ledger/accounts/${adas}/freeze`, token, { id: `f-${frozen}`, frozen, reason: 'stolen' })
  const pay = () => call('/ledger/transfers', ada.token, { id: 'p', to: bob.person.id, amountMicro: '4' })
  expect((await freeze(ada.token, true)).status).toBe(403)
  expect((await freeze(admin.token, true)).status).toBe(201)
  expect(await pay()).toMatchObject({ status: 409, json: { code: 'account_frozen' } })
  expect((await freeze(admin.token, false)).status).toBe(201)
  expect((await pay()).status).toBe(201)
})

test('L24 L26 a promise is handed in by whoever carries it; trust is told with its reasons', async () => {
  await using home = await startNode()
  const { ledger, call, clock, trust } = home
  const { token } = home.node.accounts.addPerson('Ada')
  const debtor = signingKey()
  const creditor = signingKey()
  const [owes, gets] = [hexOf(debtor.publicKey), hexOf(creditor.publicKey)]
  const iou = makeIou(
    { creditor: gets, limitMicro: 50n, nonce: 'nonce-01', issuedAtMs: clock.now(), expiresAtMs: clock.now() + 1_000 },
    debtor,
  )
  const text = ({ body, key, sig }: Signed) => ({
    body: Buffer.from(body).toString('base64url'),
    key: Buffer.from(key).toString('base64url'),
    sig: Buffer.from(sig).toString('base64url'),
  })
  const handed = makeRedemption(iou, 40n, creditor)
  const redeem = () => call('/ledger/ious', token, { iou: text(handed.iou), redemption: text(handed.redemption) })
  expect(await redeem()).toMatchObject({ status: 409, json: { code: 'iou_defaulted' } })
  expect((await call(`/trust/${owes}`, token)).json).toMatchObject({
    credit: { owedMicro: '40', availableMicro: '0' },
  })
  await ledger.transfer([{ id: 'g', from: 'academy:grants', to: `owner:${owes}`, amountMicro: 40n, code: 'grant' }])
  await expect
    .poll(async () => (await redeem()).json, { timeout: 20_000 })
    .toMatchObject({ state: 'repaid', amountMicro: '40' })
  expect(
    await call('/ledger/ious', token, {
      iou: text(handed.iou),
      redemption: text(makeRedemption(iou, 40n, debtor).redemption),
    }),
  ).toMatchObject({ status: 422, json: { code: 'iou_refused', params: { reason: 'not_for_you' } } })

  await trust.record({
    id: 'o',
    owner: owes,
    counterparty: gets,
    kind: 'sum',
    result: 'right',
    valueMicro: 1_000_000n,
    feeMicro: 50_000n,
    evidence: 'job:1',
    atMs: clock.now(),
  })
  const told = (await call(`/trust/${owes}`, token)).json as TrustAnswer
  expect(told.figures).toMatchObject([{ kind: 'sum', right: { count: 1, countedMicro: '1000000' } }])
  expect(told.credit).toEqual({
    limitMicro: '25000',
    owedMicro: '0',
    availableMicro: '25000',
    towards: [{ creditor: gets, limitMicro: '25000' }],
  })
  expect(told.outcomes).toMatchObject([{ id: 'o', evidence: 'job:1', creditMicro: '50000' }])
  expect((await call('/trust/nobody', token)).status).toBe(400)
})
