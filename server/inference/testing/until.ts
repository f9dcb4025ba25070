/** For tests: waits for a condition as long as a busy machine may need. */
import { vi } from 'vitest'

export const until = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 30_000, interval: 10 })
