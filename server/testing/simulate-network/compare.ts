/** Simulated and real nodes side by side: the same plan, links as measured, each figure within a fifth of the other. */
import type { Figures } from '../bench/figures.ts'
import type { Plan } from './plan.ts'
import { conditionsOf, runReal } from './real.ts'
import type { PlanArguments } from './real-messages.ts'
import { simulate } from './simulate.ts'
import type { SimulationFigures } from './tally.ts'

const TOLERANCE = 0.2

/** What the seed decides: it is the same on any machine that gets the work done at all. */
const counts = ({ joins, heartbeats, asked, messages, third }: SimulationFigures): Figures => ({
  admitted: { value: joins.admitted, unit: 'nodes' },
  stormRequests: { value: total(asked.storm), unit: 'requests to hubs' },
  stormProofs: { value: asked.storm.prove ?? 0, unit: 'requests to hubs' },
  heartbeats: { value: heartbeats.perS, unit: '/s' },
  heartbeatsAfter: { value: asked.after.heartbeat ?? 0, unit: 'requests to hubs' },
  leasesLost: { value: heartbeats.leasesLostWhileAlive, unit: 'nodes' },
  delivered: { value: messages.deliveredShare, unit: 'of those sent' },
  routed: { value: messages.routedShare, unit: 'of those delivered' },
  givenToHubs: { value: asked.whole['message send'] ?? 0, unit: 'requests to hubs' },
  lookedUp: { value: asked.whole.find ?? 0, unit: 'requests to hubs' },
  seenGone: { value: third.seen, unit: 'nodes' },
  keptForThoseGone: { value: third.toThoseGone.kept ?? 0, unit: 'messages' },
  givenToHubsAfter: { value: asked.after['message send'] ?? 0, unit: 'requests to hubs' },
  deliveredAmongThoseLeft: { value: third.amongThoseLeft.deliveredShare, unit: 'of those sent' },
})

/** What hangs on the machine as well. */
const delays = ({ joins, messages, third }: SimulationFigures): Figures => ({
  allAdmitted: { value: joins.allAdmittedMs, unit: 'ms' },
  joinP50: { value: joins.joinP50Ms, unit: 'ms' },
  firstWordP50: { value: messages.firstP50Ms, unit: 'ms' },
  furtherWordP50: { value: messages.furtherP50Ms, unit: 'ms' },
  seenGoneP50: { value: third.seenP50Ms, unit: 'ms' },
  seenGoneMax: { value: third.seenMaxMs, unit: 'ms' },
})

const total = (each: Readonly<Record<string, number>>) => Object.values(each).reduce((a, b) => a + b, 0)

type Row = {
  readonly name: string
  readonly real: number
  readonly simulated: number
  readonly unit: string
  readonly isWithin: boolean
}

function rowsOf(
  figuresOf: (figures: SimulationFigures) => Figures,
  real: SimulationFigures,
  simulated: SimulationFigures,
) {
  const others = figuresOf(simulated)
  return Object.entries(figuresOf(real)).map(([name, { value, unit }]): Row => {
    const other = others[name]!.value
    return {
      name,
      real: value,
      simulated: other,
      unit,
      isWithin: Math.abs(other - value) <= TOLERANCE * Math.abs(value),
    }
  })
}

export async function compareWithReal(plan: Plan, planned: PlanArguments, note: (line: string) => void) {
  const { links, ...real } = await runReal(plan, planned, note)
  const [storm, later] = [conditionsOf(links.storm), conditionsOf(links.later)]
  const simulated = await simulate(plan, later.conditions, { storm: storm.conditions })
  return {
    counts: rowsOf(counts, real.figures, simulated.figures),
    delays: rowsOf(delays, real.figures, simulated.figures),
    links: { storm: storm.conditions, later: later.conditions },
    unmeasured: [...new Set([...storm.unmeasured, ...later.unmeasured])],
    real,
    simulated,
  }
}
