/** What people have set for themselves: aliases and settings. Its shape belongs to whoever reads it. */
import type { Json, PlayerId } from '../protocol/ids.ts'
import type { Database } from './database.ts'

export type PreferencesStore = {
  read(player: PlayerId): Promise<Json | undefined>
  write(player: PlayerId, value: Json): Promise<void>
}

export function createPreferencesStore({ prisma, pool }: Database): PreferencesStore {
  return {
    async read(playerId) {
      return (await prisma.preference.findUnique({ where: { playerId } }))?.value as Json | undefined
    },
    async write(playerId, value) {
      await pool.query(
        `INSERT INTO "Preference" ("playerId", value) VALUES ($1, $2::jsonb)
         ON CONFLICT ("playerId") DO UPDATE SET value = EXCLUDED.value`,
        [playerId, JSON.stringify(value)],
      )
    },
  }
}
