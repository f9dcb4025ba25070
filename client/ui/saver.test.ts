import { beforeEach, expect, test, vi } from 'vitest'
import type { Project } from '../../server/protocol/api.ts'
import { ApiError } from '../net/api.ts'
import type { Keep } from '../net/storage.ts'
import { type Clash, createSaver, type SaveState } from './saver.ts'

function memory(): Keep {
  const kept = new Map<string, string>()
  return {
    read: (key) => (kept.has(key) ? JSON.parse(kept.get(key)!) : undefined),
    write: (key, value) => void kept.set(key, JSON.stringify(value)),
    remove: (key) => void kept.delete(key),
  }
}

let node: Record<string, string>
let fails: ApiError | undefined
let states: SaveState[]
let clashes: Clash[]
const saverOf = (keep: Keep) =>
  createSaver({
    keep,
    read: async (_project, path) => {
      if (fails) throw fails
      if (node[path] === undefined) throw new ApiError('no_such_file', 404, '')
      return node[path]
    },
    write: async (_project, path, text) => {
      if (fails) throw fails
      node[path] = text
      return { id: 'p' } as Project
    },
    onState: (state) => states.push(state),
    onSaved: () => undefined,
    onClash: (clash) => clashes.push(clash),
  })

beforeEach(() => {
  vi.useFakeTimers()
  node = { 'main.ts': 'old' }
  fails = undefined
  states = []
  clashes = []
  return () => vi.useRealTimers()
})

test('what is typed is saved after a pause, once for many keys', async () => {
  const saver = saverOf(memory())
  saver.typed('p', 'main.ts', 'o', 'old')
  saver.typed('p', 'main.ts', 'ol!', 'old')
  expect(node['main.ts']).toBe('old')
  await vi.runAllTimersAsync()
  expect(node['main.ts']).toBe('ol!')
  expect(states.at(-1)).toBe('saved')
  expect(clashes).toEqual([])
  expect(saver.draft('p', 'main.ts')).toBeUndefined()
})

test('a save that fails is told and tried again until it is done; what was typed outlives the page', async () => {
  const keep = memory()
  const saver = saverOf(keep)
  fails = new ApiError('unreachable', 0, '')
  saver.typed('p', 'main.ts', 'new', 'old')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(states.at(-1)).toBe('retrying')
  saver.close()
  expect(saverOf(keep).draft('p', 'main.ts')).toBe('new')
  fails = undefined
  await vi.advanceTimersByTimeAsync(60_000)
  expect(node['main.ts']).toBe('new')
  expect(states.at(-1)).toBe('saved')
})

test('a refused save is told once and waits for the next change', async () => {
  const saver = saverOf(memory())
  fails = new ApiError('file_limit', 413, '')
  saver.typed('p', 'main.ts', 'huge', 'old')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(states.filter((state) => state === 'refused')).toHaveLength(1)
  expect(saver.draft('p', 'main.ts')).toBe('huge')
})

test('of two windows the last one wins, and is told what it went over', async () => {
  const saver = saverOf(memory())
  saver.typed('p', 'main.ts', 'mine', 'old')
  node['main.ts'] = 'theirs'
  await saver.flush()
  expect(node['main.ts']).toBe('mine')
  expect(clashes).toEqual([{ project: 'p', path: 'main.ts', theirs: 'theirs' }])
})

test('a new file is no clash, and flushing with nothing typed asks for nothing', async () => {
  const saver = saverOf(memory())
  await saver.flush()
  expect(states).toEqual([])
  saver.typed('p', 'more.ts', 'x', undefined)
  await saver.flush()
  expect(node['more.ts']).toBe('x')
  expect(clashes).toEqual([])
})
