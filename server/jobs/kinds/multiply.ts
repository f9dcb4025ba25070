/** Multiplies: a list of numbers, or two matrices, a band of rows at a time. */
import { z } from 'zod'
import type { Value } from '../types.ts'
import { kind } from './kind.ts'
import { numbers } from './numbers.ts'

const SIDE_MAX = 192
/** Multiplications of one part. */
const BAND = 262_144

type Matrix = number[][]
const matrix = z
  .array(z.array(z.number()).min(1).max(SIDE_MAX))
  .min(1)
  .max(SIDE_MAX)
  .refine((rows) => rows.every((row) => row.length === rows[0]!.length), 'rows must have one length')
const matrices = z.strictObject({ a: matrix, b: matrix }).refine(({ a, b }) => a[0]!.length === b.length, {
  path: ['b'],
  message: 'must have as many rows as `a` has columns',
})

type Input = number[] | { a: Matrix; b: Matrix }

export const multiply = kind<Input>({
  name: 'multiply',
  input: z.union([matrices, numbers]) as z.ZodType<Input>,
  verification: 'digest',
  parts(input, stage): readonly Value[] {
    if (stage > 0) return []
    if (Array.isArray(input)) return [input]
    const { a, b } = input
    const rows = Math.max(1, Math.floor(BAND / (b.length * b[0]!.length)))
    return Array.from({ length: Math.ceil(a.length / rows) }, (_, i) => ({ a: a.slice(i * rows, (i + 1) * rows), b }))
  },
  fuelOf(part) {
    if (Array.isArray(part)) return part.length + 1
    const { a, b } = part as { a: Matrix; b: Matrix }
    return a.length * b.length * b[0]!.length + 1
  },
  run(part) {
    if (Array.isArray(part)) return { value: (part as number[]).reduce((a, b) => a * b, 1), fuel: part.length + 1 }
    const { a, b } = part as { a: Matrix; b: Matrix }
    const value = a.map((row) => b[0]!.map((_, j) => row.reduce((total, x, k) => total + x * b[k]![j]!, 0)))
    return { value, fuel: a.length * b.length * b[0]!.length + 1 }
  },
  join: (input, results) => (Array.isArray(input) ? results[0]! : (results as Value[][]).flat()),
})
