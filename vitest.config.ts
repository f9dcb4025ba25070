import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: [
      'server/**/*.test.ts',
      'client/**/*.test.ts',
      'scripts/**/*.test.ts',
      'worlds/**/*.test.ts',
      'content/*.test.ts',
    ],
    // Two cores, real processes: more workers only make everything slower.
    pool: 'forks',
    maxWorkers: 2,
    // Half of a node's start is compiling the same code as the node before it.
    env: { NODE_COMPILE_CACHE: fileURLToPath(new URL('.cache/compiled', import.meta.url)) },
    // A condition is waited for as long as a busy machine may need.
    expect: { poll: { timeout: 15_000, interval: 50 } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
  },
})
