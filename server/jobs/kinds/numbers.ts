/** A list of numbers as an input: by itself or as `{ numbers }`. */
import { z } from 'zod'

const MAX = 65_536

const list = z.array(z.number()).min(1).max(MAX)
export const numbers = z.union([list, z.strictObject({ numbers: list }).transform((all) => all.numbers)])
