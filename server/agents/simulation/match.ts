/** Does an event fit a description of it? Lessons and authors' tests describe what should happen in the same words. */
import { z } from 'zod'
import type { WorldEvent } from '../../protocol/events.ts'
import type { CharacterId } from '../../protocol/ids.ts'

export const scalar = z.union([z.string(), z.number(), z.boolean()])

/** What a field must be: a value, one of several, a piece of text within it, or present at all. */
export const fieldMatch = z.union([
  scalar,
  z.strictObject({ oneOf: z.array(scalar).min(1) }),
  z.strictObject({ contains: z.string().min(1) }),
  z.strictObject({ exists: z.boolean() }),
])
export type FieldMatch = z.output<typeof fieldMatch>

/** Fields of an event by name; `to.place` reaches inside. */
export const eventMatch = z
  .record(z.string().regex(/^[a-z]\w*(\.\w+)*$/i), fieldMatch)
  .refine((m) => 'type' in m, 'must say the type of the event')
export type EventMatch = z.output<typeof eventMatch>

/** A time of the world, as tides: `60s`. */
export const worldTime = z
  .string()
  .regex(/^\d+(\.\d+)?s$/, 'must be a time such as 60s')
  .transform((text) => Math.round(Number.parseFloat(text) * 10))

/** How often something must happen, what must differ between the times, and how close together they must be. */
export const counting = {
  count: z.number().int().min(1).max(100).default(1),
  /** Only events with different values of this field count. */
  distinct: z.string().optional(),
  /** All of them within so many tides. */
  within: worldTime.optional(),
}
export type Counting = {
  readonly count: number
  readonly distinct?: string | undefined
  readonly within?: number | undefined
}

const valueAt = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
      value,
    )

export function fits(value: unknown, match: FieldMatch): boolean {
  if (typeof match !== 'object') return value === match
  if ('oneOf' in match) return match.oneOf.some((one) => value === one)
  if ('contains' in match)
    return typeof value === 'string' && value.toLocaleLowerCase('en').includes(match.contains.toLocaleLowerCase('en'))
  return (value !== undefined) === match.exists
}

/** Every field that is described is as described. */
export const fitsFields = (value: unknown, match: Readonly<Record<string, FieldMatch>>): boolean =>
  Object.entries(match).every(([path, wanted]) => fits(valueAt(value, path), wanted))

export const matchesEvent = (event: WorldEvent, match: EventMatch): boolean => fitsFields(event, match)

/** Who did it, where an event has somebody who did. */
export const actorOf = (event: WorldEvent): CharacterId | undefined =>
  'who' in event ? event.who : 'by' in event ? event.by : undefined

/** What has counted towards an event check so far. Plain data: it is stored. */
export type Counted = readonly { readonly tick: number; readonly value?: string }[]

/** Adds an event that fits to what has counted: distinct values once, and nothing older than the window. */
export function count(check: Counting, counted: Counted, event: WorldEvent, tick: number): Counted {
  if (counted.length >= check.count) return counted
  const kept = check.within === undefined ? counted : counted.filter((one) => tick - one.tick <= check.within!)
  if (!check.distinct) return [...kept, { tick }]
  const value = String(valueAt(event, check.distinct))
  return kept.some((one) => one.value === value) ? kept : [...kept, { tick, value }]
}

/** How much of what happened counts, of what is asked for. */
export const counted = (
  check: Counting & { readonly match: EventMatch },
  happenings: readonly { readonly tick: number; readonly event: WorldEvent }[],
): Counted =>
  happenings
    .filter(({ event }) => matchesEvent(event, check.match))
    .reduce<Counted>((sum, { event, tick }) => count(check, sum, event, tick), [])
