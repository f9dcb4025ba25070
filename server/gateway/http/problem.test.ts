import { expect, test } from 'vitest'
import { viewOf } from './problem.ts'

test('a full disk is told as unavailable, to come back later, and is ours to hear of', () => {
  const full = Object.assign(new Error('could not extend file'), { code: '53100' })
  for (const error of [full, new Error('prisma', { cause: full })])
    expect(viewOf(error)).toMatchObject({ status: 503, code: 'unavailable', ours: true })
  expect(viewOf(new Error('x'))).toMatchObject({ status: 500, code: 'internal' })
})
