import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CharacterRecord } from '../protocol/events.ts'
import { person } from '../testing/engine.ts'
import { type ConditionWorld, evaluate, parseCondition } from './condition.ts'

const world: ConditionWorld = {
  itemsOf: (id) =>
    id === 'player_ann'
      ? [
          { id: 'i1', thing: 'harbor:key', at: { holder: id } },
          { id: 'i2', thing: 'harbor:coat', at: { holder: id, worn: true } },
        ]
      : [],
  itemsIn: () => [{ id: 'i3', thing: 'harbor:box', at: { place: 'harbor:dock' } }],
  itemsOfThing: (thing) => (thing === 'harbor:lamp' ? [{ id: 'i4', thing, at: { place: 'x' }, state: 'lit' }] : []),
  charactersIn: () => [{ ...person('keeper'), npc: 'harbor:keeper' }],
  zoneVar: (key) => (key === 'bell' ? 3 : undefined),
}
const ann: CharacterRecord = {
  ...person('ann'),
  roles: ['learner', 'mentor'],
  vars: { 'harbor.met': true, 'harbor.count': 2, 'harbor.no': false },
}

function holds(text: string, actor: CharacterRecord | undefined = ann): boolean | string {
  const parsed = parseCondition(text)
  return parsed.ok ? evaluate(parsed.condition, world, actor) : parsed.message
}

describe('conditions', () => {
  it.each([
    ['has(harbor:key)', true],
    ['has(harbor:box)', false],
    ['wears(harbor:coat)', true],
    ['wears(harbor:key)', false],
    ['role(mentor)', true],
    ['role(admin)', false],
    ['flag(harbor.met)', true],
    ['flag(harbor.no)', false],
    ['flag(harbor.count, 2)', true],
    ['flag(harbor.count, 3)', false],
    ['flag(toString)', false],
    ['zonevar(bell)', true],
    ['zonevar(bell, 3)', true],
    ['zonevar(gong)', false],
    ['state(harbor:lamp, lit)', true],
    ['here(harbor:box)', true],
    ['here(harbor:keeper)', true],
    ['kind(player)', true],
    ['not role(admin) and has(harbor:key)', true],
    ['never() or always() and never()', false],
    ['(never() or always()) and not never()', true],
    ['not not always()', true],
  ])('E5 %s is %s', (text, expected) => expect(holds(text)).toBe(expected))

  it.each([
    ['', 'something is missing at the end'],
    ['has(', 'a name expected in the brackets'],
    ['has()', 'has() takes 1 in its brackets'],
    ['state(a)', 'state() takes 2 in its brackets'],
    ['eval(x)', 'unknown condition "eval"'],
    ['constructor(x)', 'unknown condition "constructor"'],
    ['always() always()', 'unexpected "always"'],
    ['always() and', 'something is missing at the end'],
    ['(always()', '")" expected at the end'],
    ['has(a b)', '"," expected before "b"'],
    ['has("a")', 'cannot read ""a")"'],
    [`${'('.repeat(50)}always()${')'.repeat(50)}`, 'too many brackets'],
  ])('a lock written wrong is a problem, not a guess: %s', (text, message) => expect(holds(text)).toBe(message))

  it('what is about a person is no when there is none', () => {
    for (const text of ['has(harbor:key)', 'role(mentor)', 'flag(harbor.met)', 'here(harbor:box)', 'kind(player)']) {
      const parsed = parseCondition(text)
      expect(parsed.ok && evaluate(parsed.condition, world, undefined)).toBe(false)
    }
  })

  it('any text is read or named wrong, and never throws', () => {
    const words = fc.constantFrom(
      'has',
      '(',
      ')',
      ',',
      'and',
      'or',
      'not',
      'always',
      'never',
      'x',
      ' ',
      '"',
      'харбор',
    )
    fc.assert(
      fc.property(fc.array(words, { maxLength: 30 }), (parts) => {
        const parsed = parseCondition(parts.join(' '))
        expect(parsed.ok ? typeof evaluate(parsed.condition, world, ann) : typeof parsed.message).toMatch(
          /boolean|string/,
        )
      }),
    )
  })
})
