import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createLog } from './log.ts'
import { createLogRing } from './log-ring.ts'

const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
const ringOf = (lines = 3) => createLogRing({ parts: new Set(['network', 'travel']), lines, detailMaxChars: 60 })

test('the ring keeps the newest lines of its parts alone, newest first', () => {
  const ring = ringOf()
  const log = createLog({ level: 'info', destination: nowhere, ring })
  log.child({ part: 'accounts' }).info({}, 'somebody signed in')
  const network = log.child({ part: 'network' })
  for (const n of [1, 2, 3, 4]) network.info({ n }, 'a node was admitted')
  network.debug({}, 'below the level')
  expect(ring.recent(10).map(({ seq, detail }) => [seq, detail])).toEqual([
    [4, '{"n":4}'],
    [3, '{"n":3}'],
    [2, '{"n":2}'],
  ])
  expect(ring.recent(1)).toHaveLength(1)
})

test('a kept line holds no secret and no stack, and is bounded', () => {
  const ring = ringOf()
  const log = createLog({ level: 'info', destination: nowhere, ring }).child({ part: 'network' })
  log.warn({ token: 'hunter2', body: { secret: 'hunter2' } }, 'asked')
  log.warn({ err: new Error('no route') }, 'the network failed')
  log.warn({ why: 'x'.repeat(500) }, 'long')
  const [long, failed, asked] = ring.recent(3)
  expect(asked!.detail).not.toContain('hunter2')
  expect(failed).toMatchObject({ level: 'warn', part: 'network', detail: '{"err":"no route"}' })
  expect(long!.detail.length).toBe(61)
})

test('what is not a log line is passed over', () => {
  const ring = ringOf()
  ring.write('"part":"network" but not JSON')
  ring.write('')
  expect(ring.recent(3)).toEqual([])
})
