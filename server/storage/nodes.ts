/** Nodes of the network and their leases, and invitations to it. Times are the database's: all initial nodes on it agree. */
import type { Admit, Invite, InviteStore, NodeRecord, NodeStore, Proven, Renewal } from '../link/registry/types.ts'
import type { NodeId, NodeRole } from '../link/types.ts'
import type { Database } from './database.ts'

type Row = {
  node: string
  leaseId: string
  owner: string
  role: string
  name: string
  version: string
  manifest: unknown
  addresses: string[]
  proven: unknown
  load: unknown
  hub: string
  admittedAtMs: string
  renewedAtMs: string
  expiresAtMs: string
  leftAtMs: string | null
  leftReason: string | null
}

/** Milliseconds since 1970 by the database's clock, not that of the transaction's start. */
const NOW = `(extract(epoch from clock_timestamp()) * 1000)::bigint`
const ALIVE = `"leftAtMs" IS NULL AND "expiresAtMs" > ${NOW}`

const toRecord = (row: Row): NodeRecord => ({
  node: row.node,
  leaseId: row.leaseId,
  owner: row.owner,
  role: row.role as NodeRole,
  name: row.name,
  version: row.version,
  manifest: row.manifest as NodeRecord['manifest'],
  addresses: row.addresses,
  ...(row.proven !== null && { proven: row.proven as Proven }),
  ...(row.load !== null && { load: row.load as NonNullable<NodeRecord['load']> }),
  hub: row.hub,
  admittedAtMs: Number(row.admittedAtMs),
  renewedAtMs: Number(row.renewedAtMs),
  expiresAtMs: Number(row.expiresAtMs),
  ...(row.leftAtMs !== null && { leftAtMs: Number(row.leftAtMs) }),
  ...(row.leftReason !== null && { leftReason: row.leftReason }),
})

export function createNodeStore({ pool }: Pick<Database, 'pool'>): NodeStore {
  const rows = async (sql: string, values: unknown[] = []) => (await pool.query<Row>(sql, values)).rows.map(toRecord)

  return {
    async admit(node: Admit, ttlMs) {
      const [admitted] = await rows(
        `INSERT INTO "NodeLease" (node, "leaseId", owner, role, name, version, manifest, addresses, hub,
           "admittedAtMs", "renewedAtMs", "expiresAtMs", "changedAtMs")
         VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, ${NOW}, ${NOW}, ${NOW} + $10::bigint, ${NOW})
         ON CONFLICT (node) DO UPDATE SET "leaseId" = $2, owner = $3, role = $4, name = $5, version = $6,
           manifest = $7::jsonb, addresses = $8, hub = $9, seq = 0, load = NULL, proven = NULL, "admittedAtMs" = ${NOW}, "renewedAtMs" = ${NOW},
           "expiresAtMs" = ${NOW} + $10::bigint, "leftAtMs" = NULL, "leftReason" = NULL, "changedAtMs" = ${NOW}
         RETURNING *`,
        [
          node.node,
          node.leaseId,
          node.owner,
          node.role,
          node.name,
          node.version,
          JSON.stringify(node.manifest),
          node.addresses,
          node.hub,
          ttlMs,
        ],
      )
      return admitted!
    },
    async renew(renewals: readonly Renewal[], ttlMs) {
      const json = (pick: (each: Renewal) => unknown) =>
        renewals.map((each) => (pick(each) === undefined ? null : JSON.stringify(pick(each))))
      const { rows: renewed } = await pool.query<{ node: string; proven: unknown; expiresAtMs: string }>(
        `UPDATE "NodeLease" AS l SET "renewedAtMs" = ${NOW}, "expiresAtMs" = ${NOW} + $7::bigint,
           seq = GREATEST(l.seq, r.seq), load = COALESCE(r.load, l.load), manifest = COALESCE(r.manifest, l.manifest),
           addresses = CASE WHEN r.addresses IS NULL THEN l.addresses
             ELSE ARRAY(SELECT jsonb_array_elements_text(r.addresses)) END
         FROM unnest($1::text[], $2::text[], $3::bigint[], $4::jsonb[], $5::jsonb[], $6::jsonb[])
           AS r(node, "leaseId", seq, load, addresses, manifest)
         WHERE l.node = r.node AND l."leaseId" = r."leaseId" AND l."leftAtMs" IS NULL AND l."expiresAtMs" > ${NOW}
         RETURNING l.node, l.proven, l."expiresAtMs"`,
        [
          renewals.map(({ node }) => node),
          renewals.map(({ leaseId }) => leaseId),
          renewals.map(({ seq }) => seq),
          json(({ load }) => load),
          json(({ addresses }) => addresses),
          json(({ manifest }) => manifest),
          ttlMs,
        ],
      )
      return new Map(
        renewed.map(({ node, proven, expiresAtMs }) => [
          node,
          { ...(proven !== null && { proven: proven as Proven }), expiresAtMs: Number(expiresAtMs) },
        ]),
      )
    },
    async leave(node: NodeId, leaseId: string, reason: string) {
      const left = await pool.query(
        `UPDATE "NodeLease" SET "leftAtMs" = ${NOW}, "leftReason" = $3, "changedAtMs" = ${NOW}
         WHERE node = $1 AND "leaseId" = $2 AND "leftAtMs" IS NULL`,
        [node, leaseId, reason],
      )
      return (left.rowCount ?? 0) > 0
    },
    async prove(node, proven) {
      await pool.query(`UPDATE "NodeLease" SET proven = $2::jsonb, "changedAtMs" = ${NOW} WHERE node = $1`, [
        node,
        JSON.stringify(proven),
      ])
    },
    expire: () =>
      rows(
        `UPDATE "NodeLease" SET "leftAtMs" = ${NOW}, "leftReason" = 'lease', "changedAtMs" = ${NOW}
         WHERE "leftAtMs" IS NULL AND "expiresAtMs" <= ${NOW} RETURNING *`,
      ),
    get: async (node) => (await rows(`SELECT * FROM "NodeLease" WHERE node = $1`, [node]))[0],
    alive: ({ after = '', limit = 1_000, role } = {}) =>
      rows(
        `SELECT * FROM "NodeLease" WHERE ${ALIVE} AND node > $1 AND ($3::text IS NULL OR role = $3) ORDER BY node LIMIT $2`,
        [after, limit, role ?? null],
      ),
    async aliveOf(owner) {
      const { rows: counted } = await pool.query<{ n: string }>(
        `SELECT count(*) AS n FROM "NodeLease" WHERE owner = $1 AND ${ALIVE}`,
        [owner],
      )
      return Number(counted[0]!.n)
    },
    named: (name, limit) =>
      rows(`SELECT * FROM "NodeLease" WHERE lower(name) = lower($1) AND ${ALIVE} ORDER BY node LIMIT $2`, [
        name,
        limit,
      ]),
    async changes(sinceMs) {
      const { rows: clock } = await pool.query<{ now: string }>(`SELECT ${NOW} AS now`)
      const nodes = await rows(`SELECT * FROM "NodeLease" WHERE "changedAtMs" > $1 ORDER BY "changedAtMs", node`, [
        sinceMs,
      ])
      return { nodes, untilMs: Number(clock[0]!.now) }
    },
  }
}

type InviteRow = Awaited<ReturnType<Database['prisma']['nodeInvite']['findFirstOrThrow']>>

const toInvite = ({ createdAtMs, expiresAtMs, role, ...rest }: InviteRow): Invite => ({
  ...rest,
  role: role as NodeRole,
  createdAtMs: Number(createdAtMs),
  expiresAtMs: Number(expiresAtMs),
})

export function createInviteStore({ prisma }: Pick<Database, 'prisma'>): InviteStore {
  return {
    async put({ keyHash, createdAtMs, expiresAtMs, ...rest }) {
      const data = {
        ...rest,
        keyHash: new Uint8Array(keyHash),
        createdAtMs: BigInt(createdAtMs),
        expiresAtMs: BigInt(expiresAtMs),
      }
      await prisma.nodeInvite.upsert({ where: { id: rest.id }, create: data, update: {} })
    },
    async get(id) {
      const row = await prisma.nodeInvite.findUnique({ where: { id } })
      return row === null ? undefined : toInvite(row)
    },
    async use(id, nowMs) {
      const used = await prisma.nodeInvite.updateMany({
        where: { id, usesLeft: { gt: 0 }, expiresAtMs: { gt: BigInt(nowMs) } },
        data: { usesLeft: { decrement: 1 } },
      })
      return used.count > 0
    },
    async list(nowMs) {
      return (
        await prisma.nodeInvite.findMany({
          where: { usesLeft: { gt: 0 }, expiresAtMs: { gt: BigInt(nowMs) } },
          orderBy: { createdAtMs: 'asc' },
        })
      ).map(toInvite)
    },
    async remove(id) {
      await prisma.nodeInvite.deleteMany({ where: { id } })
    },
  }
}
