import { expect, test } from 'vitest'
import type { LogStop } from '../ledger/log/types.ts'
import { createStage } from '../testing/stage.ts'

test('M12 M13 everybody is told that the ledger has stopped: those who are here, and those who come later', async () => {
  let stopped: LogStop | undefined
  const listeners = new Set<(stop: LogStop) => void>()
  const tlog = {
    mayPost: () => (stopped ? ({ ok: false, ...stopped } as const) : ({ ok: true } as const)),
    onStop(listener: (stop: LogStop) => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const stage = createStage({ tlog })
  const mira = await stage.open('Mira')
  const lis = await stage.open('Лис', 'ru')
  expect(mira.seen() + lis.seen()).not.toMatch(/ledger has stopped|Касса остановлена/)
  stopped = { code: 'log_forked', message: 'for the keeper' }
  for (const listener of listeners) listener(stopped)
  expect(mira.seen()).toMatch(/^The ledger has stopped: it signed two histories/)
  expect(lis.seen()).toMatch(/^Касса остановлена: она подписала две истории/)
  const late = await stage.open('Ada')
  expect(late.seen()).toMatch(/\nThe ledger has stopped/)
})
