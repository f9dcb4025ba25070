/** Money in memory with the ledger's own rules for what is set aside: for networks of many nodes in one process. */
import { FEES } from '../../ledger/names.ts'
import type { Escrow, Money } from '../types.ts'

export type Purse = Escrow & {
  give(account: string, micro: bigint): void
  balance(account: string): bigint
  /** Set aside and neither paid nor given back. */
  held(): bigint
  readonly money: Money
  /** Balances and what is set aside come to what was given. */
  isWhole(): boolean
}

export function createPurse(): Purse {
  const balances = new Map<string, bigint>()
  const holds = new Map<
    string,
    { readonly from: string; readonly to: string; readonly micro: bigint; settled?: string }
  >()
  let given = 0n
  const add = (account: string, micro: bigint) => balances.set(account, (balances.get(account) ?? 0n) + micro)
  const held = () => [...holds.values()].reduce((sum, hold) => sum + (hold.settled ? 0n : hold.micro), 0n)
  return {
    nameOf: (id) => id,
    give(account, micro) {
      given += micro
      add(account, micro)
    },
    balance: (account) => balances.get(account) ?? 0n,
    held,
    money: {
      async setAside(id) {
        const hold = holds.get(id)
        return hold ? { state: hold.settled ? 'posted' : 'open', to: hold.to, amountMicro: hold.micro } : {}
      },
      async letGo() {},
    },
    isWhole: () => [...balances.values()].reduce((sum, micro) => sum + micro, 0n) + held() === given,
    async hold({ id, from, to, amountMicro }) {
      const there = holds.get(id)
      if (there) return there.to === to && there.micro === amountMicro && !there.settled ? 'held' : 'refused'
      if ((balances.get(from) ?? 0n) < amountMicro) return 'insufficient_funds'
      add(from, -amountMicro)
      holds.set(id, { from, to, micro: amountMicro })
      return 'held'
    },
    async settle({ id, holdId, amountMicro, fee }) {
      const hold = holds.get(holdId)
      if (!hold) return 'gone'
      if (hold.settled) return hold.settled === `${id} ${amountMicro}` ? 'settled' : 'gone'
      const charged = fee?.amountMicro ?? 0n
      if (amountMicro + charged > hold.micro) throw new Error('more than was set aside')
      hold.settled = `${id} ${amountMicro}`
      add(hold.to, amountMicro)
      add(hold.from, hold.micro - amountMicro - charged)
      add(FEES, charged)
      return 'settled'
    },
  }
}
