/** The files of a course, as parsed: `course.yaml`, `lesson.yaml` and the head of each `text/<locale>.md`. See FORMAT.md. */
import { z } from 'zod'
import { counting, eventMatch, scalar } from '../agents/simulation/match.ts'
import { LESSON_FUEL_MAX, LESSON_TICKS_MAX } from '../limits.ts'

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must be lower-case letters, digits and hyphens')
const by = z.enum(['agent', 'player', 'either']).default('either')

export const eventCheck = z.strictObject({
  kind: z.literal('event'),
  by,
  match: eventMatch,
  ...counting,
})
export const stateCheck = z.strictObject({ kind: z.literal('state'), by, holds: z.string().min(1) })
export const astCheck = z.strictObject({
  kind: z.literal('ast'),
  /** Node types of ESTree (github.com/estree/estree); `a|b` means either. */
  require: z.array(z.string()).default([]),
  forbid: z.array(z.string()).default([]),
  /** Names that must be called: `me.go`, `on`. */
  calls: z.array(z.string()).default([]),
  message: id,
})
export const check = z.discriminatedUnion('kind', [eventCheck, stateCheck, astCheck])
export type Check = z.output<typeof check>

/** A wrong turn with words of its own: seen in what happened, in how the program ended, or in how it is written. */
export const mistake = z.strictObject({
  message: id,
  event: eventMatch.optional(),
  refusal: z.string().optional(),
  error: z.string().optional(),
  require: z.array(z.string()).optional(),
  forbid: z.array(z.string()).optional(),
  calls: z.array(z.string()).optional(),
  notCalls: z.array(z.string()).optional(),
})
export type Mistake = z.output<typeof mistake>

export const lessonFile = z.strictObject({
  slug: id,
  minutes: z.number().int().min(1).max(120),
  teaches: z.array(id).min(1),
  needs: z.array(id).default([]),
  /** Where the agent stands and what happens around it when the code is tried out in a simulated world. */
  trial: z
    .strictObject({
      place: z.string(),
      ticks: z.number().int().min(1).max(LESSON_TICKS_MAX).default(300),
      /** A second character that acts by the clock, so that there is something to react to. */
      visitor: z
        .strictObject({
          name: z.string(),
          place: z.string(),
          acts: z.array(
            z.strictObject({
              tick: z.number().int().min(0),
              command: z.string(),
              input: z.record(z.string(), z.union([scalar, z.array(scalar)])),
            }),
          ),
        })
        .optional(),
    })
    .optional(),
  tasks: z
    .array(z.strictObject({ id: z.number().int().min(1), check }))
    .min(1)
    .max(8),
  mistakes: z.array(mistake).default([]),
  /** File under wrong/ -> the message that it must earn. */
  wrong: z.record(z.string(), id).default({}),
  limits: z.strictObject({ fuel: z.number().int().min(1000).max(LESSON_FUEL_MAX).default(200_000) }).prefault({}),
  rewards: z.strictObject({ creditsMicro: z.string().regex(/^\d{1,12}$/), badge: id.optional() }),
})
export type LessonFile = z.output<typeof lessonFile>

export const lessonHead = z.strictObject({
  title: z.string().min(1).max(80),
  tasks: z.record(z.string(), z.string().min(1)),
  hints: z.array(z.string().min(1)).min(3, 'needs three hints: a nudge, the concept, and nearly there'),
  messages: z.record(z.string(), z.string().min(1)).default({}),
  /** What stands in the lesson's code, and is said in its trial -> the same in this language. */
  code: z.record(z.string().min(1), z.string().min(1)).default({}),
})
export type LessonHead = z.output<typeof lessonHead>

export const courseFile = z.strictObject({
  id,
  world: z.string(),
  title: z.strictObject({ en: z.string(), ru: z.string() }),
  lessons: z.array(z.string()).min(1).max(200),
  badges: z
    .record(
      id,
      z.strictObject({
        en: z.strictObject({ name: z.string(), text: z.string() }),
        ru: z.strictObject({ name: z.string(), text: z.string() }),
      }),
    )
    .default({}),
})
export type CourseFile = z.output<typeof courseFile>
