/** Content-addressed, chunked files as the rest of the node sees them: agents, worlds, library items, workspaces, inputs and results of jobs. */

import type { Signed } from '../lib/signed.ts'
import type { NodeId } from '../link/types.ts'

/** CIDv1 (multiformats) of the manifest: dag-cbor, sha2-256, base32. */
export type Cid = string
export const BUNDLE_KINDS = ['agent', 'world', 'item', 'workspace', 'input', 'result'] as const
export type BundleKind = (typeof BUNDLE_KINDS)[number]

/** Its CID covers every byte: the chunks by their hashes. */
export type BundleManifest = {
  readonly kind: BundleKind
  /** Bytes in all. */
  readonly size: number
  /** Bytes of each chunk but the last. */
  readonly chunk: number
  /** SHA-256 of each chunk, 32 bytes each. */
  readonly chunks: readonly Uint8Array[]
}

export type PullProgress = { readonly chunks: number; readonly of: number; readonly bytes: number }

export type Bundles = {
  /** Keeps the bytes and answers their name; the same bytes of the same kind have the same name. Throws `BundleError` over quota. */
  put(
    kind: BundleKind,
    bytes: Uint8Array,
    options?: { readonly pin?: string; readonly signature?: Signed; readonly owner?: string },
  ): Promise<Cid>
  /** The whole of it, verified, if it is here. */
  get(cid: Cid): Promise<Uint8Array | undefined>
  has(cid: Cid): Promise<boolean>
  /** Fetches what is missing, from several nodes at once, each chunk verified; goes on where an earlier pull stopped. */
  pull(
    cid: Cid,
    from: readonly NodeId[],
    options?: {
      readonly signal?: AbortSignal
      readonly onProgress?: (progress: PullProgress) => void
      readonly pin?: string
      /** On whose account it is kept here: a person, a node, a job. Counts against that owner's quota. */
      readonly owner?: string
      readonly maxBytes?: number
      /** Library items and shared workspaces: neighbours that no hub has admitted hand them on as well. */
      readonly shared?: true
    },
  ): Promise<Uint8Array>
  /** Pinned bundles are never evicted; a pin is named by whoever needs it. */
  pin(cid: Cid, name: string): Promise<void>
  unpin(cid: Cid, name: string): Promise<void>
  /** What is here under that name, complete or not. */
  info(cid: Cid): Promise<BundleInfo | undefined>
  /** Asks a node to show that it has those chunks, of a bundle that is whole here: HMAC-SHA-256 over each under a fresh nonce. */
  audit(cid: Cid, node: NodeId, indices: readonly number[]): Promise<boolean>
  /** Bytes kept, of all or of one owner. */
  usage(owner?: string): { readonly bytes: number; readonly bundles: number }
}

export type BundleInfo = {
  readonly cid: Cid
  readonly kind: BundleKind
  readonly size: number
  readonly chunks: number
  readonly have: number
  readonly pins: readonly string[]
  /** What whoever made it signed about it. */
  readonly signature?: Signed
}
