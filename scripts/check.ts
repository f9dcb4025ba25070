/** `npm run check`: types, lint, import map, world files, unused code and dependencies; every check runs, then the verdict. */
import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const bin = (name: string) => join(root, 'node_modules', '.bin', name)

const CHECKS: readonly (readonly [title: string, command: string, ...args: string[]])[] = [
  ['types', bin('tsc'), '-p', root],
  ['lint and format', bin('biome'), 'check', '--error-on-warnings', '--diagnostic-level=warn'],
  ['import map', process.execPath, join(root, 'scripts/import-map.ts')],
  ['world files', process.execPath, join(root, 'scripts/check-world.ts'), 'worlds/academy'],
  ['unused code and dependencies', bin('knip')],
]

const failed: string[] = []
for (const [title, command, ...args] of CHECKS) {
  const startedAt = performance.now()
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${title} (${seconds} s)`)
  if (status !== 0) failed.push(title)
}
if (failed.length > 0) {
  console.error(`check: ${failed.join(', ')} failed`)
  process.exit(1)
}
