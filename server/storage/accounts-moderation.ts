/** Sanctions, blocks and reports. */
import type { AccountOperations, ReportRow, SanctionRow } from '../accounts/types.ts'
import type { Prisma, Report, Sanction } from './generated/client.ts'

type Operations = Pick<
  AccountOperations,
  | 'addSanction'
  | 'sanctionsInForce'
  | 'liftSanctions'
  | 'blocks'
  | 'setBlock'
  | 'addReport'
  | 'report'
  | 'reports'
  | 'closeReport'
>

export function moderationOperations(client: Prisma.TransactionClient): Operations {
  const inForce = (nowMs: number): Prisma.SanctionWhereInput => ({
    liftedAtMs: null,
    OR: [{ untilMs: null }, { untilMs: { gt: BigInt(nowMs) } }],
  })
  return {
    async addSanction({ fromMs, untilMs, id, playerId, kind, reason, by }) {
      const times = { fromMs: BigInt(fromMs), untilMs: untilMs === undefined ? null : BigInt(untilMs) }
      await client.sanction.create({ data: { id, playerId, kind, reason, by, ...times } })
    },
    async sanctionsInForce(nowMs, playerId) {
      const rows = await client.sanction.findMany({
        where: { ...inForce(nowMs), ...(playerId !== undefined && { playerId }) },
        orderBy: { id: 'asc' },
      })
      return rows.map(toSanction)
    },
    async liftSanctions(playerId, kind, by, nowMs) {
      const { count } = await client.sanction.updateMany({
        where: { ...inForce(nowMs), playerId, kind },
        data: { liftedAtMs: BigInt(nowMs), liftedBy: by },
      })
      return count
    },
    async blocks(by) {
      const rows = await client.block.findMany({
        where: by === undefined ? {} : { by },
        orderBy: [{ by: 'asc' }, { target: 'asc' }],
      })
      return rows.map(({ by, target, atMs }) => ({ by, target, atMs: Number(atMs) }))
    },
    async setBlock({ by, target, atMs }, on) {
      if (on) await client.block.createMany({ data: [{ by, target, atMs: BigInt(atMs) }], skipDuplicates: true })
      else await client.block.deleteMany({ where: { by, target } })
    },
    async addReport({ id, by, target, text, context, atMs }) {
      await client.report.create({
        data: { id, by, target: target ?? null, text, context: [...context], atMs: BigInt(atMs) },
      })
    },
    async report(id) {
      const row = await client.report.findUnique({ where: { id } })
      return row ? toReport(row) : undefined
    },
    async reports(state, beforeId, limit) {
      const rows = await client.report.findMany({
        where: {
          closedAtMs: state === 'open' ? null : { not: null },
          ...(beforeId !== undefined && { id: { lt: beforeId } }),
        },
        orderBy: { id: 'desc' },
        take: limit,
      })
      return rows.map(toReport)
    },
    async closeReport(id, by, note, atMs) {
      const { count } = await client.report.updateMany({
        where: { id, closedAtMs: null },
        data: { closedAtMs: BigInt(atMs), closedBy: by, note },
      })
      return count === 1
    },
  }
}

const toSanction = ({
  id,
  playerId,
  kind,
  reason,
  by,
  fromMs,
  untilMs,
  liftedAtMs,
  liftedBy,
}: Sanction): SanctionRow => ({
  id,
  playerId,
  kind: kind as SanctionRow['kind'],
  reason,
  by,
  fromMs: Number(fromMs),
  ...(untilMs !== null && { untilMs: Number(untilMs) }),
  ...(liftedAtMs !== null && { liftedAtMs: Number(liftedAtMs) }),
  ...(liftedBy !== null && { liftedBy }),
})

const toReport = ({ id, by, target, text, context, atMs, closedAtMs, closedBy, note }: Report): ReportRow => ({
  id,
  by,
  ...(target !== null && { target }),
  text,
  context,
  atMs: Number(atMs),
  ...(closedAtMs !== null && { closedAtMs: Number(closedAtMs) }),
  ...(closedBy !== null && { closedBy }),
  ...(note !== null && { note }),
})
