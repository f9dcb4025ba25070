/** Random inputs for the ledger, few enough of each thing that they meet. */
import fc from 'fast-check'
import type { LedgerInput } from '../types.ts'

const account = fc.constantFrom('academy:grants', 'player:a', 'player:b', 'shop:s')
const id = fc.integer({ min: 0, max: 40 }).map((n) => `t${n}`)
const amountMicro = fc.bigInt(0n, 12n)
const linked = fc.constantFrom(true, false, false)

const movement = { id, from: account, to: account, amountMicro, code: fc.constant('transfer' as const), linked }
const input: fc.Arbitrary<LedgerInput> = fc.oneof(
  { weight: 4, arbitrary: fc.record(movement) },
  {
    weight: 4,
    arbitrary: fc.record({
      ...movement,
      kind: fc.constant('pending' as const),
      timeoutMs: fc.constantFrom(1, 5, 20),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record(
      { id, kind: fc.constant('post' as const), pendingId: id, amountMicro: fc.bigInt(1n, 12n), linked },
      { requiredKeys: ['id', 'kind', 'pendingId'] },
    ),
  },
  { weight: 2, arbitrary: fc.record({ id, kind: fc.constant('void' as const), pendingId: id, linked }) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.record({ id, kind: fc.constant('freeze' as const), account: fc.constantFrom('player:b', 'shop:s'), linked }),
      fc.record({ id, kind: fc.constant('thaw' as const), account: fc.constantFrom('player:b', 'shop:s'), linked }),
    ),
  },
)

export type Step = {
  readonly batch: readonly LedgerInput[]
  readonly passMs: number
  /** What happens to the process: nothing, the commit is cut off before it stood, or after, with the answer lost. */
  readonly cut: 'none' | 'before' | 'after'
}

export const plan = (steps: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.record({
      batch: fc.array(input, { minLength: 1, maxLength: 8 }),
      passMs: fc.constantFrom(0, 0, 1, 4, 25),
      cut: fc.constantFrom('none' as const, 'none' as const, 'before' as const, 'after' as const),
    }),
    { minLength: 1, maxLength: steps },
  )
