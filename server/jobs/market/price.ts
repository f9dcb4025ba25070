/** Prices in whole micro-credits: so much for each part, and so much for a million fuel. Rounded up, for both sides alike. */
import { MARKET_FEE_PERMILLE } from '../../limits.ts'

export type Rate = { readonly perMFuelMicro: string; readonly baseMicro: string }

const MILLION = 1_000_000n

export const priceOf = ({ perMFuelMicro, baseMicro }: Rate, fuel: number): bigint => {
  const price = BigInt(baseMicro) + (BigInt(perMFuelMicro) * BigInt(Math.ceil(fuel)) + MILLION - 1n) / MILLION
  return price > 0n ? price : 1n
}

/** What the market takes on top of a payment. Nothing is taken of nothing. */
export const feeOf = (amountMicro: bigint): bigint => (amountMicro * MARKET_FEE_PERMILLE + 999n) / 1_000n

/** The dearest price that is within that much together with its fee. */
export const beforeFee = (amountMicro: bigint): bigint => (amountMicro * 1_000n) / (1_000n + MARKET_FEE_PERMILLE)
