import { expect, test } from 'vitest'
import { AGENT_MARKS_MAX } from '../limits.ts'
import type { AgentCall } from '../protocol/agent-io.ts'
import type { Json } from '../protocol/ids.ts'
import { marked } from './marks.ts'

const mark = (...args: Json[]): AgentCall => ({ call: 1, action: 'mark', args })

test('AG45 marks stand where the agent stood, one to a place, short and bounded', () => {
  const one = marked([], [mark('x', 'a pit'), mark('!!longer', 'y'.repeat(500))], 'harbor:dock')
  expect(one).toHaveLength(1)
  expect(one[0]).toMatchObject({ place: 'harbor:dock', glyph: '!!' })
  expect(one[0]!.note.length).toBeLessThan(100)
  const many = Array.from({ length: 100 }, (_, i) => `p:${i}`).reduce(
    (marks, place) => marked(marks, [mark('x')], place),
    one,
  )
  expect(many).toHaveLength(AGENT_MARKS_MAX)
  expect(many.at(-1)!.place).toBe('p:99')
  expect(marked(many, [{ call: 1, action: 'look', args: [] }], 'p:1')).toBe(many)
  expect(marked(many, [{ call: 1, action: 'clearMarks', args: [] }], 'p:1')).toEqual([])
})
