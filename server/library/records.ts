/** Signed records of items and shared workspaces, as nodes show them to each other. */
import { decode, encode } from '@ipld/dag-cbor'
import { z } from 'zod'
import { isCid } from '../bundles/manifest.ts'
import type { SigningKey } from '../lib/ed25519.ts'
import { openSigned, type Signed, sign } from '../lib/signed.ts'
import {
  ITEM_BUNDLE_MAX_BYTES,
  ITEM_SUMMARY_MAX_CHARS,
  WORKSPACE_BUNDLE_MAX_BYTES,
  WORKSPACE_NAME_MAX_CHARS,
  WORKSPACE_PROJECTS_MAX,
} from '../limits.ts'
import { itemKind, itemName, itemSummary, itemTitle, plain, versionText } from '../protocol/library-fields.ts'
import { parseVersion } from './semver.ts'
import type { ItemRecord, ShareRecord, YankRecord } from './types.ts'

export const itemVersion = versionText.refine(
  (text) => parseVersion(text) !== undefined,
  'three numbers such as 1.0.0, perhaps with -beta.1 after them',
)
const owner = z.string().regex(/^[0-9a-f]{64}$/)
const cid = z.string().refine(isCid)
const atMs = z.number().int().min(0).max(8_640_000_000_000_000)
const publisher = z.object({ id: plain(80).min(1), name: plain(80).min(1) })

const itemSchema: z.ZodType<ItemRecord> = z.object({
  name: itemName,
  version: itemVersion,
  owner,
  kind: itemKind,
  cid,
  bytes: z.number().int().min(1).max(ITEM_BUNDLE_MAX_BYTES),
  title: itemTitle,
  summary: itemSummary,
  publisher,
  atMs,
})
const yankSchema: z.ZodType<YankRecord> = z.object({
  name: itemName,
  version: itemVersion,
  owner,
  yanked: z.boolean(),
  why: plain(ITEM_SUMMARY_MAX_CHARS),
  atMs,
})
const shareSchema: z.ZodType<ShareRecord> = z.object({
  id: plain(60).min(1),
  owner,
  node: z.string().min(1).max(80),
  name: plain(WORKSPACE_NAME_MAX_CHARS).min(1),
  by: publisher,
  reach: z.enum(['lan', 'world']),
  cid,
  bytes: z.number().int().min(1).max(WORKSPACE_BUNDLE_MAX_BYTES),
  api: plain(40),
  projects: z
    .array(
      z.object({
        name: plain(WORKSPACE_NAME_MAX_CHARS),
        files: z.number().int().min(0),
        tests: z.number().int().min(0),
      }),
    )
    .max(WORKSPACE_PROJECTS_MAX),
  atMs,
})
export type UnshareRecord = { readonly id: string; readonly owner: string; readonly atMs: number }
const unshareSchema: z.ZodType<UnshareRecord> = z.object({ id: plain(60).min(1), owner, atMs })

const TYPES = {
  'library-item': itemSchema,
  'library-yank': yankSchema,
  'workspace-share': shareSchema,
  'workspace-unshare': unshareSchema,
} as const
type Body<T extends keyof typeof TYPES> = z.output<(typeof TYPES)[T]>

export const signRecord = <T extends keyof typeof TYPES>(type: T, body: Body<T>, key: SigningKey): Signed =>
  sign(type, body, key)

/** What was signed, by the very owner it names; undefined for anything else. */
export function openRecord<T extends keyof typeof TYPES>(type: T, signed: Signed): Body<T> | undefined {
  const body = openSigned<{ readonly owner: string }>(type, signed, TYPES[type] as z.ZodType<{ owner: string }>)
  return body?.owner === Buffer.from(signed.key).toString('hex') ? (body as Body<T>) : undefined
}

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)
export const signedFrame = z.object({ body: bytes, key: bytes, sig: bytes })

export const packSigned = (signed: Signed): Uint8Array => encode({ ...signed })
/** Undefined for bytes that are none. */
export function unpackSigned(packed: Uint8Array): Signed | undefined {
  try {
    const parsed = signedFrame.safeParse(decode(packed))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
