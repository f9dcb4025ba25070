import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type Checkpoint, parseCheckpoint } from '../../protocol/tlog/checkpoint.ts'
import { formatKey } from '../../protocol/tlog/note.ts'
import { openDatabase } from '../../storage/database.ts'
import { createLogStore } from '../../storage/tlog.ts'
import { createPostgresDatabase, describeOnDatabases } from '../../testing/database.ts'
import { layPgliteDirectory } from '../../testing/pglite-image.ts'
import { auditLog } from './auditor.ts'
import { loadIdentity } from './identity.ts'
import { createProving } from './proving.ts'

const SIGNER = fileURLToPath(new URL('./testing/signer.ts', import.meta.url))
/** Places of one turn: before and after the tiles are stored, around the guard's writing, and when the note is out. */
const PLACES = [
  'before append',
  'after append',
  'before guard',
  'before sync',
  'after sync',
  'after rename',
  'after guard',
  'after publish',
]

type Said = { readonly state?: { readonly ok: boolean; readonly code?: string }; readonly note: string }

await describeOnDatabases('a log that is killed', (kind) => {
  test('M7 M12 goes on at each place, and never takes back a head that it showed', { timeout: 300_000 }, async () => {
    const dir = mkdtempSync(join(tmpdir(), 'academy-test-'))
    await using fresh = kind === 'postgres' ? await createPostgresDatabase() : undefined
    if (kind === 'pglite') await layPgliteDirectory(join(dir, 'database'))
    try {
      const shown: Checkpoint[] = []
      // The embedded database takes seconds to open: every second place there, all of them on PostgreSQL.
      const places = PLACES.filter((_, i) => kind === 'postgres' || i % 2 === 1)
      for (const [i, place] of places.entries()) {
        const said = await runUntilKilled(dir, fresh?.url ?? '', place, 2 + (i % 3))
        expect(said[0]!.state).toEqual({ ok: true })
        shown.push(...said.flatMap(({ note }) => (note === '' ? [] : [parseCheckpoint(note)!])))
      }
      const sizes = shown.map(({ size }) => size)
      expect(sizes).toEqual([...sizes].sort((a, b) => a - b))
      expect(new Set(sizes).size).toBeGreaterThan(places.length)

      await using db = await openDatabase({
        ...(fresh ? { url: fresh.url } : { dataDir: join(dir, 'database') }),
        log: { info() {}, error() {} },
      })
      const store = createLogStore(db)
      const proving = createProving(store)
      for (const { size, root } of shown) expect(await proving.root(size)).toEqual(root)
      const { signed } = await store.standing()
      const { size } = parseCheckpoint(signed)!
      const source = {
        checkpoint: async () => signed,
        tile: (level: number, index: number, width: number) => proving.tile(level, index, width, size),
        bundle: (index: number, width: number) => proving.bundle(index, width, size),
      }
      const key = formatKey((await loadIdentity(join(dir, 'log'))).log.key)
      expect(await auditLog(source, { log: key, witnesses: [], quorum: 0 })).toMatchObject({ ok: true, problems: [] })
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })
})

async function runUntilKilled(dir: string, url: string, place: string, passes: number): Promise<readonly Said[]> {
  const child = spawn(process.execPath, [SIGNER, dir, url, place, String(passes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const said: Said[] = []
  const exited = new Promise<NodeJS.Signals | null>((done) => child.once('exit', (_, signal) => done(signal)))
  for await (const line of createInterface({ input: child.stdout })) said.push(JSON.parse(line))
  expect(await exited).toBe('SIGKILL')
  return said
}
