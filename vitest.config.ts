import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Real nodes, networks and browsers take longest: they begin, so that none of them runs alone in the end. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) =>
      /\/testing\/(flow|lab|chaos|compose)|\.browser\./.test(moduleId)
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

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
    sequence: { sequencer: LongFirst },
    // A condition is waited for as long as a busy machine may need.
    expect: { poll: { timeout: 30_000, interval: 50 } },
    testTimeout: 120_000,
    hookTimeout: 240_000,
    teardownTimeout: 30_000,
  },
})
