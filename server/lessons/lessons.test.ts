import { describe, expect, test } from 'vitest'
import type { ZoneView } from '../engine/types.ts'
import type { TransferInput } from '../ledger/types.ts'
import { createFakeClock } from '../lib/clock.ts'
import type { WorldEvent } from '../protocol/events.ts'
import type { Happening } from './judge.ts'
import { createLessons } from './lessons.ts'
import type { Course, Lesson, LessonCode } from './load.ts'
import { lessonFile } from './schema.ts'
import { createMemoryLessonStore } from './store.ts'

const words = (messages: Record<string, string>) => ({
  title: 'T',
  tasks: { 1: 'one', 2: 'two' },
  hints: ['a', 'b', 'c'],
  messages,
  code: {},
  body: 'Body',
})
const NO_CODE: LessonCode = { starter: {}, solution: {}, wrongAnswers: {} }
const lesson = (order: number, file: object, messages: Record<string, string> = {}): Lesson => ({
  ...lessonFile.parse(file),
  id: `c/${order}`,
  order,
  text: { en: words(messages), ru: words(messages) },
  code: { en: NO_CODE, ru: NO_CODE },
})

const course: Course = {
  id: 'c',
  world: 'w',
  title: { en: 'C', ru: 'К' },
  badges: { lamp: { en: { name: 'Lamp', text: 'Lit' }, ru: { name: 'Лампа', text: 'Горит' } } },
  lessons: [
    lesson(
      1,
      {
        slug: 'lamp',
        minutes: 1,
        teaches: ['x'],
        trial: { place: 'z:p' },
        tasks: [
          {
            id: 1,
            check: { kind: 'event', by: 'agent', match: { type: 'item.changed', thing: 'z:lamp', state: 'lit' } },
          },
          { id: 2, check: { kind: 'ast', require: ['ForStatement|ForOfStatement'], message: 'loop' } },
        ],
        mistakes: [{ message: 'wrong', event: { type: 'item.changed', thing: 'z:other' } }],
        rewards: { creditsMicro: '5000000', badge: 'lamp' },
      },
      { wrong: 'That was the other lamp.', loop: 'Use a loop.' },
    ),
    lesson(2, {
      slug: 'walk',
      minutes: 1,
      teaches: ['y'],
      needs: ['lamp'],
      tasks: [{ id: 1, check: { kind: 'event', match: { type: 'moved' }, count: 2, distinct: 'to', within: '2s' } }],
      rewards: { creditsMicro: '0' },
    }),
  ],
}

const characters = new Map([
  ['player_1', { id: 'player_1', kind: 'player' }],
  ['agent_1', { id: 'agent_1', kind: 'agent', owner: 'player_1' }],
])
const world = { state: { characters } } as unknown as ZoneView
const lit = (thing: string, by = 'agent_1'): WorldEvent => ({
  type: 'item.changed',
  item: `${thing}#1`,
  thing,
  place: 'z:p',
  by,
  state: 'lit',
})
const moved = (to: string): WorldEvent => ({ type: 'moved', who: 'player_1', from: 'z:a', to })
const turn = (tick: number, ...events: WorldEvent[]) => ({
  zone: 'z',
  tick,
  outcomes: [{ seq: tick, tick, verdict: { ok: true as const, events }, events }],
})

function setUp(happenings: Happening[] = []) {
  const marked: unknown[] = []
  const world = { isDown: false }
  const store = createMemoryLessonStore()
  const transfers: TransferInput[] = []
  let ledgerIsDown = false
  const ledger = {
    transfer: async (inputs: readonly TransferInput[]) => {
      if (ledgerIsDown) throw new Error('down')
      return inputs.map((input) => {
        const status = transfers.some((t) => t.id === input.id) ? ('exists' as const) : ('created' as const)
        if (status === 'created') transfers.push(input)
        return { status, transfer: { ...input, kind: 'transfer' as const, index: 0, atMs: 0 } }
      })
    },
  }
  const make = () =>
    createLessons({
      course,
      store,
      ledger,
      clock: createFakeClock(),
      log: { warn: () => {} },
      trial: async () => ({ happenings, held: [] }),
      holds: () => false,
      mark: async (player, flags) => {
        if (world.isDown) throw new Error('down')
        marked.push([player, flags])
      },
    })
  return { marked, world, store, transfers, make, lessons: make(), setLedger: (up: boolean) => (ledgerIsDown = !up) }
}
const LOOP = { 'main.ts': 'for (const way of ["north" as string]) await me.go(way)' }

describe('lessons', () => {
  test('a newcomer has the first lesson begun and the one that needs it locked', async () => {
    const { lessons } = setUp()
    await lessons.open('player_1')
    expect((await lessons.list('player_1', 'en')).map((l) => l.status)).toEqual(['started', 'locked'])
    expect(await lessons.check('player_1', 'walk', undefined, 'en')).toMatchObject({
      ok: false,
      refusal: { code: 'lesson_locked' },
    })
  })

  test('whoever passes a lesson has its flag in the world: again whenever they come in, and by then if not at once', async () => {
    const { lessons, make, marked, world: zones } = setUp()
    await lessons.open('player_1')
    expect(marked).toEqual([])
    zones.isDown = true
    await lessons.programStarted('player_1', LOOP)
    lessons.observe(turn(2, lit('z:lamp')), world)
    await lessons.settle()
    expect(marked).toEqual([])
    zones.isDown = false
    const after = make()
    await after.open('player_1')
    await after.settle()
    expect(marked).toEqual([['player_1', { 'lesson.lamp': true }]])
  })

  test('live play and the program together pass a lesson, once, with one transfer whose id is made from person and lesson', async () => {
    const { lessons, transfers } = setUp()
    await lessons.open('player_1')
    lessons.observe(turn(1, lit('z:lamp', 'player_1')), world)
    await lessons.programStarted('player_1', LOOP)
    await lessons.settle()
    expect(transfers).toEqual([])
    lessons.observe(turn(2, lit('z:lamp')), world)
    lessons.observe(turn(3, lit('z:lamp')), world)
    await lessons.settle()
    expect(transfers.map((t) => [t.id, t.to, t.amountMicro])).toEqual([
      ['reward:player_1:c/1', 'player:player_1', 5_000_000n],
    ])
    expect((await lessons.list('player_1', 'ru')).map((l) => l.status)).toEqual(['passed', 'started'])
    expect(await lessons.badges('player_1', 'ru')).toMatchObject([{ id: 'lamp', name: 'Лампа' }])
  })

  test('code that passes its trial passes the lesson; code that does not is told its own mistake', async () => {
    const right = setUp([{ tick: 3, event: lit('z:lamp') }])
    expect(await right.lessons.check('player_1', 'lamp', LOOP, 'en')).toMatchObject({
      ok: true,
      value: { passed: true, rewardTransferId: 'reward:player_1:c/1' },
    })
    const wrong = setUp([{ tick: 3, event: lit('z:other') }])
    expect(await wrong.lessons.check('player_1', 'lamp', { 'main.ts': 'me.use("lamp")' }, 'en')).toMatchObject({
      ok: true,
      value: {
        passed: false,
        tasks: [
          { passed: false, message: 'That was the other lamp.' },
          { passed: false, message: 'Use a loop.' },
        ],
      },
    })
    expect((await wrong.lessons.detail('player_1', 'lamp', 'en')) as object).toMatchObject({ value: { attempts: 1 } })
  })

  test('a count with a window and distinct values forgets what is too old or seen before', async () => {
    const { lessons } = setUp([{ tick: 1, event: lit('z:lamp') }])
    await lessons.check('player_1', 'lamp', LOOP, 'en')
    lessons.observe(turn(10, moved('z:b')), world)
    lessons.observe(turn(12, moved('z:b')), world)
    lessons.observe(turn(40, moved('z:c')), world)
    await lessons.settle()
    expect((await lessons.list('player_1', 'en'))[1]!.status).toBe('started')
    lessons.observe(turn(50, moved('z:b')), world)
    await lessons.settle()
    expect((await lessons.list('player_1', 'en'))[1]!.status).toBe('passed')
  })

  test('a reward that could not be paid is paid after a restart, once', async () => {
    const { lessons, make, transfers, setLedger } = setUp([{ tick: 1, event: lit('z:lamp') }])
    setLedger(false)
    await expect(lessons.check('player_1', 'lamp', LOOP, 'en')).rejects.toThrow('down')
    setLedger(true)
    await make().settle()
    await make().settle()
    expect(transfers).toHaveLength(1)
  })

  test('hints open one by one and then end', async () => {
    const { lessons } = setUp()
    const hint = () => lessons.hint('player_1', 'lamp', 'en')
    expect([await hint(), await hint(), await hint(), await hint()]).toMatchObject([
      { value: { text: 'a', left: 2 } },
      { value: { text: 'b', left: 1 } },
      { value: { text: 'c', left: 0 } },
      { refusal: { code: 'no_hint_left' } },
    ])
  })
})
