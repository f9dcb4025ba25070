/** A job as whoever asked for it sees it. */
import { cidOf, toBytes, toJson } from './kinds/encoding.ts'
import { evidenceOf } from './market/evidence.ts'
import type { Identity } from './market/identity.ts'
import { spent } from './market/owed.ts'
import type { JobRecord, JobView, Value } from './types.ts'

/** Longest result that a view carries by itself; a longer one is asked for in pieces. */
const RESULT_SHOWN_MAX_BYTES = 256 * 1024

export function viewOf(job: JobRecord, self: Identity): JobView {
  const parts = job.parts.filter(({ stage }) => stage >= 0)
  const done = parts.filter(({ digest }) => digest !== undefined)
  const votes = job.parts.flatMap((part) => part.votes)
  const paid = votes.reduce((sum, { paidMicro }) => sum + BigInt(paidMicro ?? '0'), 0n)
  const fee = votes.reduce((sum, { feeMicro }) => sum + BigInt(feeMicro ?? '0'), 0n)
  const answered = votes.filter(({ status }) => status === 'revealed')
  const owners = new Set(answered.map(({ owner }) => owner))
  const share = parts.reduce((sum, { progress, digest }) => sum + (digest ? 1 : (progress ?? 0)), 0)
  return {
    id: job.name,
    kind: job.kind,
    status: job.status,
    createdAtMs: job.createdAtMs,
    updatedAtMs: job.updatedAtMs,
    deadlineMs: job.limits.deadlineMs,
    maxPriceMicro: job.maxPriceMicro,
    heldMicro: String(spent(job) - paid - fee),
    paidMicro: String(paid),
    feeMicro: String(fee),
    parts: { done: done.length, of: parts.length, progress: parts.length === 0 ? 0 : share / parts.length },
    workers: new Set(answered.map(({ node }) => node)).size,
    owners: owners.size,
    ...(job.finishedAtMs !== undefined && { finishedAtMs: job.finishedAtMs }),
    ...(done.length > 0 && {
      verified: {
        mode: owners.size > 1 ? 'quorum' : owners.has(self.owner) ? 'own' : 'trust',
        credibility: Math.min(...done.map(({ credibility }) => credibility ?? 1)),
      },
    }),
    ...(job.error && { error: job.error }),
    ...(job.resultCid && { resultCid: job.resultCid }),
    ...(job.status === 'done' && { ...resultOf(job.result), evidenceCid: evidenceCid(job) }),
  }
}

function resultOf(result: Value | undefined): Pick<JobView, 'result'> {
  if (result === undefined || sizeOf(result) > RESULT_SHOWN_MAX_BYTES) return {}
  return { result: toJson(result) }
}

/** Roughly, and without writing it out. */
const sizeOf = (value: Value): number => {
  if (value instanceof Uint8Array || typeof value === 'string') return value.length
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + sizeOf(one) + 1, 8)
  if (value !== null && typeof value === 'object')
    return Object.values(value).reduce((sum: number, one) => sum + sizeOf(one) + 8, 8)
  return 8
}

/** The names of the parts' evidence under one name. */
export const evidenceCid = (job: JobRecord): string =>
  cidOf(toBytes(job.parts.map((_, index) => evidenceOf(job, index).cid)))
