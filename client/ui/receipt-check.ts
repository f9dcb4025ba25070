/** Checks a receipt here, by arithmetic, and holds the log against what this browser saw of it before. */
import type { LogCheckpoint, LogConsistency } from '../../server/protocol/tlog/api.ts'
import { fromBase64, sameBytes, toBase64 } from '../../server/protocol/tlog/bytes.ts'
import type { Head } from '../../server/protocol/tlog/checkpoint.ts'
import type { Policy } from '../../server/protocol/tlog/policy.ts'
import { verifyConsistency } from '../../server/protocol/tlog/proofs.ts'
import {
  type ReceiptFile,
  type ReceiptFlaw,
  type ReceiptVerdict,
  verifyReceipt,
} from '../../server/protocol/tlog/receipt.ts'
import type { Api } from '../net/api.ts'
import type { Keep } from '../net/storage.ts'

/** What is kept of a log that was seen: whose it is, who watches it, and its longest head. */
type Seen = { readonly policy: Policy; readonly size: number; readonly root: string }
/** How the head of the receipt stands to the one seen before. */
export type Standing =
  | { readonly kind: 'firstHead' | 'unasked' | 'older' | 'same' }
  | { readonly kind: 'consistent'; readonly from: number }

export type Checked =
  | {
      readonly ok: true
      readonly verdict: ReceiptVerdict & { readonly ok: true }
      readonly standing: Standing
      readonly isFirst: boolean
    }
  | {
      readonly ok: false
      readonly reason: ReceiptFlaw | 'not_consistent'
      readonly have: number
      readonly need: number
    }

type Parts = { readonly api: Pick<Api, 'get'>; readonly keep: Pick<Keep, 'read' | 'write'> }

const keyOf = (origin: string): string => `academy.log.${origin}`

export async function checkReceipt(receipt: ReceiptFile | undefined, { api, keep }: Parts): Promise<Checked> {
  const origin = receipt?.policy.log.split('+')[0] ?? ''
  const seen = keep.read<Seen>(keyOf(origin))
  const verdict = verifyReceipt(receipt, receipt && seen && knownBy(seen, receipt.policy))
  if (!verdict.ok) return no(verdict.reason, verdict.have, verdict.need)
  const head = verdict.checkpoint
  const standing = seen ? await compare(seen, head, api) : ({ kind: 'firstHead' } as const)
  if (!standing) return no('not_consistent')
  if (standing.kind === 'firstHead' || standing.kind === 'consistent' || standing.kind === 'same') {
    const next: Seen = { policy: receipt!.policy, size: head.size, root: toBase64(head.root) }
    keep.write(keyOf(origin), next)
  }
  return { ok: true, verdict, standing, isFirst: seen === undefined }
}

const no = (reason: (Checked & { ok: false })['reason'], have = 0, need = 0): Checked => ({
  ok: false,
  reason,
  have,
  need,
})

/** The key is the one first seen. Witnesses come and go by the log's word, but never to fewer than were asked for before. */
const knownBy = (seen: Seen, told: Policy): Policy =>
  told.quorum < seen.policy.quorum ? seen.policy : { ...told, log: seen.policy.log }

/** Undefined when the two heads cannot be of one history. */
async function compare({ size, root }: Seen, head: Head, api: Parts['api']): Promise<Standing | undefined> {
  const before = fromBase64(root)
  if (!before) return { kind: 'firstHead' }
  if (size === head.size) return sameBytes(before, head.root) ? { kind: 'same' } : undefined
  const [from, to] = size < head.size ? [size, head.size] : [head.size, size]
  const proof = await askProof(from, to, head.origin, api)
  if (!proof) return { kind: 'unasked' }
  const isOlder = head.size < size
  const [oldRoot, newRoot] = isOlder ? [head.root, before] : [before, head.root]
  if (!verifyConsistency({ oldSize: from, oldRoot, newSize: to, newRoot, proof })) return undefined
  return isOlder ? { kind: 'older' } : { kind: 'consistent', from }
}

/** The node may keep another log than the one a file is from; then there is nobody to ask. */
async function askProof(from: number, to: number, origin: string, api: Parts['api']) {
  try {
    const log = await api.get<LogCheckpoint>('/api/v1/ledger/checkpoint')
    if (log.origin !== origin) return undefined
    const { hashes } = await api.get<LogConsistency>(`/api/v1/ledger/consistency?from=${from}&to=${to}`)
    const proof = hashes.map(fromBase64)
    return proof.every((hash) => hash !== undefined) ? proof : undefined
  } catch {
    return undefined
  }
}
