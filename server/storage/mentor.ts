/** Keeps what the mentor was allowed, and what was said. Each change of an approval is one statement. */
import type {
  Approval,
  ApprovalStatus,
  ApprovalStore,
  Dialogue,
  DialogueLine,
  DialogueStore,
  Ladder,
  Rule,
  RuleStore,
} from '../inference/mentor/types.ts'
import type { PlayerId } from '../protocol/ids.ts'
import type { Database } from './database.ts'

const PENDING_MAX_ROWS = 50

export function createApprovalStore({ pool }: Database): ApprovalStore {
  const one = async (sql: string, values: unknown[]) => (await pool.query(sql, values)).rowCount === 1
  return {
    async add({ id, player, dialogue, tool, args, shown, status, createdAtMs, expiresAtMs }) {
      await pool.query(
        `INSERT INTO "MentorApproval" (id, "playerId", "dialogueId", tool, args, shown, status, "createdAtMs", "expiresAtMs")
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING`,
        [id, player, dialogue, tool, args, shown, status, createdAtMs, expiresAtMs],
      )
    },
    async find(id) {
      const { rows } = await pool.query<ApprovalRow>(`SELECT * FROM "MentorApproval" WHERE id = $1`, [id])
      return rows[0] && toApproval(rows[0])
    },
    decide: (id, player, status, nowMs) =>
      one(
        `UPDATE "MentorApproval" SET status = $3
         WHERE id = $1 AND "playerId" = $2 AND status = 'pending' AND "expiresAtMs" > $4`,
        [id, player, status, nowMs],
      ),
    use: ({ id, player, tool, args }, nowMs) =>
      one(
        `UPDATE "MentorApproval" SET status = 'used'
         WHERE id = $1 AND "playerId" = $2 AND tool = $3 AND args = $4 AND status = 'approved' AND "expiresAtMs" > $5`,
        [id, player, tool, args, nowMs],
      ),
    async pending(player, nowMs) {
      const { rows } = await pool.query<ApprovalRow>(
        `SELECT * FROM "MentorApproval" WHERE "playerId" = $1 AND status = 'pending' AND "expiresAtMs" > $2
         ORDER BY "createdAtMs" DESC, id LIMIT $3`,
        [player, nowMs, PENDING_MAX_ROWS],
      )
      return rows.map(toApproval)
    },
  }
}

export function createDialogueStore({ pool }: Database): DialogueStore {
  return {
    async open(player) {
      const { rows } = await pool.query<DialogueRow>(`SELECT * FROM "MentorDialogue" WHERE "playerId" = $1`, [player])
      return rows[0] && toDialogue(rows[0])
    },
    /** The dialogue and its new lines, together or not at all; lines said before are passed over. */
    async save({ id, player, summary, tokens, day, ladders }, lines) {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        await client.query(
          `INSERT INTO "MentorDialogue" (id, "playerId", summary, tokens, day, ladders) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT (id) DO UPDATE SET summary = EXCLUDED.summary, tokens = EXCLUDED.tokens, day = EXCLUDED.day, ladders = EXCLUDED.ladders`,
          [id, player, summary, tokens, day, JSON.stringify(ladders)],
        )
        await client.query(
          `INSERT INTO "MentorLine" ("dialogueId", seq, role, text, "atMs")
           SELECT $1, * FROM unnest($2::int[], $3::text[], $4::text[], $5::bigint[]) ON CONFLICT DO NOTHING`,
          [id, lines.map((l) => l.seq), lines.map((l) => l.role), lines.map((l) => l.text), lines.map((l) => l.atMs)],
        )
        await client.query('COMMIT')
        client.release()
      } catch (error) {
        client.release(true)
        throw error
      }
    },
    async last(dialogue, count) {
      const { rows } = await pool.query<{ seq: number; role: DialogueLine['role']; text: string; atMs: string }>(
        `SELECT seq, role, text, "atMs" FROM "MentorLine" WHERE "dialogueId" = $1 ORDER BY seq DESC LIMIT $2`,
        [dialogue, count],
      )
      return rows.reverse().map((row) => ({ ...row, atMs: Number(row.atMs) }))
    },
    async sumUp(dialogue, { before, after, tokens }) {
      const { rowCount } = await pool.query(
        `UPDATE "MentorDialogue" SET summary = $3, tokens = tokens + $4 WHERE id = $1 AND summary = $2`,
        [dialogue, before, after, tokens],
      )
      return rowCount === 1
    },
  }
}

export function createRuleStore({ pool }: Database): RuleStore {
  return {
    async read(player) {
      const { rows } = await pool.query<{ rules: string }>(`SELECT rules FROM "MentorRules" WHERE "playerId" = $1`, [
        player,
      ])
      return rows[0] ? (JSON.parse(rows[0].rules) as readonly Rule[]) : []
    },
    async write(player, rules) {
      await pool.query(
        `INSERT INTO "MentorRules" ("playerId", rules) VALUES ($1, $2)
         ON CONFLICT ("playerId") DO UPDATE SET rules = EXCLUDED.rules`,
        [player, JSON.stringify(rules)],
      )
    },
  }
}

/** `pg` hands out bigint columns as text. */
type ApprovalRow = {
  id: string
  playerId: string
  dialogueId: string
  tool: string
  args: string
  shown: string
  status: string
  createdAtMs: string
  expiresAtMs: string
}
type DialogueRow = { id: string; playerId: string; summary: string; tokens: number; day: string; ladders: string }

const toApproval = (row: ApprovalRow): Approval => ({
  id: row.id,
  player: row.playerId as PlayerId,
  dialogue: row.dialogueId,
  tool: row.tool,
  args: row.args,
  shown: row.shown,
  status: row.status as ApprovalStatus,
  createdAtMs: Number(row.createdAtMs),
  expiresAtMs: Number(row.expiresAtMs),
})

const toDialogue = (row: DialogueRow): Dialogue => ({
  id: row.id,
  player: row.playerId as PlayerId,
  summary: row.summary,
  tokens: row.tokens,
  day: row.day,
  ladders: JSON.parse(row.ladders) as Readonly<Record<string, Ladder>>,
})
