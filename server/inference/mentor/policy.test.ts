import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ToolName } from '../../protocol/api-mentor.ts'
import { decide, isTool, TOOLS } from './policy.ts'
import type { Rule } from './types.ts'

describe('what the mentor may do', () => {
  test('MT6 without a rule reading is allowed, and changing and running are asked for', () => {
    const standard = Object.fromEntries(Object.keys(TOOLS).map((name) => [name, decide(name as ToolName, {}, [])]))
    expect(standard).toEqual({
      list_files: 'allow',
      read_file: 'allow',
      propose_change: 'ask',
      run_check: 'allow',
      run_agent: 'ask',
      list_agents: 'allow',
      read_log: 'allow',
      replay: 'allow',
    })
    expect(isTool('__proto__')).toBe(false)
  })

  test('MT6 deny beats ask beats allow, in whatever order the rules stand', () => {
    const rule = fc.record({
      tool: fc.constantFrom('*' as const, 'read_file' as const, 'run_agent' as const),
      decision: fc.constantFrom('allow' as const, 'ask' as const, 'deny' as const),
    })
    fc.assert(
      fc.property(fc.array(rule), (rules) => {
        const said = rules.filter(({ tool }) => tool !== 'run_agent').map(({ decision }) => decision)
        const expected = (['deny', 'ask', 'allow'] as const).find((one) => said.includes(one)) ?? 'allow'
        expect(decide('read_file', { path: 'a' }, rules)).toBe(expected)
        expect(decide('read_file', { path: 'a' }, rules.toReversed())).toBe(expected)
      }),
    )
  })

  test('MT6 a rule about a path is not walked around', () => {
    const rules: Rule[] = [{ tool: 'read_file', decision: 'deny', when: { path: 'secret/' } }]
    for (const path of [
      'secret/a.ts',
      './secret/a.ts',
      'x/../secret/a.ts',
      'secret\\a.ts',
      '//secret//a.ts',
      'secret/../secret/b',
    ])
      expect(decide('read_file', { path }, rules)).toBe('deny')
    for (const path of ['main.ts', 'secretary.ts', 'a/secret/b.ts'])
      expect(decide('read_file', { path }, rules)).toBe('allow')
    expect(decide('read_file', { path: 7 }, rules)).toBe('allow')
  })

  test('MT7 arguments that a tool does not take are not taken', () => {
    expect(TOOLS.read_file.args.safeParse({ project: 'p', path: 'a', more: 1 }).success).toBe(false)
    expect(TOOLS.read_log.args.safeParse({ agent: 'a', lines: 1e9 }).success).toBe(false)
    expect(TOOLS.read_log.args.parse({ agent: 'a' })).toEqual({ agent: 'a', lines: 20 })
  })
})
