import { expect, test, vi } from 'vitest'
import type { MentorEvent, MentorService, Rule } from '../../inference/mentor/types.ts'
import { createStage } from '../../testing/stage.ts'
import { forMentor } from './mentor.ts'

function fakeMentor(events: readonly MentorEvent[] = []) {
  const asked: string[] = []
  let rules: readonly Rule[] = []
  const service = {
    async *ask(_player: unknown, _locale: unknown, question: string) {
      asked.push(question)
      yield* events
    },
    pending: async () => [],
    onNews: () => () => {},
    unavailable: async () => undefined,
    standard: { read_file: 'allow' },
    rules: async () => rules,
    setRules: async (_: unknown, next: readonly Rule[]) => {
      rules = next
    },
  } as Partial<Record<keyof MentorService, unknown>> as MentorService
  return { service, asked, rules: () => rules }
}

test.each([
  ['mentor why does it stop?', 'why does it stop?'],
  ['mentor about loops', 'loops'],
  ['Mentor, what is this about here', 'what is this about here'],
  ['у наставника почему он стоит', 'почему он стоит'],
  ['наставника про свет', 'свет'],
  ['mentor', ''],
  ['keeper about lamp', undefined],
  ['mentors why', undefined],
])('ask %s is for the mentor: %s', (args, question) => {
  expect(forMentor(args)?.question).toBe(question)
})

test('MT17 answers in whole lines, and is not asked when somebody of that name stands there', async () => {
  const mentor = fakeMentor([
    { type: 'text', text: 'One li' },
    { type: 'text', text: 'ne.\nAnother ' },
    { type: 'text', text: 'one.' },
    { type: 'tool', tool: 'read_file' },
    { type: 'end' },
  ])
  const stage = createStage({ mentor: mentor.service })
  const mira = await stage.open('Mira')
  mira.seen()
  await mira.type('ask mentor why?')
  await vi.waitFor(() =>
    expect(mira.batches.flat().map(({ text }) => text)).toEqual(
      expect.arrayContaining(['Mentor: One line.', 'Another one.', '(The mentor: reads a file.)']),
    ),
  )
  expect(mentor.asked).toEqual(['why?'])

  const named = await stage.open('Mentor')
  named.seen()
  await mira.type('ask mentor about lamps')
  expect(mentor.asked).toEqual(['why?'])
  expect(named.seen()).toContain('lamps')
})

test('MT6 rules are set, shown, and taken back', async () => {
  const mentor = fakeMentor()
  const mira = await createStage({ mentor: mentor.service }).open('Mira')
  expect(await mira.type('mentor rules propose_change deny path=main.ts')).toContain(
    'propose_change (proposes a change) path=main.ts: deny',
  )
  expect(mentor.rules()).toEqual([{ tool: 'propose_change', decision: 'deny', when: { path: 'main.ts' } }])
  await mira.type('mentor rules propose_change usual')
  expect(mentor.rules()).toEqual([])
  await mira.type('mentor rules nothing deny')
  expect(mentor.rules()).toEqual([])
})
