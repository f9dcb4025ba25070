/** Assertions: when one fails we were wrong, not the person using us. */

export class AssertionFailed extends Error {
  readonly code = 'assertion_failed'
}

export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailed(message)
}
