/** Sessions, their refresh tokens (as hashes), and the keys that sign access tokens. */
import type { AccountOperations, RefreshRow, SessionRow, SigningKeyRow } from '../accounts/types.ts'
import type { Prisma, RefreshToken, Session, SigningKey } from './generated/client.ts'

type Operations = Pick<
  AccountOperations,
  | 'addSession'
  | 'session'
  | 'knowsNetwork'
  | 'revokeSession'
  | 'revokeSessionsOf'
  | 'refreshToken'
  | 'spendToken'
  | 'purge'
  | 'signingKeys'
  | 'addSigningKey'
  | 'dropSigningKey'
>

export function sessionOperations(client: Prisma.TransactionClient): Operations {
  return {
    async addSession({ id, playerId, createdAtMs, network }, token) {
      await client.session.create({ data: { id, playerId, createdAtMs: BigInt(createdAtMs), network } })
      await client.refreshToken.create({ data: toTokenData(token) })
    },
    async session(id) {
      const row = await client.session.findUnique({ where: { id } })
      return row ? toSession(row) : undefined
    },
    async knowsNetwork(playerId, network, sinceMs) {
      const found = await client.session.findFirst({
        where: { playerId, network, createdAtMs: { gte: BigInt(sinceMs) } },
        select: { id: true },
      })
      return found !== null
    },
    async revokeSession(id, reason, atMs) {
      const { count } = await client.session.updateMany({
        where: { id, revokedAtMs: null },
        data: { revokedAtMs: BigInt(atMs), reason },
      })
      return count === 1
    },
    async revokeSessionsOf(playerId, reason, atMs, except) {
      const rows = await client.session.updateManyAndReturn({
        where: { playerId, revokedAtMs: null, ...(except !== undefined && { id: { not: except } }) },
        data: { revokedAtMs: BigInt(atMs), reason },
        select: { id: true },
      })
      return rows.map(({ id }) => id)
    },
    async refreshToken(tokenHash) {
      const row = await client.refreshToken.findUnique({ where: { tokenHash }, include: { session: true } })
      return row ? { token: toToken(row), session: toSession(row.session) } : undefined
    },
    async spendToken(tokenHash, successor, nowMs) {
      // One statement: of two at once the second waits for the row, then finds it used and inserts nothing.
      const count = await client.$executeRaw`
        WITH spent AS (
          UPDATE "RefreshToken" AS t SET "usedAtMs" = ${BigInt(nowMs)}
          FROM "Session" AS s
          WHERE t."tokenHash" = ${tokenHash} AND t."usedAtMs" IS NULL AND t."expiresAtMs" > ${BigInt(nowMs)}
            AND s.id = t."sessionId" AND s."revokedAtMs" IS NULL
          RETURNING t."sessionId"
        )
        INSERT INTO "RefreshToken" ("tokenHash", "sessionId", "issuedAtMs", "expiresAtMs")
        SELECT ${successor.tokenHash}, "sessionId", ${BigInt(successor.issuedAtMs)}, ${BigInt(successor.expiresAtMs)} FROM spent`
      return count === 1
    },
    async purge(tokensBeforeMs, sessionsBeforeMs) {
      await client.refreshToken.deleteMany({ where: { expiresAtMs: { lt: BigInt(tokensBeforeMs) } } })
      await client.session.deleteMany({
        where: { createdAtMs: { lt: BigInt(sessionsBeforeMs) }, tokens: { none: {} } },
      })
    },
    async signingKeys() {
      return (await client.signingKey.findMany({ orderBy: { order: 'asc' } })).map(toKey)
    },
    async addSigningKey({ createdAtMs, activeFromMs, publicJwk, privateSealed, kid, order }) {
      const times = { createdAtMs: BigInt(createdAtMs), activeFromMs: BigInt(activeFromMs) }
      const data = {
        kid,
        order,
        publicJwk: publicJwk as Prisma.InputJsonObject,
        privateSealed: Uint8Array.from(privateSealed),
        ...times,
      }
      const { count } = await client.signingKey.createMany({ data: [data], skipDuplicates: true })
      return count === 1
    },
    async dropSigningKey(kid) {
      await client.signingKey.deleteMany({ where: { kid } })
    },
  }
}

const toSession = ({ id, playerId, createdAtMs, network, revokedAtMs, reason }: Session): SessionRow => ({
  id,
  playerId,
  createdAtMs: Number(createdAtMs),
  network,
  ...(revokedAtMs !== null && { revokedAtMs: Number(revokedAtMs) }),
  ...(reason !== null && { reason }),
})

const toToken = ({ tokenHash, sessionId, issuedAtMs, expiresAtMs, usedAtMs }: RefreshToken): RefreshRow => ({
  tokenHash,
  sessionId,
  issuedAtMs: Number(issuedAtMs),
  expiresAtMs: Number(expiresAtMs),
  ...(usedAtMs !== null && { usedAtMs: Number(usedAtMs) }),
})

const toTokenData = ({ tokenHash, sessionId, issuedAtMs, expiresAtMs }: RefreshRow) => ({
  tokenHash,
  sessionId,
  issuedAtMs: BigInt(issuedAtMs),
  expiresAtMs: BigInt(expiresAtMs),
})

const toKey = ({ kid, order, publicJwk, privateSealed, createdAtMs, activeFromMs }: SigningKey): SigningKeyRow => ({
  kid,
  order,
  publicJwk: publicJwk as SigningKeyRow['publicJwk'],
  privateSealed,
  createdAtMs: Number(createdAtMs),
  activeFromMs: Number(activeFromMs),
})
