/** Simulated and real nodes side by side: the same plan, links as measured, each figure within a fifth of the other. */
import type { Figures } from '../bench/figures.ts'
import type { Plan } from './plan.ts'
import { conditionsOf, runReal } from './real.ts'
import type { PlanArguments } from './real-messages.ts'
import { simulate } from './simulate.ts'
import type { SimulationFigures } from './tally.ts'

const TOLERANCE = 0.2

/** The figures that are compared. */
const compared = ({ joins, heartbeats, messages, third }: SimulationFigures): Figures => ({
  admitted: { value: joins.admitted, unit: 'nodes' },
  allAdmitted: { value: joins.allAdmittedMs, unit: 'ms' },
  joinP50: { value: joins.joinP50Ms, unit: 'ms' },
  heartbeats: { value: heartbeats.perS, unit: '/s' },
  delivered: { value: messages.deliveredShare, unit: 'of those sent' },
  routed: { value: messages.routedShare, unit: 'of those delivered' },
  firstWordP50: { value: messages.firstP50Ms, unit: 'ms' },
  furtherWordP50: { value: messages.furtherP50Ms, unit: 'ms' },
  seenGone: { value: third.seen, unit: 'nodes' },
  seenGoneP50: { value: third.seenP50Ms, unit: 'ms' },
  seenGoneMax: { value: third.seenMaxMs, unit: 'ms' },
  keptForThoseGone: { value: third.toThoseGone.kept ?? 0, unit: 'messages' },
  deliveredAmongThoseLeft: { value: third.amongThoseLeft.deliveredShare, unit: 'of those sent' },
})

export async function compareWithReal(plan: Plan, planned: PlanArguments, note: (line: string) => void) {
  const { links, ...real } = await runReal(plan, planned, note)
  const [storm, conditions] = [conditionsOf(links.storm), conditionsOf(links.later)]
  const simulated = await simulate(plan, conditions, { storm })
  const [ofReal, ofSimulated] = [compared(real.figures), compared(simulated.figures)]
  const rows = Object.entries(ofReal).map(([name, { value, unit }]) => {
    const other = ofSimulated[name]!.value
    const isWithin = Math.abs(other - value) <= TOLERANCE * Math.abs(value)
    return { name, real: value, simulated: other, unit, isWithin }
  })
  return { rows, links: { storm, later: conditions }, real, simulated }
}
