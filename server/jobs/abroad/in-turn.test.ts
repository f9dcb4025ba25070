import { expect, test } from 'vitest'
import type { Escrow, Hold } from '../types.ts'
import { createAbroadEscrow } from './abroad.ts'
import type { DoorClient, Said } from './door-client.ts'

/** A ledger abroad where the owner has nothing yet, and each request is answered when the test says so. */
function createDoor() {
  const asked: { readonly id: string; answer(said: Said): void; fail(error: Error): void }[] = []
  const door: DoorClient = {
    nameOf: (id) => `by:n:${id}`,
    submit: ([input]) =>
      new Promise((resolve, reject) => {
        asked.push({ id: input!.id, answer: (said) => resolve([said]), fail: reject })
      }),
    pending: async () => ({}),
  }
  const here: Escrow = { nameOf: (id) => id, hold: async () => 'held', settle: async () => 'settled' }
  const escrow = createAbroadEscrow({ here, door, node: 'node:n', owner: 'owner:o' })
  return { asked, escrow, ids: () => asked.map(({ id }) => id) }
}
const hold = (id: string, amountMicro: bigint): Hold => ({
  id,
  from: 'player:ann',
  to: 'node:worker',
  amountMicro,
  timeoutMs: 60_000,
  memo: 'x',
})
const EMPTY: Said = { status: 'refused', reason: 'insufficient_funds' }
const DONE: Said = { status: 'created' }
const settled = () => new Promise(setImmediate)

test('J81 what was moved to the owner for one hold is held before the next one is asked for', async () => {
  const { asked, escrow, ids } = createDoor()
  const both = Promise.all([escrow.hold(hold('a', 10n)), escrow.hold(hold('b', 4n))])
  for (const said of [EMPTY, DONE, DONE, EMPTY, EMPTY]) {
    const before = asked.length
    await settled()
    expect(asked.length).toBe(before + 1)
    asked.at(-1)!.answer(said)
  }
  expect(await both).toEqual(['held', 'insufficient_funds'])
  expect(ids()).toEqual(['a', 'a:own', 'a', 'b', 'b:own'])
})

test('J81 a hold that could not be asked for does not stand in the way of the next one', async () => {
  const { asked, escrow, ids } = createDoor()
  const both = Promise.all([escrow.hold(hold('a', 10n)), escrow.hold(hold('b', 4n))])
  await settled()
  asked[0]!.fail(new Error('The ledger could not be reached.'))
  await settled()
  asked[1]!.answer(DONE)
  expect(await both).toEqual(['refused', 'held'])
  expect(ids()).toEqual(['a', 'b'])
})
