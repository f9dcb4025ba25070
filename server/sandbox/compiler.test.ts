import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { COMPILE_CPU_MS } from '../limits.ts'
import { type CompileWorker, createCompiler } from './compiler.ts'
import type { CompileResult } from './types.ts'

const READ: CompileResult = { ok: false, diagnostics: [] }
const source = { 'main.ts': 'const x = 1' }

/** A thread that says it has used so many milliseconds of the processor, one look after the other, and then answers. */
function createThread(usedMs: readonly number[]) {
  const events = new EventEmitter()
  const given: number[] = []
  let looks = 0
  let isOver = false
  const worker = Object.assign(events, {
    postMessage: ({ id }: { id: number }) => void given.push(id),
    ref() {},
    unref() {},
    terminate: async () => {
      isOver = true
      return 1
    },
    async cpuUsage() {
      const ms = usedMs[looks++]
      if (ms === undefined) events.emit('message', { id: given.at(-1), result: READ })
      return { user: (ms ?? 0) * 1_000, system: 0 }
    },
  }) as unknown as CompileWorker
  return { worker, isOver: () => isOver }
}

test('S4 a program that takes more of the processor than it may is refused, and the next one gets a new thread', async () => {
  const spent = createThread([100, 100 + COMPILE_CPU_MS, 101 + COMPILE_CPU_MS])
  const next = createThread([])
  const threads = [spent, next].values()
  await using compiler = createCompiler(() => threads.next().value!.worker)
  const [refused, read] = await Promise.all([compiler.compile(source), compiler.compile(source)])
  expect(refused).toMatchObject({ ok: false, diagnostics: [{ code: 'too_deep' }] })
  expect([spent.isOver(), next.isOver()]).toEqual([true, false])
  expect(read).toEqual(READ)
})

test('S4 what a thread had used before is not counted, nor is the time for which it waited', async () => {
  const patient = createThread([1e6, 1e6, 1e6 + COMPILE_CPU_MS, 1e6 + COMPILE_CPU_MS])
  await using compiler = createCompiler(() => patient.worker)
  expect(await compiler.compile(source)).toEqual(READ)
  expect(patient.isOver()).toBe(false)
})
