/** Keeps workspaces, and those that other nodes share with the world. */
import type { MemberRow, ShareRow, ShareStore, WorkspaceRow, WorkspaceStore } from '../library/store.ts'
import type { Environment, SharedReach } from '../library/types.ts'
import type { Database } from './database.ts'

type Row = Omit<WorkspaceRow, 'createdAtMs' | 'updatedAtMs' | 'reach' | 'cid' | 'record' | 'origin'> & {
  readonly createdAtMs: bigint
  readonly updatedAtMs: bigint
  readonly reach: string | null
  readonly cid: string | null
  readonly record: Uint8Array | null
  readonly origin: string | null
}

const toRow = ({ reach, cid, record, origin, createdAtMs, updatedAtMs, ...row }: Row): WorkspaceRow => ({
  ...row,
  createdAtMs: Number(createdAtMs),
  updatedAtMs: Number(updatedAtMs),
  ...(reach !== null && { reach: reach as SharedReach }),
  ...(cid !== null && { cid }),
  ...(record && { record }),
  ...(origin !== null && { origin }),
})
const fromRow = ({ reach, cid, record, origin, createdAtMs, updatedAtMs, ...row }: WorkspaceRow) => ({
  ...row,
  createdAtMs: BigInt(createdAtMs),
  updatedAtMs: BigInt(updatedAtMs),
  reach: reach ?? null,
  cid: cid ?? null,
  record: record ? new Uint8Array(record) : null,
  origin: origin ?? null,
})

export function createWorkspaceStore({ prisma }: Pick<Database, 'prisma'>): WorkspaceStore {
  return {
    async list(owner) {
      const rows = await prisma.workspace.findMany({
        where: { owner },
        orderBy: [{ createdAtMs: 'asc' }, { id: 'asc' }],
      })
      return rows.map(toRow)
    },
    async get(id) {
      const row = await prisma.workspace.findUnique({ where: { id } })
      return row ? toRow(row) : undefined
    },
    async members(ids) {
      const rows = await prisma.workspaceProject.findMany({
        where: { workspaceId: { in: [...ids] } },
        orderBy: { project: { createdAtMs: 'asc' } },
      })
      return rows.map(
        ({ environment, ...row }): MemberRow => ({ ...row, environment: JSON.parse(environment) as Environment }),
      )
    },
    async insert({ row, projects }) {
      const nowMs = BigInt(row.createdAtMs)
      await prisma.$transaction(async (tx) => {
        const { count } = await tx.workspace.createMany({ data: [fromRow(row)], skipDuplicates: true })
        if (count === 0) return
        await tx.project.createMany({
          data: projects.map(({ id, name }) => ({
            id,
            owner: row.owner,
            name,
            createdAtMs: nowMs,
            updatedAtMs: nowMs,
          })),
        })
        await tx.projectFile.createMany({
          data: projects.flatMap(({ id, files }) =>
            Object.entries(files).map(([path, text]) => ({ projectId: id, path, text, updatedAtMs: nowMs })),
          ),
        })
        await tx.workspaceProject.createMany({
          data: projects.map(({ id, environment }) => ({
            projectId: id,
            workspaceId: row.id,
            environment: JSON.stringify(environment),
          })),
        })
      })
    },
    async save(row) {
      const { id, ...data } = fromRow(row)
      await prisma.workspace.updateMany({ where: { id }, data })
    },
    async remove(id) {
      await prisma.workspace.deleteMany({ where: { id } })
    },
    async putMember({ projectId, workspaceId, environment }, nowMs) {
      const data = { workspaceId, environment: JSON.stringify(environment) }
      await prisma.$transaction([
        prisma.workspaceProject.upsert({ where: { projectId }, create: { projectId, ...data }, update: data }),
        prisma.workspace.update({ where: { id: workspaceId }, data: { updatedAtMs: BigInt(nowMs) } }),
      ])
    },
    async removeMember(workspaceId, projectId, nowMs) {
      await prisma.$transaction([
        prisma.workspaceProject.deleteMany({ where: { workspaceId, projectId } }),
        prisma.workspace.updateMany({ where: { id: workspaceId }, data: { updatedAtMs: BigInt(nowMs) } }),
      ])
    },
    async shared() {
      return (await prisma.workspace.findMany({ where: { reach: { not: null } }, orderBy: { id: 'asc' } })).map(toRow)
    },
    async untold() {
      return (await prisma.workspace.findMany({ where: { untold: true }, orderBy: { id: 'asc' } })).map(toRow)
    },
  }
}

/** No sign of a word is a wildcard: `contains` becomes a LIKE, of which Prisma escapes nothing. */
const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&')

export function createShareStore({ prisma }: Pick<Database, 'prisma'>): ShareStore {
  const toShare = (row: Omit<ShareRow, 'atMs'> & { atMs: bigint }): ShareRow => ({ ...row, atMs: Number(row.atMs) })
  return {
    async get(id) {
      const row = await prisma.sharedWorkspace.findUnique({ where: { id } })
      return row ? toShare(row) : undefined
    },
    async list({ q, limit }) {
      const rows = await prisma.sharedWorkspace.findMany({
        where: q ? { words: { contains: escaped(q.toLowerCase()) } } : {},
        orderBy: [{ atMs: 'desc' }, { id: 'asc' }],
        take: limit,
      })
      return rows.map(toShare)
    },
    async byCid(cid) {
      return (await prisma.sharedWorkspace.findMany({ where: { cid } })).map(toShare)
    },
    count: (owner) => prisma.sharedWorkspace.count({ where: { owner } }),
    async put({ record, atMs, ...row }) {
      const data = { ...row, record: new Uint8Array(record), atMs: BigInt(atMs) }
      await prisma.sharedWorkspace.upsert({ where: { id: row.id }, create: data, update: data })
    },
    async remove(id) {
      await prisma.sharedWorkspace.deleteMany({ where: { id } })
    },
  }
}
