import { describe, expect, test } from 'vitest'
import { createBooks } from './testing/books.ts'
import type { LedgerInput, TransferResult } from './types.ts'

const ANN = 'player:ann'
const BEN = 'player:ben'

const grant = (to: string, amountMicro: bigint, id = `grant-${to}`): LedgerInput => ({
  id,
  from: 'academy:grants',
  to,
  amountMicro,
  code: 'grant',
})
const hold = (id: string, amountMicro: bigint, timeoutMs = 100): LedgerInput => ({
  kind: 'pending',
  id,
  from: ANN,
  to: BEN,
  amountMicro,
  code: 'job',
  timeoutMs,
})
const saidOf = (results: readonly TransferResult[]) =>
  results.map((result) => (result.status === 'refused' ? result.reason : result.status))

function withAnn(amountMicro: bigint) {
  const books = createBooks()
  books.post([grant(ANN, amountMicro)])
  const said = (inputs: readonly LedgerInput[], nowMs = 0) => saidOf(books.post(inputs, nowMs))
  const figures = (id: string) => {
    const { debitsPendingMicro, debitsPostedMicro, creditsPendingMicro, creditsPostedMicro } = books.accounts.get(id)!
    return [debitsPendingMicro, debitsPostedMicro, creditsPendingMicro, creditsPostedMicro].map(Number)
  }
  return { books, said, figures }
}

describe('what is set aside', () => {
  test('L13 L14 can be spent by nobody, and goes where it was meant for when it is posted', () => {
    const { books, said, figures } = withAnn(10n)
    expect(said([hold('h', 7n)])).toEqual(['created'])
    expect([figures(ANN), figures(BEN)]).toEqual([
      [7, 0, 0, 10],
      [0, 0, 7, 0],
    ])
    expect(said([{ id: 'p', from: ANN, to: BEN, amountMicro: 4n, code: 'transfer' }])).toEqual(['insufficient_funds'])
    expect(said([{ id: 'p', from: BEN, to: ANN, amountMicro: 1n, code: 'transfer' }])).toEqual(['insufficient_funds'])
    expect(said([{ kind: 'post', id: 'e', pendingId: 'h' }])).toEqual(['created'])
    expect([figures(ANN), figures(BEN)]).toEqual([
      [0, 7, 0, 10],
      [0, 0, 0, 7],
    ])
    expect(books.problems()).toEqual([])
  })

  test('L14 is posted in part: the rest goes back', () => {
    const { said, figures } = withAnn(10n)
    const post: LedgerInput = { kind: 'post', id: 'e', pendingId: 'h', amountMicro: 2n }
    expect(said([hold('h', 7n), { ...post, id: 'more', amountMicro: 8n }, post])).toEqual([
      'created',
      'exceeds_pending_amount',
      'created',
    ])
    expect([figures(ANN), figures(BEN)]).toEqual([
      [0, 2, 0, 10],
      [0, 0, 0, 2],
    ])
  })

  test('L14 ends once, however it ends, and says how it ended', () => {
    const { said } = withAnn(30n)
    said([hold('a', 5n), hold('b', 5n), hold('c', 5n, 10)])
    const post = (id: string, pendingId: string): LedgerInput => ({ kind: 'post', id, pendingId })
    const back = (id: string, pendingId: string): LedgerInput => ({ kind: 'void', id, pendingId })
    expect(said([post('1', 'a'), post('1', 'a'), post('2', 'a'), back('3', 'a')])).toEqual([
      'created',
      'exists',
      'pending_already_posted',
      'pending_already_posted',
    ])
    expect(said([back('4', 'b'), back('4', 'b'), post('5', 'b')])).toEqual([
      'created',
      'exists',
      'pending_already_voided',
    ])
    expect(said([post('6', 'c'), back('7', 'c')], 10)).toEqual(['pending_expired', 'pending_expired'])
    expect(said([post('8', 'nothing'), post('9', '1'), back('9', 'grant-player:ann')])).toEqual([
      'pending_not_found',
      'not_pending',
      'not_pending',
    ])
  })

  test('L15 goes back by an entry of its own in the first commit from its time on', () => {
    const { books, said, figures } = withAnn(10n)
    said([hold('h', 7n, 100)])
    said([], 99)
    expect(books.transfers.size).toBe(2)
    said([], 100)
    expect(books.transfers.get('expire:h')).toEqual({
      kind: 'expire',
      id: 'expire:h',
      index: 2,
      atMs: 100,
      from: ANN,
      to: BEN,
      amountMicro: 7n,
      code: 'job',
      pendingId: 'h',
    })
    expect(figures(ANN)).toEqual([0, 0, 0, 10])
    expect(books.problems()).toEqual([])
  })

  test('L15 the time of an entry is never before that of an earlier one, whatever the clock says', () => {
    const { books, said } = withAnn(10n)
    said([hold('h', 1n, 50)], 1_000)
    said([hold('i', 1n, 50)], 10)
    expect(books.transfers.get('i')).toMatchObject({ atMs: 1_000, expiresAtMs: 1_050 })
  })

  test.each([0, -1, 1.5, Number.NaN, 30 * 86_400_000 + 1])('L15 %d ms is no time-out', (timeoutMs) => {
    expect(withAnn(10n).said([hold('h', 1n, timeoutMs)])).toEqual(['bad_timeout'])
  })

  test('L15 ids that an expiry might need are not to be had', () => {
    const { said } = withAnn(10n)
    expect(said([hold('expire:x', 1n), hold('y'.repeat(122), 1n), hold('y'.repeat(121), 1n)])).toEqual([
      'bad_id',
      'bad_id',
      'created',
    ])
  })
})

describe('a chain', () => {
  const pay = (id: string, amountMicro: bigint, linked = true): LedgerInput => ({
    id,
    from: ANN,
    to: BEN,
    amountMicro,
    code: 'transfer',
    linked,
  })

  test('L16 is posted whole, and whole again when it is sent again', () => {
    const { books, said } = withAnn(10n)
    const chain = [pay('a', 4n), pay('b', 6n, false)]
    expect(said(chain)).toEqual(['created', 'created'])
    expect(said(chain)).toEqual(['exists', 'exists'])
    expect(books.balance(BEN)).toBe(10n)
  })

  test('L16 leaves nothing behind when one of it is refused; its neighbours are not touched', () => {
    const { books, said } = withAnn(10n)
    expect(said([pay('x', 1n, false), pay('a', 4n), pay('b', 6n), pay('c', 1n, false), pay('y', 1n, false)])).toEqual(
      ['created', 'linked_failed', 'insufficient_funds', 'linked_failed', 'created'],
    )
    expect([...books.transfers.keys()]).toEqual(['grant-player:ann', 'x', 'y'])
    expect(books.problems()).toEqual([])
  })

  test('L16 that shares an id with what stands is another chain', () => {
    const { said } = withAnn(10n)
    said([pay('a', 1n, false)])
    expect(said([pay('a', 1n), pay('b', 1n, false)])).toEqual(['exists', 'linked_failed'])
  })

  test('L16 with an open end is refused', () => {
    expect(withAnn(10n).said([pay('a', 1n), pay('b', 1n)])).toEqual(['linked_failed', 'linked_open'])
  })

  test('L16 moves an escrow from one worker to another, or not at all', () => {
    const { books, said } = withAnn(10n)
    said([hold('old', 10n)])
    const next: LedgerInput = { ...hold('new', 10n), to: 'owner:cc' } as LedgerInput
    expect(said([{ kind: 'void', id: 'v', pendingId: 'old', linked: true }, next])).toEqual(['created', 'created'])
    expect(books.problems()).toEqual([])
  })
})

describe('a frozen account', () => {
  test('L17 neither gives nor takes until it is let on; what it has pending goes back', () => {
    const { books, said } = withAnn(10n)
    said([hold('a', 2n), hold('b', 2n), hold('c', 2n, 10)])
    expect(said([{ kind: 'freeze', id: 'f', account: BEN }])).toEqual(['created'])
    const pay: LedgerInput = { id: 'p', from: ANN, to: BEN, amountMicro: 1n, code: 'transfer' }
    expect(said([pay, hold('d', 1n), { kind: 'post', id: 'e', pendingId: 'a' }])).toEqual([
      'account_frozen',
      'account_frozen',
      'account_frozen',
    ])
    expect(said([{ kind: 'void', id: 'v', pendingId: 'a' }], 10)).toEqual(['created'])
    expect(books.transfers.has('expire:c')).toBe(true)
    expect(
      said([{ kind: 'thaw', id: 't', account: BEN }, { kind: 'post', id: 'e', pendingId: 'b' }, pay], 20),
    ).toEqual(['created', 'created', 'created'])
    expect(books.problems()).toEqual([])
  })
})

describe('issuing', () => {
  test('L18 to one account, and to all together, has a limit for each day', () => {
    const books = createBooks({ accountDayMicro: 10n, dayMicro: 15n })
    const said = (inputs: readonly LedgerInput[], nowMs = 0) => saidOf(books.post(inputs, nowMs))
    expect(said([grant(ANN, 6n, '1'), grant(ANN, 5n, '2'), grant(ANN, 4n, '3')])).toEqual([
      'created',
      'mint_limit',
      'created',
    ])
    expect(said([grant(BEN, 6n, '4'), grant(BEN, 5n, '5')])).toEqual(['mint_limit', 'created'])
    expect(said([grant(ANN, 10n, '2')], 86_399_999)).toEqual(['mint_limit'])
    expect(said([grant(ANN, 10n, '2')], 86_400_000)).toEqual(['created'])
    expect(books.problems()).toEqual([])
  })

  test('L18 counts what is promised, so that it can be posted on any day', () => {
    const books = createBooks({ accountDayMicro: 10n, dayMicro: 10n })
    const promise = { ...hold('h', 10n, 3 * 86_400_000), from: 'academy:grants' } as LedgerInput
    expect(saidOf(books.post([promise, grant(BEN, 1n)]))).toEqual(['created', 'mint_limit'])
    expect(saidOf(books.post([grant(BEN, 10n), { kind: 'post', id: 'p', pendingId: 'h' }], 86_400_000))).toEqual([
      'created',
      'created',
    ])
  })

  test('L20 what is burnt is gone, and what the market gathered is spent only as far as it goes', () => {
    const { books, said } = withAnn(10n)
    const pay = (id: string, from: string, to: string): LedgerInput => ({
      id,
      from,
      to,
      amountMicro: 4n,
      code: 'burn',
    })
    expect(said([pay('a', ANN, 'academy:burnt'), pay('b', 'academy:burnt', ANN)])).toEqual([
      'created',
      'insufficient_funds',
    ])
    expect(
      said([pay('c', ANN, 'academy:fees'), pay('d', 'academy:fees', BEN), pay('e', 'academy:fees', BEN)]),
    ).toEqual(['created', 'created', 'insufficient_funds'])
    expect(books.problems()).toEqual([])
  })
})
