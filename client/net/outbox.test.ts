import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LineAck } from '../../server/protocol/terminal.ts'
import { OUTBOX_MAX_COUNT } from '../limits.ts'
import { createOutbox, type SentLine } from './outbox.ts'

/** A node that does each id once, behind a line that loses what `fates` says. */
function world(fates: readonly ('done' | 'lostBefore' | 'lostAfter')[]) {
  const done: string[] = []
  const seen = new Set<string>()
  const acks: string[] = []
  let sent = 0
  let id = 0
  let up = true
  const outbox = createOutbox({
    connected: () => up,
    newId: () => String(++id),
    async send({ id, text }: SentLine): Promise<LineAck> {
      const fate = fates[sent++] ?? 'done'
      if (fate === 'lostBefore') throw new Error('lost')
      if (!seen.has(id)) done.push(text)
      seen.add(id)
      if (fate === 'lostAfter') throw new Error('lost')
      return { ok: true }
    },
    onAck: ({ text }) => acks.push(text),
  })
  return { outbox, done, acks, break: () => (up = false), mend: () => (up = true) }
}
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('whatever is lost on the way, every line is done once and in order', async () => {
  const fate = fc.constantFrom('done' as const, 'lostBefore' as const, 'lostAfter' as const)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ minLength: 1 }), { maxLength: 12 }),
      fc.array(fate, { maxLength: 30 }),
      async (lines, fates) => {
        const { outbox, done, acks } = world(fates)
        for (const line of lines) outbox.push(line)
        await settled()
        expect(done).toEqual(lines)
        expect(acks).toEqual(lines)
      },
    ),
  )
})

test('lines typed without a connection wait for it', async () => {
  const { outbox, done, ...line } = world([])
  line.break()
  outbox.push('look')
  outbox.push('north')
  await settled()
  expect(done).toEqual([])
  line.mend()
  outbox.flush()
  await settled()
  expect(done).toEqual(['look', 'north'])
})

test('more lines than may wait are refused, not piled up', () => {
  const { outbox, ...line } = world([])
  line.break()
  for (let i = 0; i < OUTBOX_MAX_COUNT; i++) expect(outbox.push('x')).toBe(true)
  expect(outbox.push('x')).toBe(false)
  expect(outbox.waiting).toBe(OUTBOX_MAX_COUNT)
})
