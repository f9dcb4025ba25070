/** A kind's own check of an answer, with what it may use for it, and what the verdict says of the owner. */
import type { Bundles } from '../../bundles/types.ts'
import type { JobModels } from '../../inference/types.ts'
import { fromBytes } from '../kinds/encoding.ts'
import type { Checked, JobKind } from '../kinds/kind.ts'
import type { JobRecord, Outcome, Outcomes, PartState, Standings, Vote } from '../types.ts'
import type { Policy } from '../verify/policy.ts'
import { evidenceOf } from './evidence.ts'
import type { Identity } from './identity.ts'
import type { Running } from './running.ts'

export type CheckingParts = {
  readonly self: Identity
  readonly standings: Standings
  readonly bundles?: Bundles
  readonly models?: JobModels
  readonly policy: Policy
  readonly changed: (job: JobRecord) => void
}
/** A kind that tells a share only says nothing of its worker. */
export type Finding = Omit<Checked, 'finding' | 'why'> & {
  readonly finding?: Checked['finding']
  readonly why?: string
}

/** Every answer of an owner with few checks behind it is looked at closely, and a drawn share of the others'. */
export async function checked(
  { self, standings, bundles, models, policy, changed }: CheckingParts,
  { job, bytes, stop }: Running,
  kind: JobKind,
  part: PartState,
  vote: Vote,
  given: { readonly answer: Outcome; readonly known?: Outcome },
): Promise<Finding> {
  const { passed } = await standings.of(vote.owner, job.kind)
  const found = await kind.check!(fromBytes(bytes.get(part)!), {
    ...(bundles && { bundles }),
    ...(models && { models }),
    ...given,
    node: vote.node,
    owner: vote.owner,
    privacy: job.privacy,
    isSelf: vote.node === self.node,
    isSampled: part.recheck || passed < policy.heldChecks || given.known !== undefined,
    ...(vote.tookMs !== undefined && { tookMs: vote.tookMs }),
    signal: stop.signal,
    progress(done) {
      part.progress = done
      changed(job)
    },
  })
  return typeof found === 'number' ? { share: found, credibility: found } : found
}

export function outcomeOf(job: JobRecord, part: PartState, vote: Vote, outcome: Outcomes['outcome']): Outcomes {
  return {
    owner: vote.owner,
    kind: job.kind,
    outcome,
    valueMicro: BigInt(vote.settled === 'paid' ? vote.paidMicro! : vote.priceMicro),
    feeMicro: BigInt(vote.feeMicro ?? '0'),
    // Evidence has its name once the part is decided; a wrong answer does not decide it.
    why: `${job.id} ${part.digest === undefined ? vote.work : evidenceOf(job, job.parts.indexOf(part)).cid}`,
  }
}
