/** What a node remembers of others between its starts: those it knows, its bans, and its own values on the DHT. Several nodes may share a database. */
import type { Ban, BanStore, BanSubject } from '../link/admission/types.ts'
import type { KnownPeer, PeerStore } from '../link/registry/types.ts'
import type { DhtOwnRecord, DhtRecordStore, NodeId, NodeRole } from '../link/types.ts'
import type { Database } from './database.ts'

type PeerRow = Awaited<ReturnType<Database['prisma']['knownPeer']['findFirstOrThrow']>>

const toPeer = ({ self: _, owner, role, name, firstSeenMs, lastSeenMs, ...rest }: PeerRow): KnownPeer => ({
  ...rest,
  ...(owner !== null && { owner }),
  ...(role !== null && { role: role as NodeRole }),
  ...(name !== null && { name }),
  firstSeenMs: Number(firstSeenMs),
  lastSeenMs: Number(lastSeenMs),
})

export function createPeerStore({ prisma }: Pick<Database, 'prisma'>, self: NodeId): PeerStore {
  return {
    async list(limit) {
      return (await prisma.knownPeer.findMany({ where: { self }, orderBy: { lastSeenMs: 'desc' }, take: limit })).map(
        toPeer,
      )
    },
    async put(peers) {
      for (const { node, firstSeenMs, ...rest } of peers) {
        const data = {
          ...rest,
          addresses: [...rest.addresses],
          owner: rest.owner ?? null,
          role: rest.role ?? null,
          name: rest.name ?? null,
          lastSeenMs: BigInt(rest.lastSeenMs),
        }
        await prisma.knownPeer.upsert({
          where: { self_node: { self, node } },
          create: { ...data, self, node, firstSeenMs: BigInt(firstSeenMs) },
          update: data,
        })
      }
    },
    async trim(keep) {
      const oldest = await prisma.knownPeer.findMany({
        where: { self },
        orderBy: { lastSeenMs: 'desc' },
        skip: keep,
        take: 1_000,
        select: { node: true },
      })
      if (oldest.length > 0)
        await prisma.knownPeer.deleteMany({ where: { self, node: { in: oldest.map(({ node }) => node) } } })
    },
  }
}

export function createBanStore({ prisma }: Pick<Database, 'prisma'>, self: NodeId): BanStore {
  return {
    async list(sinceMs) {
      const rows = await prisma.peerBan.findMany({ where: { self, untilMs: { gt: BigInt(sinceMs) } } })
      return rows.map(
        ({ self: _, subject, sinceMs: since, untilMs, ...rest }): Ban => ({
          ...rest,
          subject: subject as BanSubject,
          sinceMs: Number(since),
          untilMs: Number(untilMs),
        }),
      )
    },
    async put({ subject, sinceMs, untilMs, ...rest }) {
      const data = { ...rest, sinceMs: BigInt(sinceMs), untilMs: BigInt(untilMs) }
      await prisma.peerBan.upsert({
        where: { self_subject: { self, subject } },
        create: { ...data, self, subject },
        update: data,
      })
    },
    async remove(subject) {
      await prisma.peerBan.deleteMany({ where: { self, subject } })
    },
  }
}

export function createDhtRecordStore({ prisma }: Pick<Database, 'prisma'>, self: NodeId): DhtRecordStore {
  const toRecord = (row: { name: string; record: Uint8Array; seq: bigint; putAtMs: bigint }): DhtOwnRecord => ({
    name: row.name,
    record: row.record,
    seq: Number(row.seq),
    putAtMs: Number(row.putAtMs),
  })
  return {
    async get(name) {
      const row = await prisma.dhtRecord.findUnique({ where: { self_name: { self, name } } })
      return row === null ? undefined : toRecord(row)
    },
    list: async () => (await prisma.dhtRecord.findMany({ where: { self }, orderBy: { name: 'asc' } })).map(toRecord),
    async put({ name, record, seq, putAtMs }) {
      const data = { record: new Uint8Array(record), seq: BigInt(seq), putAtMs: BigInt(putAtMs) }
      await prisma.dhtRecord.upsert({
        where: { self_name: { self, name } },
        create: { ...data, self, name },
        update: data,
      })
    },
  }
}
