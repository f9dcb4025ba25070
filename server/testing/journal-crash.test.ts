/** A node is killed, the world's files are changed, and the node comes up again: what was acknowledged stands (E22, E27). */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runCommand } from '../commands/index.ts'
import { recoverZone } from '../engine/index.ts'
import type { WorldDef } from '../engine/types.ts'
import { openDatabase } from '../storage/database.ts'
import { createJournal } from '../storage/journal.ts'
import { createPostgresDatabase, describeOnDatabases } from './database.ts'
import { layPgliteDirectory } from './pglite-image.ts'
import { FIXTURE_FILES, fixtureWorld } from './world.ts'

const PLAYER = fileURLToPath(new URL('./journal-player.ts', import.meta.url))
const ITEMS = 'zones/harbor/items.yaml'
/** Crates are nailed down now: none of what Ann has done would be allowed. */
const nailedDown = () =>
  fixtureWorld({
    [ITEMS]: FIXTURE_FILES[ITEMS]!.replace('crate: { kind: thing,', 'crate: { kind: thing, fixed: true,'),
  })

type Acknowledged = { readonly seq: number; readonly crates: unknown }

await describeOnDatabases('the journal after kill -9', (kind) => {
  test.each([
    ['unchanged', fixtureWorld, false],
    ['changed', nailedDown, true],
  ] as const)(
    'E22 E27 everything acknowledged stands under %s files',
    { timeout: 60_000 },
    async (_, world, byEvents) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'academy-test-'))
      if (kind === 'pglite') await layPgliteDirectory(dataDir)
      const fresh = kind === 'postgres' ? await createPostgresDatabase() : undefined
      try {
        const last = await playUntilKilled(dataDir, fresh?.url, 137)
        const log = { info() {}, error() {} }
        await using db = await openDatabase(fresh ? { url: fresh.url, log } : { dataDir, log })
        const journal = createJournal(db)
        const found = await recover(world(), journal, last.seq)
        expect(found.byEvents).toBe(byEvents)
        expect(found.zone.view.itemsOfThing('harbor:crate').map(({ id, at }) => [id, at])).toEqual(last.crates)
        expect(found.zone.view.state.seq).toBe(last.seq)
        expect(await recover(world(), journal, Number.POSITIVE_INFINITY)).toMatchObject({ byEvents })
      } finally {
        await fresh?.[Symbol.asyncDispose]()
        rmSync(dataDir, { recursive: true, force: true })
      }
    },
  )
})

/** As it stood at one number: what was kept after it without having been acknowledged is left out. */
function recover(def: WorldDef, journal: ReturnType<typeof createJournal>, upTo: number) {
  const read: typeof journal.read = async (zone, after) =>
    (await journal.read(zone, after)).filter(({ seq }) => seq <= upTo)
  return recoverZone({ def, zone: 'harbor', seed: 'crash' }, runCommand, { ...journal, read })
}

async function playUntilKilled(dataDir: string, url: string | undefined, answers: number): Promise<Acknowledged> {
  const player = spawn(process.execPath, [PLAYER, dataDir, ...(url ? [url] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let last: Acknowledged | undefined
  let count = 0
  for await (const line of createInterface({ input: player.stdout })) {
    last = JSON.parse(line) as Acknowledged
    if (++count === answers) player.kill('SIGKILL')
  }
  return last!
}
