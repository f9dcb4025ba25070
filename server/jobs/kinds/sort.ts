/** Sorts numbers by size, or words by their code units: an order that does not depend on where it is made. */
import { z } from 'zod'
import { kind } from './kind.ts'
import { numbers } from './numbers.ts'

const words = z.array(z.string().max(10_000)).min(1).max(65_536)
type Input = number[] | string[]

const cost = (length: number): number => {
  let bits = 1
  for (let n = length; n > 1; n = Math.ceil(n / 2)) bits++
  return length * bits
}

export const sort = kind<Input>({
  name: 'sort',
  input: z.union([numbers, words]) as z.ZodType<Input>,
  verification: 'digest',
  parts: (input, stage) => (stage === 0 ? [input] : []),
  fuelOf: (part) => cost((part as Input).length),
  run(part) {
    const all = [...(part as Input)] as (number | string)[]
    return { value: all.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)), fuel: cost(all.length) }
  },
  join: (_input, [result]) => result!,
})
