import { expect, test } from 'vitest'
import type { Trust } from '../../ledger/trust/types.ts'
import type { Ledger, Transfer } from '../../ledger/types.ts'
import { createStage } from '../../testing/stage.ts'

const pending = (me: string): Transfer => ({
  kind: 'pending',
  id: 'h',
  index: 12,
  atMs: 0,
  from: me,
  to: 'owner:aa',
  amountMicro: 3_000_000n,
  code: 'job',
  memo: 'render',
  expiresAtMs: 60_000,
})

test('ledger tells what is set aside, and how to see older entries', async () => {
  const entries = Array.from({ length: 10 }, (_, n) => ({ ...pending('player:player_mira'), index: 30 - n }))
  const asked: unknown[] = []
  const ledger = {
    balance: async () => 10_000_000n,
    account: async () => ({ debitsPendingMicro: 3_000_000n, frozen: true }),
    statement: async (_: string, options: object) => {
      asked.push(options)
      return entries
    },
  } as unknown as Ledger
  const mira = await createStage({ ledger }).open('Mira')
  const said = (await mira.type('ledger 31')).split('\n')
  expect(said.slice(0, 5)).toEqual([
    'You have 10 cr.',
    '3 cr. of it are set aside; 7 cr. can be spent.',
    'Your account is frozen: nothing goes out or comes in. Ask those who keep this island.',
    'Last entries, newest first:',
    '  ·3 cr., compute: set aside: render',
  ])
  expect(said.at(-1)).toBe('Older ones: ledger 21')
  expect(asked).toEqual([{ limit: 10, before: 31 }])
})

test('ledger csv lists the statement to copy: own ids as they were chosen, older ones on demand, and no formula', async () => {
  const me = 'player:player_mira'
  const paid = (index: number): Transfer => ({
    kind: 'transfer',
    id: `by:player_mira:gift-${index}`,
    index,
    atMs: 0,
    from: me,
    to: 'player:player_lis',
    amountMicro: 1_500_000n,
    code: 'transfer',
    memo: '=1+1, "now"',
  })
  const asked: unknown[] = []
  const ledger = {
    statement: async (_: string, options: { before?: number }) => {
      asked.push(options)
      const count = options.before === undefined ? 100 : 2
      return Array.from({ length: count }, (_, n) => paid((options.before ?? 200) - n - 1))
    },
  } as unknown as Ledger
  const stage = createStage({ ledger })
  const mira = await stage.open('Mira')
  const first = (await mira.type('ledger csv')).split('\n')
  expect(first.slice(0, 2)).toEqual([
    'index,at,kind,code,id,from,to,amount_micro,change_micro,pending_id,memo',
    `199,1970-01-01T00:00:00.000Z,transfer,transfer,gift-199,${me},player:player_lis,1500000,-1500000,,"'=1+1, ""now"""`,
  ])
  expect([first.length, first.at(-1)]).toEqual([102, 'Older ones: ledger csv 100'])
  expect((await mira.type('ledger csv 100')).split('\n')).toHaveLength(3)
  expect(asked).toEqual([{ limit: 100 }, { limit: 100, before: 100 }])
  const lis = await stage.open('Лис', 'ru')
  expect(await lis.type('кредиты таблица')).toMatch(/^index,.*\nРаньше: книга таблица 100$/s)
})

test('L20 supply tells where credits came from, and that it agrees', async () => {
  const ledger = {
    supply: async () => ({
      totals: [
        { code: 'reward', way: 'minted', entries: 3, amountMicro: 15_000_000n },
        { code: 'fee', way: 'moved', entries: 1, amountMicro: 250_000n },
      ],
      outstandingMicro: 15_000_000n,
      heldMicro: 15_000_000n,
      pendingMicro: 0n,
      mintedTodayMicro: 5_000_000n,
      limits: { accountDayMicro: 200_000_000n, dayMicro: 1_000_000_000_000n },
    }),
  } as unknown as Ledger
  const mira = await createStage({ ledger }).open('Mira')
  const said = await mira.type('supply')
  expect(said).toContain('15 cr. are in people’s hands')
  expect(said).toContain('it agrees')
  expect(said).toContain('  15 cr. issued: reward, 3 entries')
  expect(said).toContain('  0.25 cr. from hand to hand: fee, 1 entry')
})

test('L26 standing tells the figure, the credit and the reasons', async () => {
  const sum = (count: number, countedMicro: bigint) => ({ count, countedMicro, creditMicro: 0n })
  const trust = {
    why: async (owner: string) => ({
      owner,
      atMs: 0,
      figures: [
        { kind: 'render', scorePermille: 285, right: sum(2, 8_000_000n), wrong: sum(0, 0n), late: sum(1, 1n) },
      ],
      credit: { limitMicro: 200_000n, owedMicro: 100_000n, availableMicro: 0n, towards: [] },
      outcomes: [
        {
          id: 'o',
          owner,
          counterparty: 'bb',
          kind: 'render',
          result: 'right',
          valueMicro: 4_000_000n,
          feeMicro: 0n,
          countedMicro: 4_000_000n,
          creditMicro: 0n,
          evidence: 'job:7',
          atMs: 0,
        },
      ],
    }),
  } as unknown as Trust
  const mira = await createStage({ trust }).open('Mira')
  expect(await mira.type(`standing ${'ab'.repeat(32)}`)).toBe(
    [
      'abababab…, by kind of work:',
      '  render: 285 of 1000; 2 right, 0 wrong, 1 late; right work worth 8 cr. today',
      'Credit: 0.2 cr., stopped until 0.1 cr. are repaid',
      'Why, newest first:',
      '  render, right: worth 4 cr., 4 cr. count (job:7)',
    ].join('\n'),
  )
  expect(await mira.type('standing me')).toMatch(/Whose\?/)
})
