/** The tables of a database as it says itself, parents before children. */
import type { PoolClient } from 'pg'
import { assert } from '../lib/assert.ts'

const BOOKS = '_prisma_migrations'

/** Every table but Prisma's books. */
export async function listTables(client: PoolClient): Promise<readonly string[]> {
  const { rows } = await client.query<{ tablename: string }>(
    `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> '${BOOKS}' ORDER BY tablename`,
  )
  const { rows: references } = await client.query<{ child: string; parent: string }>(
    `SELECT child.relname AS child, parent.relname AS parent FROM pg_constraint
     JOIN pg_class child ON child.oid = conrelid JOIN pg_class parent ON parent.oid = confrelid
     WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conrelid <> confrelid`,
  )
  return parentsFirst(
    rows.map(({ tablename }) => tablename),
    references,
  )
}

function parentsFirst(
  tables: readonly string[],
  references: readonly { readonly child: string; readonly parent: string }[],
): readonly string[] {
  const ordered: string[] = []
  const waiting = new Set(tables)
  while (waiting.size > 0) {
    const free = [...waiting].filter((table) => !references.some((r) => r.child === table && waiting.has(r.parent)))
    assert(free.length > 0, `tables refer to each other in a circle: ${[...waiting].join(', ')}`)
    for (const table of free) {
      ordered.push(table)
      waiting.delete(table)
    }
  }
  return ordered
}

export async function countRows(client: PoolClient, table: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`SELECT count(*)::float8 AS n FROM ${quoted(table)}`)
  return rows[0]!.n
}

/** Everything of ours in the schema: tables, and the functions and types that migrations made; not what extensions brought. */
const DROPS = `
  SELECT format('DROP TABLE %I.%I CASCADE', n.nspname, c.relname) AS sql
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE n.nspname = 'public' AND relkind IN ('r', 'p')
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = c.oid AND deptype = 'e')
  UNION ALL
  SELECT format('DROP ROUTINE %s CASCADE', p.oid::regprocedure)
  FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
  UNION ALL
  SELECT format('DROP TYPE %s CASCADE', t.oid::regtype)
  FROM pg_type t WHERE typnamespace = 'public'::regnamespace AND typtype = 'e'
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = t.oid AND deptype = 'e')`

/** Leaves a database as it was before the first migration. */
export async function dropEverything(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ sql: string }>(DROPS)
  for (const { sql } of rows) await client.query(sql)
}

/** An identifier as SQL writes it. */
export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
