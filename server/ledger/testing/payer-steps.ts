/** What a payer of the crash tests posts at each step, and what its accounts hold after so many of them. */
import type { LedgerInput } from '../types.ts'

const DAY_MS = 86_400_000

export const payerAccount = (payer: number) => `player:${payer}`
export const shopAccount = (payer: number) => `shop:${payer}`

/** In turn: 10 come in; 6 are set aside for the shop; 4 of them are posted; the shop passes on 2, of which 1 is burnt, as a chain. */
export function stepOf(payer: number, n: number): readonly LedgerInput[] {
  const id = `${payer}-${n}`
  const player = payerAccount(payer)
  const shop = shopAccount(payer)
  switch (n % 4) {
    case 0:
      return [{ id, from: 'academy:rewards', to: player, amountMicro: 10n, code: 'reward' }]
    case 1:
      return [{ kind: 'pending', id, from: player, to: shop, amountMicro: 6n, code: 'job', timeoutMs: DAY_MS }]
    case 2:
      return [{ kind: 'post', id, pendingId: `${payer}-${n - 1}`, amountMicro: 4n }]
    default:
      return [
        { id, from: shop, to: 'academy:fees', amountMicro: 1n, code: 'fee', linked: true },
        { id: `${id}-burn`, from: shop, to: 'academy:burnt', amountMicro: 1n, code: 'burn' },
      ]
  }
}

/** Balance, and what is set aside, of payer and shop after that many whole steps. */
export function expectedAfter(steps: number) {
  const of = (step: number) => BigInt(Math.floor((steps + 3 - step) / 4))
  return {
    player: 10n * of(0) - 4n * of(2),
    setAside: 6n * (of(1) - of(2)),
    shop: 4n * of(2) - 2n * of(3),
  }
}
export const entriesAfter = (steps: number) => steps + Math.floor(steps / 4)
