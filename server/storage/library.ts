/** Keeps the entity library: names, versions, what is part of the world. */
import type { ItemStore, NameRow, VersionRow, WorldItemStore } from '../library/store.ts'
import type { ItemKind, ItemState } from '../library/types.ts'
import type { Database } from './database.ts'
import { createShareStore, createWorkspaceStore } from './workspaces.ts'

type Dated<T> = { readonly [K in keyof T]: T[K] }
type NameRecord = Dated<Omit<NameRow, 'kind' | 'claimedAtMs'> & { kind: string; claimedAtMs: bigint }>
type VersionRecord = Omit<VersionRow, 'publishedAtMs' | 'state' | 'why' | 'yank'> & {
  readonly publishedAtMs: bigint
  readonly state: string
  readonly why: string | null
  readonly yank: Uint8Array | null
}

const toName = (row: NameRecord): NameRow => ({
  ...row,
  kind: row.kind as ItemKind,
  claimedAtMs: Number(row.claimedAtMs),
})
const toVersion = ({ yank, why, ...row }: VersionRecord): VersionRow => ({
  ...row,
  publishedAtMs: Number(row.publishedAtMs),
  state: row.state as ItemState,
  ...(yank && { yank }),
  ...(why !== null && { why }),
})
/** Prisma's own type of bytes is narrower than ours. */
const bytes = (value: Uint8Array) => new Uint8Array(value)

export function createItemStore({ prisma }: Pick<Database, 'prisma'>): ItemStore {
  return {
    async name(name) {
      const row = await prisma.libraryName.findUnique({ where: { name } })
      return row ? toName(row) : undefined
    },
    async names({ q, kind, after, limit }) {
      // In the order of bytes, as nodes merge each other's pages, whatever the database sorts by; and no sign of a word is a wildcard.
      const rows = await prisma.$queryRaw<NameRecord[]>`
        SELECT name, owner, publisher, kind, words, "claimedAtMs" FROM "LibraryName"
        WHERE (${after ?? null}::text IS NULL OR name COLLATE "C" > ${after ?? null}::text)
          AND (${kind ?? null}::text IS NULL OR kind = ${kind ?? null}::text)
          AND strpos(words, ${q?.toLowerCase() ?? ''}) > 0
        ORDER BY name COLLATE "C" LIMIT ${limit}::int`
      return rows.map(toName)
    },
    countNames: (owner) => prisma.libraryName.count({ where: owner === undefined ? {} : { owner } }),
    async versions(names) {
      const rows = await prisma.libraryVersion.findMany({ where: { name: { in: [...names] } } })
      return rows.map(toVersion)
    },
    async pending(limit) {
      const rows = await prisma.libraryVersion.findMany({
        where: { state: 'pending' satisfies ItemState },
        orderBy: { publishedAtMs: 'asc' },
        take: limit,
      })
      return rows.map(toVersion)
    },
    insert: (name, version) =>
      prisma.$transaction(async (tx) => {
        await tx.libraryName.createMany({
          data: [{ ...name, claimedAtMs: BigInt(name.claimedAtMs) }],
          skipDuplicates: true,
        })
        const now = toName(await tx.libraryName.findUniqueOrThrow({ where: { name: name.name } }))
        if (now.owner !== name.owner || now.publisher !== name.publisher) return { name: now, isNew: false }
        const { record, yank, publishedAtMs, ...rest } = version
        const { count } = await tx.libraryVersion.createMany({
          data: [
            {
              ...rest,
              publishedAtMs: BigInt(publishedAtMs),
              record: bytes(record),
              ...(yank && { yank: bytes(yank) }),
            },
          ],
          skipDuplicates: true,
        })
        if (count === 1) await tx.libraryName.update({ where: { name: name.name }, data: { words: name.words } })
        return { name: now, isNew: count === 1 }
      }),
    async remove(name, version) {
      await prisma.$transaction(async (tx) => {
        await tx.libraryVersion.deleteMany({ where: { name, version } })
        if ((await tx.libraryVersion.count({ where: { name } })) === 0)
          await tx.libraryName.deleteMany({ where: { name } })
      })
    },
    async setState(name, version, state, why) {
      await prisma.libraryVersion.updateMany({ where: { name, version }, data: { state, why: why ?? null } })
    },
    async setYank(name, version, yank, yanked) {
      await prisma.libraryVersion.updateMany({ where: { name, version }, data: { yank: bytes(yank), yanked } })
    },
  }
}

export function createWorldItemStore({ prisma }: Pick<Database, 'prisma'>): WorldItemStore {
  return {
    async list() {
      const rows = await prisma.worldItem.findMany({
        orderBy: [{ installedAtMs: 'asc' }, { zone: 'asc' }, { name: 'asc' }],
      })
      return rows.map(({ place, installedAtMs, ...row }) => ({
        ...row,
        installedAtMs: Number(installedAtMs),
        ...(place !== null && { place }),
      }))
    },
    async put({ record, files, place, installedAtMs, ...row }) {
      const data = {
        ...row,
        place: place ?? null,
        installedAtMs: BigInt(installedAtMs),
        record: bytes(record),
        files: bytes(files),
      }
      await prisma.worldItem.upsert({
        where: { zone_name: { zone: row.zone, name: row.name } },
        create: data,
        update: data,
      })
    },
    async remove(zone, name) {
      await prisma.worldItem.deleteMany({ where: { zone, name } })
    },
  }
}

/** Everything that the library of a node is kept in, but for the items of its world. */
export const createLibraryStores = (database: Pick<Database, 'prisma'>) => ({
  items: createItemStore(database),
  workspaces: createWorkspaceStore(database),
  shares: createShareStore(database),
})
