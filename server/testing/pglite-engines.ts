/**
 * Embedded databases in memory that tests of one file use one after another: emptying one takes a tenth of what starting one does. One that a
 * test left with another schema is not used again.
 */
import { Client } from 'pg'
import { type Embedded, startEmbedded } from '../storage/embedded.ts'
import { pgliteImage } from './pglite-image.ts'

type Engine = Embedded & { readonly schema: string }

const idle: Engine[] = []
const running = new Set<Engine>()

/** Empty, with the present migrations. */
export async function takeEngine(): Promise<Engine> {
  const kept = idle.pop()
  if (kept) return kept
  const embedded = await startEmbedded({ imageFile: await pgliteImage() })
  const engine = { ...embedded, schema: await asking(embedded, schemaOf) }
  running.add(engine)
  return engine
}

/** Its database must have been closed. */
export async function giveEngine(engine: Engine): Promise<void> {
  if (await asking(engine, (client) => empty(client, engine.schema)).catch(() => false)) {
    idle.push(engine)
    return
  }
  running.delete(engine)
  await engine[Symbol.asyncDispose]()
}

export async function closeEngines(): Promise<void> {
  idle.length = 0
  for (const engine of running) await engine[Symbol.asyncDispose]()
  running.clear()
}

async function asking<T>({ connection }: Embedded, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(connection)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** False when something other than rows is not as it was. */
async function empty(client: Client, schema: string): Promise<boolean> {
  if ((await schemaOf(client)) !== schema) return false
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT quote_ident(relname) AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> '_prisma_migrations'`,
  )
  const hasRows = tables.map(({ name }) => `(SELECT '${name}' AS name WHERE EXISTS (SELECT FROM ${name}))`)
  const { rows: full } = await client.query<{ name: string }>(hasRows.join(' UNION ALL '))
  if (full.length > 0) await client.query(`TRUNCATE ${full.map(({ name }) => name).join(', ')} CASCADE`)
  const { rows: counted } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, sequencename) AS name FROM pg_sequences WHERE last_value IS NOT NULL`,
  )
  for (const { name } of counted) await client.query(`ALTER SEQUENCE ${name} RESTART`)
  return true
}

/** A digest of everything but rows that a test could have changed, and of the migrations' own rows. */
async function schemaOf(client: Client): Promise<string> {
  const { rows } = await client.query<{ digest: string }>(`
    SELECT md5(string_agg(line, E'\\n' ORDER BY line)) AS digest FROM (
      SELECT concat_ws(' ', 'class', oid, relname, relkind, relhastriggers, relhasrules, reloptions) AS line FROM pg_class
        WHERE relnamespace = 'public'::regnamespace
      UNION ALL SELECT concat_ws(' ', 'column', attrelid, attname, atttypid, attnotnull, atthasdef) FROM pg_attribute
        JOIN pg_class ON attrelid = pg_class.oid WHERE relnamespace = 'public'::regnamespace
      UNION ALL SELECT concat_ws(' ', 'constraint', oid) FROM pg_constraint
      UNION ALL SELECT concat_ws(' ', 'trigger', oid, tgenabled) FROM pg_trigger
      UNION ALL SELECT concat_ws(' ', 'function', oid, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      UNION ALL SELECT concat_ws(' ', 'namespace', oid, nspname) FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast_temp)'
      UNION ALL SELECT concat_ws(' ', 'setting', setdatabase, setrole, setconfig) FROM pg_db_role_setting
      UNION ALL SELECT concat_ws(' ', 'migration', migration_name, checksum, finished_at) FROM _prisma_migrations
    ) lines`)
  return rows[0]!.digest
}
