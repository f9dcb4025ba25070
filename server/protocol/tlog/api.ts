/** Bodies of the log's HTTP surface. */
import { z } from 'zod'
import { RECEIPT_FORMAT } from './receipt.ts'

const size = z.number().int().min(0)
const hash = z.string().describe('32 bytes, base64')
const note = z.string().describe('a C2SP signed note')

export const LogPolicy = z
  .object({
    log: z.string().describe('verifier key of the log, in the form of C2SP signed-note'),
    witnesses: z.array(z.object({ key: z.string(), owner: z.string() })),
    quorum: size.describe(
      'cosignatures of different owners that make a checkpoint a witnessed one; 0 where there are too few',
    ),
  })
  .describe('whose log it is, and who watches it')

export const LogCheckpoint = z.object({
  origin: z.string(),
  state: z.enum(['running', 'stopped']),
  why: z.string().optional().describe('a stable code: why nothing is signed or posted any more'),
  note: note.optional().describe('the published checkpoint: witnessed, where there are witnesses enough'),
  size: size.describe('entries under it'),
  rootHash: hash.optional(),
  signedSize: size.describe('entries under the last signature; more than `size` while witnesses are waited for'),
  seenBy: z.array(z.object({ name: z.string(), owner: z.string(), atS: z.number().int() })),
  evidence: size.describe('forks of this log that are known'),
  policy: LogPolicy,
})
export type LogCheckpoint = z.infer<typeof LogCheckpoint>

export const LogProof = z.object({
  index: size,
  size,
  leafHash: hash,
  hashes: z.array(hash).describe('RFC 9162 section 2.1.3, from the leaf up'),
  checkpoint: note,
})
export type LogProof = z.infer<typeof LogProof>

export const ConsistencyQuery = z.object({
  from: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  to: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
})
export const LogConsistency = z.object({ from: size, to: size, hashes: z.array(hash) })
export type LogConsistency = z.infer<typeof LogConsistency>

export const Receipt = z
  .object({
    format: z.literal(RECEIPT_FORMAT),
    entry: z.string().describe('the canonical bytes of the entry, base64'),
    index: size,
    proof: z.array(hash),
    checkpoint: note,
    policy: LogPolicy,
    memo: z
      .object({ text: z.string(), salt: z.string() })
      .optional()
      .describe('of an entry that holds only the hash of its memo; the salt in base64'),
  })
  .describe('server/ledger/log/FORMAT.md')

export const LogEvidence = z.object({
  evidence: z.array(
    z.object({
      origin: z.string(),
      atMs: z.number().int(),
      a: note,
      b: note,
      root: hash.optional(),
      proof: z.array(hash).optional(),
    }),
  ),
})
