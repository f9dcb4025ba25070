import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { opened } from './book.ts'
import { createBooks } from './testing/books.ts'
import type { TransferInput } from './types.ts'

const grant = (id: string, to: string, amountMicro: bigint): TransferInput => ({
  id,
  from: 'academy:grants',
  to,
  amountMicro,
  code: 'grant',
})
const pay = (id: string, from: string, to: string, amountMicro: bigint): TransferInput => ({
  id,
  from,
  to,
  amountMicro,
  code: 'transfer',
})
const ANN = 'player:ann'
const BEN = 'player:ben'

describe('posting', () => {
  test('L2 L6 a player cannot spend what is not there, and can when it is', () => {
    const books = createBooks()
    const wanted = pay('p1', ANN, BEN, 5n)
    expect(books.post([wanted])).toEqual([{ status: 'refused', reason: 'insufficient_funds' }])
    expect(books.accounts.size).toBe(0)
    expect(books.post([grant('g1', ANN, 5n), wanted])).toMatchObject([{ status: 'created' }, { status: 'created' }])
    expect([books.balance(ANN), books.balance(BEN), books.balance('academy:grants')]).toEqual([0n, 5n, -5n])
  })

  test('L4 the same transfer twice in a batch and again later moves once', () => {
    const books = createBooks()
    const [first, second] = books.post([grant('g', ANN, 7n), grant('g', ANN, 7n)], 1)
    const [third] = books.post([grant('g', ANN, 7n)], 2)
    expect([first?.status, second?.status, third?.status]).toEqual(['created', 'exists', 'exists'])
    expect(third).toMatchObject({ transfer: { index: 0, atMs: 1 } })
    expect(books.balance(ANN)).toBe(7n)
  })

  test('L5 an id stands for one transfer: any other field makes it another', () => {
    const books = createBooks()
    const base = grant('g', ANN, 7n)
    books.post([base])
    const others: TransferInput[] = [
      { ...base, amountMicro: 8n },
      { ...base, to: BEN },
      { ...base, from: 'academy:rewards' },
      { ...base, code: 'reward' },
      { ...base, memo: '' },
    ]
    for (const other of others) {
      expect(books.post([other])).toEqual([{ status: 'refused', reason: 'id_taken_by_other_transfer' }])
    }
    expect(books.balance(ANN)).toBe(7n)
  })

  test.each([
    ['bad_amount', { amountMicro: 0n }],
    ['bad_amount', { amountMicro: -1n }],
    ['bad_amount', { amountMicro: 10n ** 15n + 1n }],
    ['same_account', { to: 'academy:grants' }],
    ['unknown_account', { to: 'ann' }],
    ['unknown_account', { to: 'player:' }],
    ['unknown_account', { to: 'player:a\0' }],
    ['unknown_account', { from: 'bank:all' }],
    ['unknown_account', { to: `player:${'x'.repeat(200)}` }],
    ['bad_id', { id: '' }],
    ['bad_id', { id: 'x'.repeat(129) }],
    ['bad_id', { id: 'a b' }],
    ['bad_memo', { memo: 'x'.repeat(201) }],
    ['bad_memo', { memo: '\0' }],
    ['bad_memo', { memo: '\ud800' }],
  ] as const)('L10 L11 %s: %o is refused and its neighbours are not', (reason, flawed) => {
    const books = createBooks()
    const results = books.post([grant('a', ANN, 1n), { ...grant('b', ANN, 1n), ...flawed }, grant('c', ANN, 1n)])
    expect(results).toMatchObject([{ status: 'created' }, { status: 'refused', reason }, { status: 'created' }])
    expect(books.balance(ANN)).toBe(2n)
  })

  test('L11 a balance never grows past what can be stored', () => {
    const books = createBooks()
    books.accounts.set(ANN, { ...opened(ANN), creditsPostedMicro: 9n * 10n ** 18n })
    expect(books.post([grant('g', ANN, 1n)])).toEqual([{ status: 'refused', reason: 'bad_amount' }])
  })

  test('L1 L2 L4 L7 L8 whatever is posted and repeated, a model counting by itself agrees', () => {
    const account = fc.constantFrom('academy:grants', 'academy:rewards', ANN, BEN, 'agent:a', 'shop:s', 'nobody')
    const input = fc.record({
      id: fc.integer({ min: 0, max: 30 }).map((n) => `t${n}`),
      from: account,
      to: account,
      amountMicro: fc.bigInt({ min: -1n, max: 20n }),
      code: fc.constantFrom('grant', 'transfer') as fc.Arbitrary<'grant' | 'transfer'>,
    })
    fc.assert(
      fc.property(fc.array(fc.array(input, { maxLength: 12 }), { maxLength: 12 }), (batches) => {
        const books = createBooks()
        const model = new Map<string, number>()
        const seen = new Map<string, string>()
        for (const batch of batches) {
          const results = books.post(batch)
          expect(results).toHaveLength(batch.length)
          for (const [i, one] of batch.entries()) expect(results[i]!.status).toBe(expected(one, model, seen))
        }
        for (const [id, amount] of model) expect(books.balance(id)).toBe(BigInt(amount))
        expect(books.problems()).toEqual([])
      }),
    )
  })
})

/** The same rules once more, in the plainest way. */
function expected(one: TransferInput, model: Map<string, number>, seen: Map<string, string>): string {
  const { id, from, to, code } = one
  const amount = Number(one.amountMicro)
  if (from === 'nobody' || to === 'nobody' || from === to || amount <= 0) return 'refused'
  const print = [from, to, amount, code].join()
  if (seen.has(id)) return seen.get(id) === print ? 'exists' : 'refused'
  if (!from.startsWith('academy:') && (model.get(from) ?? 0) < amount) return 'refused'
  model.set(from, (model.get(from) ?? 0) - amount)
  model.set(to, (model.get(to) ?? 0) + amount)
  seen.set(id, print)
  return 'created'
}
