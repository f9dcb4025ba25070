/** Conditions of lessons and of authors' tests, in the world's own language; parsed once. One that does not parse never holds. */
import { parseCondition } from '../../engine/condition.ts'
import type { Condition, ZoneView } from '../../engine/types.ts'
import type { CharacterRecord } from '../../protocol/events.ts'

const parsed = new Map<string, Condition | undefined>()

export function holds(world: ZoneView, text: string, actor: CharacterRecord): boolean {
  if (!parsed.has(text)) {
    const result = parseCondition(text)
    parsed.set(text, result.ok ? result.condition : undefined)
  }
  const condition = parsed.get(text)
  return condition !== undefined && world.holds(condition, actor)
}
