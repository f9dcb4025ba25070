/** A job's way through its stages: cut into parts, each decided by itself, and what they came to joined. */
import { JOB_PARTS_AT_ONCE, JOB_PARTS_MAX, JOB_STAGES_MAX } from '../../limits.ts'
import { cidOf, fromBytes, toBytes } from '../kinds/encoding.ts'
import type { JobKind } from '../kinds/kind.ts'
import type { Outcome, PartState, Value } from '../types.ts'
import { isRechecked } from '../verify/policy.ts'
import type { BuyerParts } from './buyer.ts'
import { JobFailed } from './failed.ts'
import { inTurn } from './in-turn.ts'
import type { Running } from './running.ts'

export type StagesParts = Pick<BuyerParts, 'kinds' | 'random' | 'policy' | 'valueMicro'> & {
  readonly decide: (running: Running, kind: JobKind, part: PartState) => Promise<void>
}

/** Resolves with the result in the job; throws what ended it before. */
export function createStages({ kinds, random, policy, valueMicro, decide }: StagesParts) {
  async function work(running: Running): Promise<void> {
    const { job, stop } = running
    const kind = kinds.get(job.kind)
    if (!kind) throw new JobFailed('unknown_kind', `This node does not know the kind ${job.kind}.`)
    const input = fromBytes(job.inputBytes)
    job.status = 'running'
    let results: readonly Value[] = []
    for (let stage = 0; ; stage++) {
      const values = kind.parts(input, stage, results)
      if (values.length === 0) break
      if (values.length > JOB_PARTS_MAX || stage >= JOB_STAGES_MAX)
        throw new JobFailed(
          'too_many_parts',
          `A job has at most ${JOB_PARTS_MAX} parts in each of ${JOB_STAGES_MAX} stages.`,
        )
      const mine = cut(running, kind, stage, values)
      await inTurn(mine, JOB_PARTS_AT_ONCE, (part) => decide(running, kind, part))
      stop.signal.throwIfAborted()
      const bad = mine.find((part) => part.outcome && !part.outcome.ok)
      if (bad?.outcome && !bad.outcome.ok) throw new JobFailed(bad.outcome.error.code, bad.outcome.error.message)
      results = mine.map((part) => (part.outcome as Extract<Outcome, { ok: true }>).value)
    }
    job.result = kind.join(input, results)
    job.resultCid = cidOf(toBytes(job.result))
  }

  function cut(running: Running, kind: JobKind, stage: number, values: readonly Value[]): readonly PartState[] {
    const { job, bytes } = running
    const there = job.parts.filter((part) => part.stage === stage)
    const all = values.map((value, i): PartState => {
      const encoded = toBytes(value)
      const fuel = Math.min(kind.fuelOf(value), job.limits.fuel)
      const worth = valueMicro(job.kind, fuel)
      const part = there[i] ?? {
        cid: cidOf(encoded),
        stage,
        fuel,
        votes: [],
        recheck: kind.verification !== 'kind' && isRechecked(worth, random(), policy),
        ...(kind.needsOf && { needs: kind.needsOf(value) }),
      }
      bytes.set(part, encoded)
      return part
    })
    if (there.length === 0) {
      job.parts.push(...all)
      job.stages = stage + 1
    }
    return all
  }

  return work
}
