/**
 * What is owed for shards: set aside for a period ahead, paid by the minutes that were used. What is open is written down before the
 * ledger hears of it, so that a node that died pays when it is back.
 */
import { newId } from '../../lib/ids.ts'
import type { Json } from '../../protocol/ids.ts'
import { type RentMoney, ShardError, type ShardLog } from './types.ts'

export type Rent = {
  /** What it is called in the ledger. */
  readonly name: string
  readonly sinceMs: number
  /** It was still used then. */
  note(nowMs: number): Promise<void>
  /** Pays each minute begun until then; undefined: it never began, and nothing is paid. */
  end(nowMs: number | undefined): Promise<void>
}
export type RentBook = {
  /** Undefined for what is free. Throws `ShardError` `unpaid` when there is not so much. */
  open(to: string, perMinute: bigint, amountMicro: bigint, timeoutMs: number): Promise<Rent | undefined>
  /** Reads what an earlier run of this node left open; before anything else. */
  load(): Promise<void>
  /** Pays what is over and was not paid yet. */
  settleLate(): Promise<void>
}

type Row = { readonly id: string; readonly perMinute: string; readonly amount: string; readonly sinceMs: number } & {
  usedMs: number
}
export type RentParts = {
  readonly money: RentMoney
  /** What stands open, as one value. */
  readonly kept: { get(): Promise<Json | undefined>; set(value: Json): Promise<void> }
  readonly now: () => number
  readonly log: ShardLog
}

const MINUTE_MS = 60_000

export function createRentBook({ money, kept, now, log }: RentParts): RentBook {
  const rows = new Map<string, Row>()
  /** Those that are over and could not be settled. */
  const late = new Map<string, bigint>()
  let writing: Promise<void> = Promise.resolve()
  const write = (): Promise<void> => {
    writing = writing.catch(() => {}).then(() => kept.set([...rows.values()]))
    return writing
  }

  async function settle(row: Row, amountMicro: bigint): Promise<void> {
    try {
      await money.settle(row.id, amountMicro)
      late.delete(row.id)
      rows.delete(row.id)
      await write()
    } catch (err) {
      late.set(row.id, amountMicro)
      log.warn({ err, rent: row.id }, 'the rent of a shard could not be paid; it is tried again with the next')
    }
  }

  async function settleLate(): Promise<void> {
    for (const [id, due] of late) await settle(rows.get(id)!, due)
  }

  return {
    async open(to, perMinute, amountMicro, timeoutMs) {
      await settleLate()
      if (amountMicro === 0n || to === money.account) return undefined
      const sinceMs = now()
      const row: Row = {
        id: newId('shard'),
        perMinute: String(perMinute),
        amount: String(amountMicro),
        sinceMs,
        usedMs: sinceMs,
      }
      rows.set(row.id, row)
      await write()
      if (!(await money.hold(row.id, to, amountMicro, timeoutMs))) {
        rows.delete(row.id)
        await write()
        throw new ShardError('unpaid', `There are not ${amountMicro} micro-credits to set aside for a shard.`)
      }
      return {
        name: money.nameOf(row.id),
        sinceMs,
        async note(nowMs) {
          const before = dueOf(row)
          row.usedMs = nowMs
          if (dueOf(row) !== before) await write()
        },
        async end(nowMs) {
          if (nowMs !== undefined) row.usedMs = nowMs
          await settle(row, nowMs === undefined ? 0n : dueOf(row))
        },
      }
    },
    async load() {
      for (const row of ((await kept.get()) ?? []) as unknown as readonly Row[]) {
        rows.set(row.id, { ...row })
        late.set(row.id, dueOf(row))
      }
    },
    settleLate,
  }
}

/** Each minute begun, and never more than was set aside. */
function dueOf({ perMinute, amount, sinceMs, usedMs }: Row): bigint {
  const minutes = BigInt(Math.max(1, Math.ceil((usedMs - sinceMs) / MINUTE_MS)))
  const due = BigInt(perMinute) * minutes
  return due < BigInt(amount) ? due : BigInt(amount)
}
