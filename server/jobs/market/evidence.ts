/** What a verdict rests on, as bytes that have one name: the name is in the memo of the payment. */
import { cidOf, toBytes } from '../kinds/encoding.ts'
import type { JobRecord, PartState, Value } from '../types.ts'

export type Evidence = { readonly cid: string; readonly value: Value }

/** Of one part, once it is decided. It does not change afterwards, whatever is paid. */
export function evidenceOf(job: JobRecord, index: number): Evidence {
  const part = job.parts[index]!
  const value = {
    v: 1,
    job: job.id,
    kind: job.kind,
    part: index,
    input: part.cid,
    digest: part.digest ?? null,
    credibility: part.credibility ?? null,
    canary: part.canary ?? null,
    votes: part.votes.map(voteOf),
  }
  return { cid: cidOf(toBytes(value)), value }
}

const voteOf = ({
  work,
  node,
  owner,
  commitment,
  salt,
  digest,
  meter,
  signature,
  status,
  found,
}: PartState['votes'][number]) => ({
  work,
  node,
  owner,
  status,
  commitment: commitment ?? null,
  salt: salt ?? null,
  digest: digest ?? null,
  meter: meter ?? null,
  signature: signature ?? null,
  ...(found !== undefined && { found }),
})
