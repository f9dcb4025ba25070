/** Writes the typed database client from prisma/schema.prisma (`npm run db:generate`). */
import { spawnSync } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

// Generating needs no schema engine, yet Prisma downloads one unless it is pointed at some executable.
const { status, error, stdout, stderr } = spawnSync(
  process.execPath,
  [resolve(root, 'node_modules/prisma/build/index.js'), 'generate'],
  {
    cwd: root,
    env: {
      ...process.env,
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
    encoding: 'utf8',
  },
)
if (error) throw error
if (status !== 0) process.stderr.write(stdout + stderr)
process.exitCode = status ?? 1
