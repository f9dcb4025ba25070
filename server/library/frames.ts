/** Requests of `/academy/library/1.0.0`: what a node has to offer, and what a hub is told. Bundles are fetched by their names over the bundle protocol. */
import { z } from 'zod'
import { LIBRARY_PAGE_MAX, LIBRARY_REQUESTS_PER_HOUR, LIBRARY_REQUESTS_PER_MINUTE } from '../limits.ts'
import type { Served } from '../link/types.ts'
import { itemKind, itemName } from '../protocol/library-fields.ts'
import type { RefusalCode } from '../protocol/refusals.ts'
import { signedFrame } from './records.ts'

const TOLD_REFUSALS = [
  'item_name_taken',
  'item_version_exists',
  'item_kind',
  'item_limit',
  'item_forged',
  'bad_item',
  'item_unreachable',
  'no_such_item',
  'share_limit',
  'workspace_forged',
  'workspace_secret',
] as const satisfies readonly RefusalCode[]

/** Neighbours without a hub have no pass: reading is for everybody, and what may be read is decided for each caller. */
export const LIBRARY_PROTOCOL: Served = {
  protocol: 'library',
  maxStreams: 4,
  perMinute: LIBRARY_REQUESTS_PER_MINUTE,
  perHour: LIBRARY_REQUESTS_PER_HOUR,
  overRelay: true,
  admittedOnly: false,
}

const q = z.string().max(100).optional()
const limit = z.number().int().min(1).max(LIBRARY_PAGE_MAX)

export const libraryRequest = z.discriminatedUnion('op', [
  z.object({ op: z.literal('items'), q, kind: itemKind.optional(), after: itemName.optional(), limit }),
  z.object({ op: z.literal('item'), name: itemName }),
  z.object({ op: z.literal('publish'), record: signedFrame }),
  z.object({ op: z.literal('yank'), record: signedFrame }),
  z.object({ op: z.literal('shares'), q, limit }),
  z.object({ op: z.literal('find-share'), id: z.string().min(1).max(60) }),
  z.object({ op: z.literal('share'), record: signedFrame }),
  z.object({ op: z.literal('unshare'), record: signedFrame }),
])
export type LibraryRequest = z.output<typeof libraryRequest>

/** Those whose pieces cannot be read are left out of a list rather than the list with them. */
const lenient = <T extends z.ZodType>(each: T) =>
  z
    .array(z.unknown())
    .max(LIBRARY_PAGE_MAX)
    .transform((all) =>
      all.flatMap((one) => {
        const parsed = each.safeParse(one)
        return parsed.success ? [parsed.data] : []
      }),
    )
const version = z.object({
  record: signedFrame,
  yank: signedFrame.optional(),
  versions: z.number().int().min(1).max(10_000).optional(),
})
export const itemsAnswer = z.object({ items: lenient(version), more: z.boolean() })
/** Every version of a name has a record of a kilobyte: a hundred fit a frame. */
export const itemAnswer = z.object({ versions: z.array(version).max(200) })
export const sharesAnswer = z.object({ shares: lenient(z.object({ record: signedFrame })) })
/** A hub's word on what it was told: done, or why not. */
export const doneAnswer = z.object({
  done: z.boolean(),
  refused: z.enum(TOLD_REFUSALS).optional(),
  params: z.record(z.string().max(40), z.union([z.string().max(4_000), z.number(), z.boolean()])).optional(),
})
