/** What a command of the host asks of a running node, read where it arrives. */
import type { z } from 'zod'

class BadOrder extends Error {
  readonly code = 'bad_order'
  constructor(problems: readonly string[]) {
    super(
      `This cannot be done: ${problems.join('; ')}. “academy help” and the word of the command say what it takes.`,
    )
  }
}

/** Throws `BadOrder`, with every problem by the name of its field. */
export function readOrder<T extends z.ZodType>(schema: T, raw: unknown): z.infer<T> {
  const parsed = schema.safeParse(raw)
  if (parsed.success) return parsed.data
  throw new BadOrder(parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the order'} ${message}`))
}
