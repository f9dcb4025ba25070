/** Adds numbers up, from the first to the last. */

import { kind } from './kind.ts'
import { numbers } from './numbers.ts'

export const sum = kind<number[]>({
  name: 'sum',
  input: numbers,
  verification: 'digest',
  parts: (input, stage) => (stage === 0 ? [input] : []),
  fuelOf: (part) => (part as number[]).length + 1,
  run(part) {
    const all = part as number[]
    return { value: all.reduce((a, b) => a + b, 0), fuel: all.length + 1 }
  },
  join: (_input, [result]) => result!,
})
