import { expect, test } from 'vitest'
import { createClashes } from './clashes.ts'
import type { Clash } from './saver.ts'

const clash = (project: string, path = 'main.ts'): Clash => ({ project, path, theirs: '' })

test('a clash in the open project is told at once, another one when its project is opened, each once', () => {
  const told: Clash[] = []
  const clashes = createClashes((one) => told.push(one))
  clashes.came(clash('a'))
  expect(told).toEqual([])
  clashes.opened('a')
  expect(told).toEqual([clash('a')])
  clashes.came(clash('a', 'more.ts'))
  clashes.came(clash('b'))
  expect(told).toEqual([clash('a'), clash('a', 'more.ts')])
  clashes.opened('b')
  clashes.opened(undefined)
  clashes.opened('a')
  expect(told).toEqual([clash('a'), clash('a', 'more.ts'), clash('b')])
})
