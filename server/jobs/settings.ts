/** What a host offers unless it says otherwise, and what it may say. */
import { z } from 'zod'
import { WORK_HOSTS_MAX } from '../limits.ts'
import type { OfferSettings } from './types.ts'

const micro = z.string().regex(/^\d{1,12}$/)
const hour = z.number().int().min(0).max(23)
export const offerSettings = z.strictObject({
  paused: z.boolean(),
  hosts: z.number().int().min(1).max(WORK_HOSTS_MAX),
  memoryMb: z.number().int().min(64).max(65_536),
  quiet: z.strictObject({ fromHour: hour, toHour: hour }).optional(),
  prices: z.record(z.string().max(64), micro),
  baseMicro: micro,
})

/** Micro-credits for a million fuel: fuel of some kinds is quicker burnt than that of others. */
const PRICES: Readonly<Record<string, string>> = {
  sum: '2000',
  multiply: '2000',
  sort: '4000',
  hash: '2000',
  script: '10000',
  render: '4000',
  store: '20000',
  infer: '2000',
}

/** Half the machine's cores: the other half is for the world and whoever sits at it. */
export const defaultOffer = (cores: number): OfferSettings => ({
  paused: false,
  hosts: Math.max(1, Math.min(8, Math.floor(cores / 2))),
  memoryMb: 256,
  prices: PRICES,
  baseMicro: '500',
})
