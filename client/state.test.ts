import { expect, test } from 'vitest'
import { createStore, initialState } from './state.ts'

test('a watcher is told at once, and again only when its part changes', () => {
  const store = createStore(initialState('en'))
  const seen: string[] = []
  store.watch(
    (state) => state.tab,
    (tab) => seen.push(tab),
  )
  store.set({ reason: 'x' })
  store.set({ tab: 'map' })
  store.set({ tab: 'map' })
  expect(seen).toEqual(['terminal', 'map'])
})

test('a watcher that changes the state leaves everyone with the newest', () => {
  const store = createStore(initialState('en'))
  store.watch(
    (state) => state.connection,
    (connection) => connection === 'online' && store.set({ tab: 'map' }),
  )
  const tabs: string[] = []
  store.watch(
    (state) => state.tab,
    (tab) => tabs.push(tab),
  )
  store.set({ connection: 'online' })
  expect(tabs).toEqual(['terminal', 'map'])
})

test('who stopped watching hears nothing more', () => {
  const store = createStore(initialState('en'))
  let count = 0
  const stop = store.watch(
    (state) => state.tab,
    () => count++,
  )
  stop()
  store.set({ tab: 'map' })
  expect(count).toBe(1)
})
