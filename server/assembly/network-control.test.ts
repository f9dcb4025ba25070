import { expect, test } from 'vitest'
import { BROADCAST_MAX_CHARS } from '../limits.ts'
import { createNetworkControl } from './network-control.ts'

const ask = createNetworkControl({} as never, {} as never)

test.each([
  ['address must begin with /', { op: 'connect', address: 'rubbish' }],
  [
    'subject must be node:ID, owner:HEX or address:IP; reason must not be empty',
    { op: 'ban', subject: 'gull', reason: '' },
  ],
  ['text must be at most ', { op: 'broadcast', text: 'x'.repeat(BROADCAST_MAX_CHARS + 1) }],
])('an order that cannot be read is refused in words, all at once, with the way out: %s', async (words, order) => {
  const refused = expect(ask(order)).rejects
  await refused.toMatchObject({ code: 'bad_order', message: expect.stringContaining(`cannot be done: ${words}`) })
  await refused.toThrow(/“academy help”/)
})

test('a node without links says how to have them', async () => {
  await expect(createNetworkControl(undefined, {} as never)({ op: 'peers' })).rejects.toThrow(/--hub URL/)
})
