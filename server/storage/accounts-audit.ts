/** The audit log's entries: added at the end, one transaction at a time, and never touched again (a trigger refuses). */
import type { AccountOperations, AuditRow } from '../accounts/types.ts'
import type { AuditEntry, Prisma } from './generated/client.ts'

type Operations = Pick<AccountOperations, 'lockAuditHead' | 'addAudit' | 'auditAfter' | 'lastAuditIndex'>

/** An arbitrary number that all processes on the database agree on. */
const AUDIT_LOCK = 4_801_507_230n

export function auditOperations(client: Prisma.TransactionClient): Operations {
  const head = () => client.auditEntry.findFirst({ orderBy: { index: 'desc' }, select: { index: true, hash: true } })
  return {
    async lockAuditHead() {
      await client.$executeRaw`SELECT pg_advisory_xact_lock(${AUDIT_LOCK})`
      const last = await head()
      return last ? { index: Number(last.index), hash: last.hash } : undefined
    },
    async addAudit({ index, atMs, actor, action, subject, details, prevHash, hash }) {
      const data = { index: BigInt(index), atMs: BigInt(atMs), actor, action, subject, details, prevHash, hash }
      await client.auditEntry.createMany({ data: [data] })
    },
    async auditAfter(index, limit) {
      const rows = await client.auditEntry.findMany({
        where: { index: { gt: BigInt(index) } },
        orderBy: { index: 'asc' },
        take: limit,
      })
      return rows.map(toRow)
    },
    async lastAuditIndex() {
      return Number((await head())?.index ?? -1)
    },
  }
}

const toRow = ({ index, atMs, ...rest }: AuditEntry): AuditRow => ({
  ...rest,
  index: Number(index),
  atMs: Number(atMs),
})
