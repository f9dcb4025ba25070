/** Keeps what a zone was told and, now and then, how it stood. */
import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import type { Journal, JournalRecord, ZoneInput, ZoneSnapshot } from '../engine/types.ts'
import { ZONE_SNAPSHOTS_KEPT } from '../limits.ts'
import type { WorldEvent } from '../protocol/events.ts'
import type { Json, ZoneId } from '../protocol/ids.ts'
import type { Database } from './database.ts'
import { StorageError } from './errors.ts'
import { createJournalWriter } from './journal-writer.ts'

const deflateAsync = promisify(deflate)
const inflateAsync = promisify(inflate)

export function createJournal({ prisma, pool }: Database): Journal {
  return {
    append: createJournalWriter(pool),

    async read(zone, afterSeq) {
      const rows = await prisma.journalRecord.findMany({
        where: { zone, seq: { gt: afterSeq } },
        orderBy: { seq: 'asc' },
      })
      return rows.map(toRecord)
    },

    async saveSnapshot(zone, { seq, tick, worldDigest, hash, state }) {
      const data = { tick: BigInt(tick), worldDigest, hash, state: await pack(state) }
      const key = { zone, seq: BigInt(seq) }
      await prisma.zoneSnapshot.upsert({ where: { zone_seq: key }, create: { ...key, ...data }, update: data })
      await prune(zone)
    },

    async loadSnapshot(zone) {
      const rows = await prisma.zoneSnapshot.findMany({
        where: { zone },
        orderBy: { seq: 'desc' },
        take: ZONE_SNAPSHOTS_KEPT,
      })
      for (const row of rows) {
        const state = await unpack(row.state)
        if (state !== undefined) return toSnapshot(row, state)
      }
      if (rows.length > 0) throw new StorageError('snapshot_damaged', `No snapshot of zone ${zone} can be read.`)
      return undefined
    },
  }

  /** Drops snapshots past those kept, and the records that the oldest one kept already holds. */
  async function prune(zone: ZoneId): Promise<void> {
    const kept = await prisma.zoneSnapshot.findMany({
      where: { zone },
      orderBy: { seq: 'desc' },
      take: ZONE_SNAPSHOTS_KEPT,
      select: { seq: true },
    })
    const oldest = kept.at(-1)
    if (oldest === undefined || kept.length < ZONE_SNAPSHOTS_KEPT) return
    await prisma.zoneSnapshot.deleteMany({ where: { zone, seq: { lt: oldest.seq } } })
    await prisma.journalRecord.deleteMany({ where: { zone, seq: { lte: oldest.seq } } })
  }
}

const toRecord = (row: { seq: bigint; tick: bigint; input: string; events: string | null }): JournalRecord => ({
  seq: Number(row.seq),
  tick: Number(row.tick),
  input: JSON.parse(row.input) as ZoneInput,
  ...(row.events !== null && { events: JSON.parse(row.events) as readonly WorldEvent[] }),
})

type SnapshotRow = { zone: string; seq: bigint; tick: bigint; worldDigest: string; hash: string }
const toSnapshot = ({ zone, seq, tick, worldDigest, hash }: SnapshotRow, state: Json): ZoneSnapshot => ({
  zone,
  seq: Number(seq),
  tick: Number(tick),
  worldDigest,
  hash,
  state,
})

const pack = async (state: Json) => new Uint8Array(await deflateAsync(JSON.stringify(state)))

/** Nothing when the bytes are damaged: zlib's checksum tells. */
async function unpack(bytes: Uint8Array): Promise<Json | undefined> {
  try {
    return JSON.parse((await inflateAsync(bytes)).toString('utf8')) as Json
  } catch {
    return undefined
  }
}
