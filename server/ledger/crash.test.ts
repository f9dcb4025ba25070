import { expect, test } from 'vitest'
import { describeOnDatabases } from '../testing/database.ts'
import { killAgainAndAgain } from '../testing/ledger-kills.ts'

const KILLS = { pglite: 5, postgres: 8 }

await describeOnDatabases('the ledger after kill -9', (kind) => {
  test('L4 L9 L14 L16 every step that was answered stands once', { timeout: 240_000 }, async () => {
    const found = await killAgainAndAgain({ kind, kills: KILLS[kind], seed: 7 })
    expect(found.problems).toEqual([])
    expect(found.kills).toBe(KILLS[kind])
  })
})
