/** What the node remembers of itself under a name: its identity, its secrets, when it last did what. */
import type { Json } from '../protocol/ids.ts'
import type { Database } from './database.ts'

export type Settings = {
  get(key: string): Promise<Json | undefined>
  set(key: string, value: Json): Promise<void>
  /** The value that stands under the key: this one, or the one that was there first. For what is made once. */
  setOnce(key: string, value: Json): Promise<Json>
  remove(key: string): Promise<void>
}

export function createSettings({ prisma, pool }: Database): Settings {
  const get = async (key: string) => (await prisma.setting.findUnique({ where: { key } }))?.value as Json | undefined
  return {
    get,
    async set(key, value) {
      await pool.query(
        `INSERT INTO "Setting" (key, value) VALUES ($1, $2::jsonb) ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value`,
        [key, JSON.stringify(value)],
      )
    },
    async setOnce(key, value) {
      await pool.query(`INSERT INTO "Setting" (key, value) VALUES ($1, $2::jsonb) ON CONFLICT (key) DO NOTHING`, [
        key,
        JSON.stringify(value),
      ])
      return (await get(key)) as Json
    },
    async remove(key) {
      await prisma.setting.deleteMany({ where: { key } })
    },
  }
}
