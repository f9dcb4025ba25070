/** SHA-256 (FIPS 180-4) of a text, and again of its digest as many times as asked: work that is easy to count. Answers hex. */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { kind } from './kind.ts'

const text = z.string().max(262_144)
type Input = { readonly text: string; readonly rounds: number }
const full = z.strictObject({ text, rounds: z.number().int().min(1).max(2_000_000).default(1) })

/** A block of 64 bytes is one fuel per byte. */
const BLOCK = 64
const cost = ({ text: bytes, rounds }: Input): number => BLOCK * (Math.ceil((bytes.length * 3 + 9) / BLOCK) + rounds)

export const hash = kind<Input>({
  name: 'hash',
  input: z.union([text.transform((all) => ({ text: all, rounds: 1 })), full]) as z.ZodType<Input>,
  verification: 'digest',
  parts: (input, stage) => (stage === 0 ? [input] : []),
  fuelOf: (part) => cost(part as Input),
  run(part, progress) {
    const { text: of, rounds } = part as Input
    let digest = createHash('sha256').update(of).digest()
    for (let round = 1; round < rounds; round++) {
      digest = createHash('sha256').update(digest).digest()
      if (round % 65_536 === 0) progress(round / rounds)
    }
    return { value: digest.toString('hex'), fuel: cost(part as Input) }
  },
  join: (_input, [result]) => result!,
})
