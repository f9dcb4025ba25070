/**
 * Credits set aside before an answer and posted after it, as far as it came. One pending transfer serves many requests of a tenant to
 * a payee: the ledger is written when it is opened and when it is ended, not for each request.
 */
import type { Ledger } from '../ledger/types.ts'
import { newId } from '../lib/ids.ts'
import {
  INFER_ESCROW_IDLE_MS,
  INFER_ESCROW_REQUESTS,
  INFER_ESCROW_TIMEOUT_MS,
  INFER_USAGE_EVERY_MS,
} from '../limits.ts'
import { InferError } from './errors.ts'
import type { EscrowRow, InferenceStore } from './store.ts'

/** A part of what is set aside, for one answer. */
export type Held = { readonly micro: bigint; settle(usedMicro: bigint): void }

export type Escrow = AsyncDisposable & {
  /** At once while there is room in what is set aside; else when the ledger has set aside more. Throws `InferError`. */
  hold(tenant: string, payee: string, micro: bigint): Held | Promise<Held>
  /** Ends what an earlier run of this node left open. */
  recover(): Promise<void>
}

type Purse = {
  readonly row: EscrowRow
  /** Promised to answers under way. */
  reserved: bigint
  used: bigint
  written: bigint
  lastMs: number
  /** Too small for the next one: it ends with its last answer. */
  retired: boolean
}
type Parts = {
  readonly ledger: Pick<Ledger, 'transfer' | 'pending'>
  readonly store: Pick<InferenceStore, 'openEscrow' | 'setEscrowUsed' | 'closeEscrow' | 'escrows'>
  /** Gives whoever has never had a credit the first ones. */
  readonly welcome?: (account: string) => Promise<void>
  readonly now: () => number
  readonly log: { error(fields: object, message: string): void }
}

export function createEscrow({ ledger, store, now, log, welcome }: Parts): Escrow {
  const current = new Map<string, Purse>()
  const opening = new Map<string, Promise<Purse>>()
  const all = new Set<Purse>()
  const timer = setInterval(() => void sweep(false), INFER_USAGE_EVERY_MS)
  timer.unref()
  let sweeping: Promise<void> | undefined

  function hold(tenant: string, payee: string, micro: bigint): Held | Promise<Held> {
    if (micro === 0n || tenant === payee) return { micro, settle() {} }
    const key = `${tenant} ${payee}`
    const purse = current.get(key)
    if (purse && roomIn(purse) >= micro) return take(purse, micro)
    if (purse) {
      purse.retired = true
      current.delete(key)
    }
    return more(key, tenant, payee, micro)
  }

  /** Whoever comes while more is being set aside waits for it; the first for whom it is not enough asks again. */
  async function more(key: string, tenant: string, payee: string, micro: bigint): Promise<Held> {
    let promise = opening.get(key)
    if (!promise) {
      promise = open(tenant, payee, micro).finally(() => opening.delete(key))
      opening.set(key, promise)
      void promise.then((purse) => current.set(key, purse)).catch(() => {})
    }
    const purse = await promise
    if (roomIn(purse) >= micro) return take(purse, micro)
    return hold(tenant, payee, micro)
  }

  async function open(tenant: string, payee: string, micro: bigint): Promise<Purse> {
    await welcome?.(tenant)
    const generous = await setAside(tenant, payee, micro * BigInt(INFER_ESCROW_REQUESTS))
    const purse = generous ?? (await setAside(tenant, payee, micro))
    if (!purse)
      throw new InferError(
        'insufficient_funds',
        `This answer may cost up to ${micro} micro-credits, and there are not so many left. Ask for fewer tokens, or earn some credits.`,
      )
    all.add(purse)
    return purse
  }

  async function setAside(tenant: string, payee: string, heldMicro: bigint): Promise<Purse | undefined> {
    const row: EscrowRow = { id: newId('escrow'), tenant, payee, heldMicro, usedMicro: 0n, openedAtMs: now() }
    await store.openEscrow(row)
    const [result] = await ledger.transfer([
      {
        kind: 'pending',
        id: row.id,
        from: tenant,
        to: payee,
        amountMicro: heldMicro,
        code: 'inference',
        timeoutMs: INFER_ESCROW_TIMEOUT_MS,
      },
    ])
    if (result!.status !== 'refused')
      return { row, reserved: 0n, used: 0n, written: 0n, lastMs: now(), retired: false }
    await store.closeEscrow(row.id)
    if (result!.reason === 'insufficient_funds' || result!.reason === 'unknown_account') return undefined
    throw new InferError('insufficient_funds', `The ledger set nothing aside for this answer: ${result!.reason}.`)
  }

  const roomIn = ({ row, reserved, used }: Purse) => row.heldMicro - reserved - used

  function take(purse: Purse, micro: bigint): Held {
    purse.reserved += micro
    purse.lastMs = now()
    let settled = false
    return {
      micro,
      settle(usedMicro) {
        if (settled) return
        settled = true
        purse.reserved -= micro
        purse.used += usedMicro < micro ? usedMicro : micro
        purse.lastMs = now()
      },
    }
  }

  function sweep(isLast: boolean): Promise<void> {
    sweeping ??= write(isLast).finally(() => {
      sweeping = undefined
    })
    return sweeping
  }

  /** Writes how much is owed by now, and ends what nobody needs any more. */
  async function write(isLast: boolean): Promise<void> {
    try {
      const changed = [...all].filter(({ used, written }) => used !== written)
      const rows = changed.map(({ row, used }) => ({ id: row.id, usedMicro: used }))
      await store.setEscrowUsed(rows)
      changed.forEach((purse, i) => {
        purse.written = rows[i]!.usedMicro
      })
      for (const purse of all) if (isLast || isSpent(purse)) await end(purse)
    } catch (err) {
      log.error({ err }, 'escrow of models could not be written; it is tried again')
    }
  }

  const isSpent = ({ reserved, retired, lastMs, row }: Purse) =>
    reserved === 0n &&
    (retired || now() - lastMs > INFER_ESCROW_IDLE_MS || now() - row.openedAtMs > INFER_ESCROW_TIMEOUT_MS / 2)

  async function end(purse: Purse): Promise<void> {
    const key = `${purse.row.tenant} ${purse.row.payee}`
    if (current.get(key) === purse) current.delete(key)
    await close({ ...purse.row, usedMicro: purse.used })
    all.delete(purse)
  }

  async function close({ id, usedMicro }: EscrowRow): Promise<void> {
    const [result] = await ledger.transfer([
      usedMicro > 0n
        ? { kind: 'post', id: `${id}:post`, pendingId: id, amountMicro: usedMicro, memo: 'answers of models' }
        : { kind: 'void', id: `${id}:void`, pendingId: id },
    ])
    if (result!.status === 'refused' && usedMicro > 0n)
      log.error(
        { escrow: id, reason: result!.reason, usedMicro: String(usedMicro) },
        'an answer that was given could not be paid',
      )
    await store.closeEscrow(id)
  }

  return {
    hold,
    async recover() {
      for (const row of await store.escrows())
        if (![...all].some((purse) => purse.row.id === row.id)) await close(row)
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await sweep(true)
      await sweep(true)
    },
  }
}
