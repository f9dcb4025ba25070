import { expect, test } from 'vitest'
import { INBOX_GIVEN_KEPT_MS } from '../limits.ts'
import { memoryInboxStore } from '../link/messages/memory-inbox.ts'
import type { HeldMessage, InboxStore } from '../link/types.ts'
import { createTestDatabase, describeOnDatabases } from '../testing/database.ts'
import { createInboxStore } from './inbox.ts'

const held = (id: string, more: Partial<HeldMessage> = {}): HeldMessage => ({
  id,
  where: 'here',
  node: 'b',
  recipient: 'ben',
  sender: 'ann',
  envelope: new Uint8Array([1, 2]),
  storedAtMs: 10,
  expiresAtMs: 1_000,
  ...more,
})
const BOUNDS = { perRecipient: 2, perNode: 3 }
const ids = (all: readonly HeldMessage[]) => all.map(({ id }) => id)

async function holdsAndForgets(inbox: InboxStore) {
  expect(await inbox.put(held('1'), BOUNDS)).toBe(true)
  expect(await inbox.put(held('1'), BOUNDS)).toBe(true)
  expect(await inbox.put(held('2'), BOUNDS)).toBe(true)
  expect(await inbox.put(held('3'), BOUNDS)).toBe(false)
  expect(await inbox.put(held('4', { recipient: 'carl' }), BOUNDS)).toBe(true)
  expect(await inbox.put(held('5', { recipient: 'dora' }), BOUNDS)).toBe(false)
  // A hub that shares the database keeps others for the same node.
  expect(await inbox.put(held('6', { where: 'away' }), BOUNDS)).toBe(true)
  expect(await inbox.list('here', 'b', 'ben', 10)).toEqual([held('1'), held('2')])
  expect(ids(await inbox.list('away', 'b', undefined, 10))).toEqual(['6'])
  expect(ids(await inbox.waiting('b', 10)).sort()).toEqual(['1', '4'])

  await inbox.given(['1'], 20)
  expect(await inbox.state('1')).toBe('given')
  expect(await inbox.state('2')).toBe('waiting')
  expect(await inbox.state('9')).toBeUndefined()
  expect(ids(await inbox.list('here', 'b', 'ben', 10))).toEqual(['2'])
  expect(await inbox.put(held('3'), BOUNDS)).toBe(true)
  expect(await inbox.put(held('1'), BOUNDS)).toBe(true)
  expect(await inbox.state('1')).toBe('given')

  await inbox.remove(['6'])
  await inbox.expire(1_000)
  expect(await inbox.waiting('b', 10)).toEqual([])
  expect(await inbox.state('1')).toBe('given')
  await inbox.expire(20 + INBOX_GIVEN_KEPT_MS)
  expect(await inbox.state('1')).toBeUndefined()
}

test('M9 an inbox in memory keeps what waits, and the ids of what was handed over for a day', () =>
  holdsAndForgets(memoryInboxStore()))

await describeOnDatabases('the inbox', (kind) => {
  test('M9 it keeps what waits, and the ids of what was handed over for a day', async () => {
    await using db = await createTestDatabase({ kind })
    await holdsAndForgets(createInboxStore(db))
  })
})
