/** Parts with answers that are known to be right, from jobs whose input anybody may see: what canaries are drawn from. */
import { JOB_INLINE_MAX_BYTES } from '../../limits.ts'
import { cidOf } from '../kinds/encoding.ts'
import type { JobRecord, Outcome, PartState } from '../types.ts'

export type KnownPart = Pick<PartState, 'fuel' | 'needs'> & {
  readonly kind: string
  readonly bytes: Uint8Array
  readonly digest: string
  /** Of kinds whose answers are never alike. */
  readonly answer?: Outcome
}
export type Known = ReturnType<typeof createKnown>

const KNOWN_MAX = 64

export function createKnown(random: () => number) {
  const known: KnownPart[] = []

  function remember(job: JobRecord, part: PartState, bytes: Uint8Array, answer?: Outcome): void {
    if (job.privacy !== 'public' || bytes.length > JOB_INLINE_MAX_BYTES || !part.digest) return
    if (known.length >= KNOWN_MAX) known.splice(Math.floor(random() * known.length), 1)
    const { digest, fuel, needs } = part
    known.push({ kind: job.kind, bytes, digest, fuel, ...(needs && { needs }), ...(answer && { answer }) })
  }

  /** One for that job by lot, unless it is its own part. */
  function draw(job: JobRecord): KnownPart | undefined {
    const of = known.filter(({ kind, bytes }) => kind === job.kind && cidOf(bytes) !== job.parts[0]?.cid)
    return of[Math.floor(random() * of.length)]
  }

  return { remember, draw }
}
