/** The rules of posting once more, in the plainest way: whole states copied, nothing shared with the program but the input types. */
import type { LedgerInput } from '../types.ts'

type Account = { set: number; out: number; in: number; due: number; frozen: boolean }
type Held = {
  from: string
  to: string
  amount: number
  until: number
  state: 'open' | 'posted' | 'voided' | 'expired'
}
type State = { accounts: Record<string, Account>; held: Record<string, Held>; known: Record<string, string> }

const mayOwe = (account: string) => account.startsWith('academy:')

export function createModel() {
  let state: State = { accounts: {}, held: {}, known: {} }
  const at = (account: string) => {
    state.accounts[account] ??= { set: 0, out: 0, in: 0, due: 0, frozen: false }
    return state.accounts[account]
  }

  function one(input: LedgerInput, now: number): string {
    const flaw = sight(input)
    if (flaw) return flaw
    const print = printOf(input)
    const known = state.known[input.id]
    if (known !== undefined) return known === print ? 'exists' : 'id_taken_by_other_transfer'
    const said = attempt(input, now)
    if (said === 'created') state.known[input.id] = print
    return said
  }

  function sight(input: LedgerInput): string | undefined {
    if (!('from' in input)) return undefined
    if (input.from === input.to) return 'same_account'
    return input.amountMicro <= 0n ? 'bad_amount' : undefined
  }

  /** Posting the whole by saying nothing, or by saying the amount, is the same. */
  function printOf(input: LedgerInput): string {
    const whole = input.kind === 'post' ? (input.amountMicro ?? BigInt(state.held[input.pendingId]?.amount ?? 0)) : 0n
    const print = { ...input, linked: 0, ...(input.kind === 'post' ? { amountMicro: whole } : {}) }
    return JSON.stringify(Object.entries(print).sort(), (_, value) =>
      typeof value === 'bigint' ? `${value}` : value,
    )
  }

  function attempt(input: LedgerInput, now: number): string {
    if (input.kind === 'freeze' || input.kind === 'thaw') {
      at(input.account).frozen = input.kind === 'freeze'
      return 'created'
    }
    if (input.kind === 'post' || input.kind === 'void') {
      const held = state.held[input.pendingId]
      if (!held) return state.known[input.pendingId] === undefined ? 'pending_not_found' : 'not_pending'
      if (held.state !== 'open') return held.state === 'expired' ? 'pending_expired' : `pending_already_${held.state}`
      if (held.until <= now) return 'pending_expired'
      const amount = input.kind === 'post' ? Number(input.amountMicro ?? BigInt(held.amount)) : 0
      if (amount > held.amount) return 'exceeds_pending_amount'
      if (input.kind === 'post' && (at(held.from).frozen || at(held.to).frozen)) return 'account_frozen'
      letGo(held)
      at(held.from).out += amount
      at(held.to).in += amount
      held.state = input.kind === 'post' ? 'posted' : 'voided'
      return 'created'
    }
    const { from, to } = input
    const amount = Number(input.amountMicro)
    if (at(from).frozen || at(to).frozen) return 'account_frozen'
    if (!mayOwe(from) && at(from).in - at(from).out - at(from).set < amount) return 'insufficient_funds'
    if (input.kind === 'pending') {
      at(from).set += amount
      at(to).due += amount
      state.held[input.id] = { from, to, amount, until: now + input.timeoutMs, state: 'open' }
    } else {
      at(from).out += amount
      at(to).in += amount
    }
    return 'created'
  }

  function letGo(held: Held): void {
    at(held.from).set -= held.amount
    at(held.to).due -= held.amount
  }

  return {
    post(batch: readonly LedgerInput[], now: number): readonly string[] {
      for (const held of Object.values(state.held))
        if (held.state === 'open' && held.until <= now) {
          letGo(held)
          held.state = 'expired'
        }
      const said: string[] = []
      for (let start = 0; start < batch.length; ) {
        let end = start
        while (end < batch.length && batch[end]!.linked) end += 1
        said.push(...chain(batch.slice(start, end + 1), end >= batch.length, now))
        start = end + 1
      }
      return said
    },
    state: () => state,
  }

  function chain(inputs: readonly LedgerInput[], isOpen: boolean, now: number): readonly string[] {
    if (isOpen) return inputs.map((_, i) => (i === inputs.length - 1 ? 'linked_open' : 'linked_failed'))
    const before = structuredClone(state)
    const said: string[] = []
    for (const input of inputs) {
      said.push(one(input, now))
      if (!['created', 'exists'].includes(said.at(-1)!)) break
    }
    const sound =
      said.length === inputs.length && said.every((word) => word === said[0] && /created|exists/.test(word))
    if (sound || inputs.length === 1) return said
    state = before
    return inputs.map((_, i) => (said[i] === undefined || said[i] === 'created' ? 'linked_failed' : said[i]))
  }
}
