/** Projects and their files in the database. */
import type { ProjectStore } from '../agents/store.ts'
import type { ProjectInfo } from '../agents/types.ts'
import type { Database } from './database.ts'
import { Prisma } from './generated/client.ts'

type Row = {
  readonly id: string
  readonly owner: string
  readonly name: string
  readonly updatedAtMs: bigint
  readonly files: readonly { readonly path: string; readonly text: string }[]
}

const toInfo = ({ id, owner, name, updatedAtMs, files }: Row): ProjectInfo => ({
  id,
  owner,
  name,
  updatedAtMs: Number(updatedAtMs),
  files: files.map(({ path, text }) => ({ path, bytes: Buffer.byteLength(text) })),
})

/** An agent was made for it at the same moment. */
const isHeld = (error: unknown): boolean =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2003'

const withFiles = { files: { orderBy: { path: 'asc' } } } as const

export function createProjectStore({ prisma }: Pick<Database, 'prisma'>): ProjectStore {
  return {
    async list(owner) {
      const rows = await prisma.project.findMany({
        where: { owner },
        include: withFiles,
        orderBy: { createdAtMs: 'asc' },
      })
      return rows.map(toInfo)
    },
    async info(id) {
      const row = await prisma.project.findUnique({ where: { id }, include: withFiles })
      return row ? toInfo(row) : undefined
    },
    async insert({ id, owner, name, createdAtMs, updatedAtMs }, files) {
      const updated = BigInt(updatedAtMs)
      await prisma.project.upsert({
        where: { id },
        update: {},
        create: {
          id,
          owner,
          name,
          createdAtMs: BigInt(createdAtMs),
          updatedAtMs: updated,
          files: { create: Object.entries(files).map(([path, text]) => ({ path, text, updatedAtMs: updated })) },
        },
      })
    },
    async files(projectId) {
      const rows = await prisma.projectFile.findMany({ where: { projectId }, orderBy: { path: 'asc' } })
      return Object.fromEntries(rows.map(({ path, text }) => [path, text]))
    },
    async putFile(projectId, path, text, nowMs) {
      const updatedAtMs = BigInt(nowMs)
      await prisma.$transaction([
        prisma.project.update({ where: { id: projectId }, data: { updatedAtMs } }),
        prisma.projectFile.upsert({
          where: { projectId_path: { projectId, path } },
          create: { projectId, path, text, updatedAtMs },
          update: { text, updatedAtMs },
        }),
      ])
    },
    async removeFile(projectId, path, nowMs) {
      await prisma.$transaction([
        prisma.project.update({ where: { id: projectId }, data: { updatedAtMs: BigInt(nowMs) } }),
        prisma.projectFile.deleteMany({ where: { projectId, path } }),
      ])
    },
    async replaceFiles(projectId, { put, remove }, nowMs) {
      const updatedAtMs = BigInt(nowMs)
      const paths = [...remove, ...Object.keys(put)]
      await prisma.$transaction([
        prisma.project.update({ where: { id: projectId }, data: { updatedAtMs } }),
        prisma.projectFile.deleteMany({ where: { projectId, path: { in: paths } } }),
        prisma.projectFile.createMany({
          data: Object.entries(put).map(([path, text]) => ({ projectId, path, text, updatedAtMs })),
        }),
      ])
    },
    async remove(id) {
      try {
        await prisma.project.deleteMany({ where: { id, agents: { none: {} } } })
      } catch (error) {
        if (!isHeld(error)) throw error
      }
      return (await prisma.project.findUnique({ where: { id }, select: { id: true } })) === null
    },
  }
}
