/** A ledger in memory for tests of rent: each party has what it was given. */
import type { RentMoney } from '../types.ts'

type Hold = { readonly from: string; readonly to: string; readonly amountMicro: bigint; state: string; due?: bigint }

export function fakeMoney() {
  const balances = new Map<string, bigint>()
  const received = new Map<string, bigint>()
  const holds = new Map<string, Hold>()
  let refuses = false

  function settle(hold: Hold, amountMicro: bigint): void {
    if (hold.state !== 'open') return
    hold.state = amountMicro > 0n ? 'posted' : 'voided'
    balances.set(hold.from, (balances.get(hold.from) ?? 0n) + hold.amountMicro - amountMicro)
    if (amountMicro > 0n) received.set(hold.to, (received.get(hold.to) ?? 0n) + amountMicro)
  }

  return {
    give: (party: string, amountMicro: bigint) => void balances.set(party, amountMicro),
    setAside: () => [...holds.values()].filter(({ state }) => state === 'open').map(({ amountMicro }) => amountMicro),
    paid: () => Object.fromEntries(received),
    refuseToSettle(refuse: boolean) {
      refuses = refuse
    },
    async settleAll() {
      for (const hold of holds.values()) if (hold.due !== undefined) settle(hold, hold.due)
    },
    of: (party: string): RentMoney => ({
      account: party,
      nameOf: (id) => `by:${party}:${id}`,
      async hold(id, to, amountMicro) {
        const left = (balances.get(party) ?? 0n) - amountMicro
        if (left < 0n) return false
        balances.set(party, left)
        holds.set(`by:${party}:${id}`, { from: party, to, amountMicro, state: 'open' })
        return true
      },
      async settle(id, amountMicro) {
        const hold = holds.get(`by:${party}:${id}`)!
        hold.due = amountMicro
        if (refuses) throw new Error('the ledger is out of reach')
        settle(hold, amountMicro)
      },
      async letGo(name) {
        const hold = holds.get(name)
        if (hold) settle(hold, 0n)
      },
      look: async (name) => holds.get(name) ?? {},
    }),
  }
}
