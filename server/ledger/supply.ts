/** Where credits came from and went: totals per code and way, and that they come to the balances. */
import { dayOf } from './names.ts'
import type { LedgerStore, MintLimits, Supply, Total, Way } from './types.ts'

export async function supplyOf(store: LedgerStore, atMs: number, limits: MintLimits): Promise<Supply> {
  const { entries, totals, heldMicro, burntMicro, pendingMicro, mintedTodayMicro } = await store.totals(dayOf(atMs))
  const mintedMicro = sumOf(totals, 'minted')
  const returnedMicro = sumOf(totals, 'returned')
  return {
    atMs,
    entries,
    totals,
    mintedMicro,
    returnedMicro,
    burntMicro,
    outstandingMicro: mintedMicro - returnedMicro - burntMicro,
    heldMicro,
    pendingMicro,
    mintedTodayMicro,
    limits,
  }
}

const sumOf = (totals: readonly Total[], wanted: Way): bigint =>
  totals.reduce((sum, { way, amountMicro }) => (way === wanted ? sum + amountMicro : sum), 0n)
