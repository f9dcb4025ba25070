/** The registry of travelling agents in the database: each decision is one transaction, with the agent's row locked. */
import type { IntentRow, MigrationStore, OwnershipEntry } from '../migration/store.ts'
import type { Ownership } from '../migration/types.ts'
import type { Database } from './database.ts'
import type { Prisma } from './generated/client.ts'

type Tx = Prisma.TransactionClient
type OwnerRow = { readonly agentId: string; readonly owner: string; readonly epoch: number; readonly home: string }

const toIntent = (row: {
  mid: string
  agentId: string
  epoch: number
  src: string
  dst: string
  status: string
  reason: string | null
  expiresAtMs: bigint
}): IntentRow => ({
  mid: row.mid,
  agentId: row.agentId,
  epoch: row.epoch,
  src: row.src,
  dst: row.dst,
  status: row.status as IntentRow['status'],
  ...(row.reason !== null && { reason: row.reason }),
  expiresAtMs: Number(row.expiresAtMs),
})

const toOwnership = ({ agentId, owner, epoch, home }: OwnerRow): Ownership => ({ agentId, owner, epoch, home })

export function createMigrationStore({ prisma }: Pick<Database, 'prisma'>): MigrationStore {
  const find = async (tx: Tx, mid: string): Promise<IntentRow | undefined> => {
    const row = await tx.migrationIntent.findUnique({ where: { mid } })
    return row ? toIntent(row) : committed(tx, mid)
  }

  /** What is left of a trip that was committed and pruned: its entry in the list of owners. */
  async function committed(tx: Tx, mid: string): Promise<IntentRow | undefined> {
    const entry = await tx.agentOwnerEntry.findFirst({ where: { mid } })
    if (!entry) return undefined
    const { agentId, epoch, from: src, to: dst, atMs } = entry
    return { mid, agentId, epoch: epoch - 1, src, dst, status: 'committed', expiresAtMs: Number(atMs) }
  }

  /** The agent's row, locked until the transaction ends: decisions about one agent come one after another. */
  async function lockedOwner(tx: Tx, agentId: string): Promise<Ownership | undefined> {
    const rows = await tx.$queryRaw<OwnerRow[]>`
      SELECT "agentId", "owner", "epoch", "home" FROM "AgentOwner" WHERE "agentId" = ${agentId} FOR UPDATE`
    return rows[0] && toOwnership(rows[0])
  }

  const record = (tx: Tx, { mid, cid, atMs, ...entry }: OwnershipEntry) =>
    tx.agentOwnerEntry.create({ data: { ...entry, mid: mid ?? null, cid: cid ?? null, atMs: BigInt(atMs) } })

  async function claim(tx: Tx, agentId: string, epoch: number, src: string, nowMs: number): Promise<Ownership> {
    const data = { agentId, owner: src, epoch, home: src, changedAtMs: BigInt(nowMs) }
    await tx.agentOwner.createMany({ data, skipDuplicates: true })
    await tx.agentOwnerEntry.createMany({
      data: { agentId, epoch, from: src, to: src, why: 'claimed', atMs: BigInt(nowMs) },
      skipDuplicates: true,
    })
    return (await lockedOwner(tx, agentId))!
  }

  return {
    begin: (trip, { expiresAtMs, nowMs }) =>
      prisma.$transaction(async (tx): Promise<IntentRow | 'conflict'> => {
        const { mid, agentId, epoch, src, dst } = trip
        const known = await find(tx, mid)
        if (known) return known
        const owner = (await lockedOwner(tx, agentId)) ?? (await claim(tx, agentId, epoch, src, nowMs))
        if (owner.owner !== src || owner.epoch !== epoch) return 'conflict'
        await tx.migrationIntent.updateMany({
          where: { agentId, status: 'open', expiresAtMs: { lte: BigInt(nowMs) } },
          data: { status: 'aborted', reason: 'expired' },
        })
        if (await tx.migrationIntent.findFirst({ where: { agentId, status: 'open' } })) return 'conflict'
        await tx.migrationIntent.createMany({
          data: {
            mid,
            agentId,
            epoch,
            src,
            dst,
            status: 'open',
            beganAtMs: BigInt(nowMs),
            expiresAtMs: BigInt(expiresAtMs),
          },
          skipDuplicates: true,
        })
        return (await find(tx, mid))!
      }),
    find: (mid) => find(prisma, mid),
    async prune(beforeMs) {
      const { count } = await prisma.migrationIntent.deleteMany({ where: { expiresAtMs: { lt: BigInt(beforeMs) } } })
      return count
    },
    commit: (mid, { cid, nowMs }) =>
      prisma.$transaction(async (tx) => {
        const known = await find(tx, mid)
        if (!known) return undefined
        const { agentId, epoch, src, dst } = known
        await lockedOwner(tx, agentId)
        const opened = await tx.migrationIntent.updateMany({
          where: { mid, status: 'open', expiresAtMs: { gt: BigInt(nowMs) } },
          data: { status: 'committed' },
        })
        if (opened.count === 0) return find(tx, mid)
        const changed = await tx.agentOwner.updateMany({
          where: { agentId, owner: src, epoch },
          data: { owner: dst, epoch: epoch + 1, changedAtMs: BigInt(nowMs) },
        })
        if (changed.count === 0) {
          await tx.migrationIntent.update({ where: { mid }, data: { status: 'aborted', reason: 'conflict' } })
          return find(tx, mid)
        }
        await record(tx, { agentId, epoch: epoch + 1, from: src, to: dst, why: 'moved', mid, cid, atMs: nowMs })
        return find(tx, mid)
      }),
    abort: (trip, reason, nowMs) =>
      prisma.$transaction(async (tx) => {
        const { mid, agentId, epoch, src, dst } = trip
        const at = BigInt(nowMs)
        const data = { mid, agentId, epoch, src, dst, status: 'aborted', reason, beganAtMs: at, expiresAtMs: at }
        await lockedOwner(tx, agentId)
        const before = await find(tx, mid)
        if (before && before.status !== 'open') return before
        await tx.migrationIntent.createMany({ data, skipDuplicates: true })
        await tx.migrationIntent.updateMany({ where: { mid, status: 'open' }, data: { status: 'aborted', reason } })
        return (await find(tx, mid))!
      }),
    async owner(agentId) {
      const row = await prisma.agentOwner.findUnique({ where: { agentId } })
      return row ? toOwnership(row) : undefined
    },
    reclaim: ({ agentId, owner, epoch, home }, nowMs) =>
      prisma.$transaction(async (tx) => {
        await lockedOwner(tx, agentId)
        const changed = await tx.agentOwner.updateMany({
          where: { agentId, owner, epoch, home },
          data: { owner: home, epoch: epoch + 1, changedAtMs: BigInt(nowMs) },
        })
        if (changed.count === 0) return undefined
        await tx.migrationIntent.updateMany({
          where: { agentId, status: 'open' },
          data: { status: 'aborted', reason: 'reclaimed' },
        })
        await record(tx, { agentId, epoch: epoch + 1, from: owner, to: home, why: 'reclaimed', atMs: nowMs })
        return { agentId, owner: home, epoch: epoch + 1, home }
      }),
    async entries(agentId) {
      const rows = await prisma.agentOwnerEntry.findMany({ where: { agentId }, orderBy: { epoch: 'asc' } })
      return rows.map(({ mid, cid, atMs, why, ...rest }) => ({
        ...rest,
        why: why as OwnershipEntry['why'],
        ...(mid !== null && { mid }),
        ...(cid !== null && { cid }),
        atMs: Number(atMs),
      }))
    },
  }
}
