/** The ledger among nodes: each moves what it and its owner have, and nothing else. A node cannot mint. Rule L21. */
import type { Caller, Frame, Wire } from '../../link/types.ts'
import type { Ious } from '../iou/types.ts'
import { availableOf, balanceOf } from '../steps.ts'
import type { AccountId, Ledger, LedgerInput, TransferResult } from '../types.ts'
import { CREDITS, type CreditsAnswer, creditsRequest, type DoorInput, type Submitted } from './frames.ts'

export type DoorParts = {
  readonly ledger: Pick<Ledger, 'transfer' | 'account' | 'find' | 'pending'>
  readonly ious: Pick<Ious, 'redeem'>
}

export function serveCredits(wire: Wire, parts: DoorParts): void {
  wire.serve(CREDITS, async (frame, caller): Promise<Frame> => {
    const request = creditsRequest.safeParse(frame)
    if (!request.success) return { code: 'E_MALFORMED', msg: 'This is no request to a ledger.' }
    const answer = await answerTo(parts, request.data, caller)
    return JSON.parse(JSON.stringify(answer)) as Frame
  })
}

type Request = ReturnType<typeof creditsRequest.parse>

async function answerTo({ ledger, ious }: DoorParts, request: Request, caller: Caller): Promise<CreditsAnswer> {
  switch (request.type) {
    case 'SUBMIT':
      return { type: 'RESULTS', results: await submit(ledger, request.transfers, caller) }
    case 'BALANCE': {
      const accounts = [...accountsOf(caller)].map(async (account) => {
        const found = await ledger.account(account)
        const [balance, available] = found ? [balanceOf(found), availableOf(found)] : [0n, 0n]
        return { account, balanceMicro: String(balance), availableMicro: String(available) }
      })
      return { type: 'BALANCES', accounts: await Promise.all(accounts) }
    }
    case 'PENDING': {
      const own = accountsOf(caller)
      return { type: 'PENDINGS', pendings: await Promise.all(request.ids.map((id) => pendingOf(ledger, id, own))) }
    }
    case 'REDEEM': {
      const result = await ious.redeem(request)
      return { type: 'REDEEMED', state: result.ok ? result.iou.state : result.reason }
    }
  }
}

/** What a caller may debit: its machine's account, and its owner's. */
const accountsOf = ({ node, owner }: Caller): ReadonlySet<AccountId> =>
  new Set(owner === undefined ? [`node:${node}`] : [`node:${node}`, `owner:${owner}`])

/** A batch with something that is not the caller's to move is refused at that place; a chain then falls as a whole. */
async function submit(
  ledger: DoorParts['ledger'],
  inputs: readonly DoorInput[],
  caller: Caller,
): Promise<readonly Submitted[]> {
  const own = accountsOf(caller)
  const barred = new Set<number>()
  for (const [i, input] of inputs.entries()) if (!(await isOwn(ledger, input, own))) barred.add(i)
  for (const i of [...barred]) for (const of of chainOf(inputs, i)) barred.add(of)
  const named = inputs.map((input) => toInput(input, `by:${caller.node}:${input.id}`))
  const results = await ledger.transfer(named.filter((_, i) => !barred.has(i)))
  const next = results[Symbol.iterator]()
  return named.map(({ id }, i) => {
    if (barred.has(i)) return { id, status: 'refused' as const, reason: 'not_yours' }
    return { id, ...told(next.next().value!) }
  })
}

function told(result: TransferResult): Omit<Submitted, 'id'> {
  if (result.status === 'refused') return { status: 'refused', reason: result.reason }
  return { status: result.status, logIndex: result.transfer.index }
}

/** Its payer posts what is pending, and its payee lets go of it. */
async function isOwn(ledger: DoorParts['ledger'], input: DoorInput, own: ReadonlySet<AccountId>): Promise<boolean> {
  if (input.kind === 'transfer' || input.kind === 'pending') return own.has(input.from)
  const pending = await ledger.find(input.pendingId)
  return pending !== undefined && own.has(input.kind === 'post' ? pending.from : pending.to)
}

/** Shown to its payer and its payee alone. */
async function pendingOf(ledger: DoorParts['ledger'], id: string, own: ReadonlySet<AccountId>) {
  const entry = await ledger.find(id)
  const isTheirs = entry?.kind === 'pending' && (own.has(entry.from) || own.has(entry.to))
  const state = isTheirs ? await ledger.pending(id) : undefined
  return entry && state ? { id, state, to: entry.to, amountMicro: String(entry.amountMicro) } : { id }
}

/** Places of the chain that a place is in. */
function chainOf(inputs: readonly DoorInput[], place: number): readonly number[] {
  let start = place
  while (start > 0 && inputs[start - 1]!.linked) start -= 1
  let end = place
  while (end < inputs.length - 1 && inputs[end]!.linked) end += 1
  return Array.from({ length: end - start + 1 }, (_, i) => start + i)
}

function toInput(input: DoorInput, id: string): LedgerInput {
  switch (input.kind) {
    case 'void':
      return { ...input, id }
    case 'post': {
      const { amountMicro, ...rest } = input
      return { ...rest, id, ...(amountMicro === undefined ? {} : { amountMicro: BigInt(amountMicro) }) }
    }
    default:
      return { ...input, id, amountMicro: BigInt(input.amountMicro) }
  }
}
