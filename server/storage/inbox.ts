/** Messages that wait for somebody who is not in reach now, and the ids of those that were handed over lately. */
import { INBOX_GIVEN_KEPT_MAX, INBOX_GIVEN_KEPT_MS } from '../limits.ts'
import type { HeldMessage, InboxStore } from '../link/types.ts'
import type { Database } from './database.ts'

type Row = {
  id: string
  away: boolean
  node: string
  recipient: string
  sender: string
  envelope: Uint8Array
  storedAtMs: string
  expiresAtMs: string
}

const COLUMNS = `id, away, node, recipient, sender, envelope, "storedAtMs", "expiresAtMs"`
const WAITS = `"givenAtMs" IS NULL`

const toHeld = ({ storedAtMs, expiresAtMs, envelope, away, ...rest }: Row): HeldMessage => ({
  ...rest,
  where: away ? 'away' : 'here',
  envelope: new Uint8Array(envelope),
  storedAtMs: Number(storedAtMs),
  expiresAtMs: Number(expiresAtMs),
})

export function createInboxStore({ pool }: Pick<Database, 'pool'>): InboxStore {
  return {
    async put(held, { perRecipient, perNode }) {
      const { rows } = await pool.query<{ held: boolean }>(
        `WITH added AS (
           INSERT INTO "InboxMessage" (${COLUMNS})
           SELECT $1, $2::boolean, $3, $4, $5, $6, $7::bigint, $8::bigint
           WHERE (SELECT count(*) FROM "InboxMessage" WHERE away = $2 AND node = $3 AND recipient = $4 AND ${WAITS}) < $9::int
             AND (SELECT count(*) FROM "InboxMessage" WHERE away = $2 AND node = $3 AND ${WAITS}) < $10::int
           ON CONFLICT (id) DO NOTHING RETURNING id)
         SELECT EXISTS (SELECT 1 FROM added) OR EXISTS (SELECT 1 FROM "InboxMessage" WHERE id = $1) AS held`,
        [
          held.id,
          held.where === 'away',
          held.node,
          held.recipient,
          held.sender,
          Buffer.from(held.envelope),
          held.storedAtMs,
          held.expiresAtMs,
          perRecipient,
          perNode,
        ],
      )
      return rows[0]!.held
    },
    async state(id) {
      const { rows } = await pool.query<{ waits: boolean }>(
        `SELECT ${WAITS} AS waits FROM "InboxMessage" WHERE id = $1`,
        [id],
      )
      return rows[0] && (rows[0].waits ? 'waiting' : 'given')
    },
    async list(where, node, recipient, limit) {
      const { rows } = await pool.query<Row>(
        `SELECT ${COLUMNS} FROM "InboxMessage" WHERE away = $1 AND node = $2 AND ($3::text IS NULL OR recipient = $3)
           AND ${WAITS} ORDER BY "order" LIMIT $4`,
        [where === 'away', node, recipient ?? null, limit],
      )
      return rows.map(toHeld)
    },
    async waiting(node, limit) {
      const { rows } = await pool.query<Row>(
        `SELECT DISTINCT ON (recipient) ${COLUMNS} FROM "InboxMessage" WHERE NOT away AND node = $1 AND ${WAITS}
         ORDER BY recipient, "order" LIMIT $2`,
        [node, limit],
      )
      return rows.map(toHeld)
    },
    async given(ids, nowMs) {
      await pool.query(
        `UPDATE "InboxMessage" SET "givenAtMs" = $2::bigint, "expiresAtMs" = $3::bigint, envelope = '' WHERE id = ANY($1)`,
        [ids, nowMs, nowMs + INBOX_GIVEN_KEPT_MS],
      )
    },
    async remove(ids) {
      if (ids.length > 0) await pool.query(`DELETE FROM "InboxMessage" WHERE id = ANY($1)`, [ids])
    },
    async expire(nowMs) {
      await pool.query(
        `DELETE FROM "InboxMessage" WHERE "givenAtMs" IS NOT NULL AND "order" <= (SELECT "order" FROM "InboxMessage"
           WHERE "givenAtMs" IS NOT NULL ORDER BY "order" DESC OFFSET $1 LIMIT 1)`,
        [INBOX_GIVEN_KEPT_MAX],
      )
      return (await pool.query(`DELETE FROM "InboxMessage" WHERE "expiresAtMs" <= $1`, [nowMs])).rowCount ?? 0
    },
  }
}
