/** What a verdict rests on, as bytes that have one name: the name is in the memo of the payment. */
import { cidOf, toBytes } from '../kinds/encoding.ts'
import type { JobRecord, PartState, Value } from '../types.ts'

export type Evidence = { readonly cid: string; readonly value: Value }

const decided = new WeakMap<PartState, Evidence>()

/** Of one part. Once it is decided it does not change any more, whatever is paid, and is made once. */
export function evidenceOf(job: JobRecord, index: number): Evidence {
  const part = job.parts[index]!
  const evidence = decided.get(part) ?? made(job, part, index)
  if (part.digest !== undefined) decided.set(part, evidence)
  return evidence
}

function made(job: JobRecord, part: PartState, index: number): Evidence {
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
