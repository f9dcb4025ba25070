/** The plan carried out with real nodes: processes on loopback, of which a third is killed; and what their links were like meanwhile. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { percentile } from '../bench/figures.ts'
import type { Spread } from './chance.ts'
import type { Plan } from './plan.ts'
import type { FromProcess, PlanArguments, Probed, ToProcess } from './real-messages.ts'
import type { LinkConditions } from './sim-links.ts'
import { createTally } from './tally.ts'

/** Two of three stay; one is killed. */
const PROCESSES = 6
/** From the last word to a process until everybody begins. */
const LEAD_MS = 2_000

/** Beyond it a few samples of a busy machine would say that one link in twenty takes minutes. */
const SIGMA_MAX = 1.5

type Kind = FromProcess['type']

class NodeProcess {
  readonly child: ChildProcess
  constructor(onSeen: (seen: Extract<FromProcess, { type: 'seen' }>['seen']) => void) {
    this.child = fork(join(import.meta.dirname, 'real-process.ts'), [], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    this.child.on('message', (message: FromProcess) => {
      if (message.type === 'seen') onSeen(message.seen)
    })
  }

  tell(message: ToProcess): void {
    this.child.send(message)
  }

  /** Its answer of that kind; throws when the process ends first. */
  ask<K extends Kind>(message: ToProcess, kind: K): Promise<Extract<FromProcess, { type: K }>> {
    return new Promise((resolve, reject) => {
      const hear = (said: FromProcess) => {
        if (said.type !== kind) return
        this.child.off('message', hear)
        resolve(said as Extract<FromProcess, { type: K }>)
      }
      this.child.on('message', hear)
      this.child.once('exit', (code, signal) => reject(new Error(`a process of nodes ended (${code ?? signal})`)))
      this.tell(message)
    })
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await gone
  }
}

export async function runReal(plan: Plan, planned: PlanArguments, note: (line: string) => void) {
  const tally = createTally(plan)
  const processes: NodeProcess[] = []
  const add = () => {
    const made = new NodeProcess((seen) => seen.forEach(tally.see))
    processes.push(made)
    return made
  }
  try {
    const hubProcess = add()
    const hub = (await hubProcess.ask({ type: 'hub', plan: planned }, 'ready')).made[0]!
    // The last third lives in processes of its own.
    const bounds = Array.from({ length: PROCESSES + 1 }, (_, i) => {
      const stay = (PROCESSES * 2) / 3
      return i <= stay
        ? Math.round((plan.leavingFrom * i) / stay)
        : plan.leavingFrom + Math.round(((plan.nodes - plan.leavingFrom) * (i - stay)) / (PROCESSES - stay))
    })
    const groups = bounds.slice(0, -1).map((from, i) => ({ from, to: bounds[i + 1]!, process: add() }))
    const made = await Promise.all(
      groups.map(({ from, to, process }) => process.ask({ type: 'members', plan: planned, from, to }, 'ready')),
    )
    // Links are measured between processes that are as busy as those of all nodes.
    const [probeProcess, targetProcess] = [groups[0]!.process, groups[1]!.process]
    const { targets } = await targetProcess.ask({ type: 'targets', hub }, 'targets')
    const names = made.flatMap((each) => each.made.map(({ node }) => node))
    note(`${names.length} real nodes in ${groups.length} processes are made`)

    const startMs = Date.now() + LEAD_MS
    for (const each of [hubProcess, ...groups.map(({ process }) => process)])
      each.tell({ type: 'go', startMs, hub, names })
    const until = (atMs: number) => new Promise((done) => setTimeout(done, startMs + atMs - Date.now()))
    const probe = async (fromMs: number, toMs: number) => {
      await until(fromMs)
      const { probed } = await probeProcess.ask({ type: 'probe', hub, targets, forMs: toMs - fromMs }, 'probed')
      return probed
    }
    const probing = probe(0, plan.joinWindowMs).then(async (storm) => ({
      storm,
      later: await probe(plan.beatsFromMs, plan.leaveAtMs),
    }))
    probing.catch(() => {})
    await until(plan.beatsFromMs)
    note('all were told to join; they speak now')
    await until(plan.leaveAtMs)
    await Promise.all(groups.flatMap(({ from, process }) => (from >= plan.leavingFrom ? [process.kill()] : [])))
    const lateMs = Date.now() - startMs - plan.leaveAtMs
    note(`a third was killed, ${lateMs} ms after the plan`)
    await until(plan.endMs)
    return {
      figures: tally.figures(),
      problems: tally.problems(),
      killedLateMs: lateMs,
      links: await probing,
    }
  } finally {
    await Promise.all(processes.map((each) => each.kill()))
  }
}

/** A quiet loopback: for what could not be measured once while the nodes were at work. */
const QUIET: Readonly<Record<keyof Probed, number>> = {
  oneWayMs: 0.1,
  rttMs: 0.3,
  dialMs: 6,
  dialHubMs: 6,
  firstMs: 1,
  failMs: 10,
}

/** Links as they were seen, for the simulation, and what of them was not. A dial was timed with its greeting, which is a round trip. */
export function conditionsOf(probed: Probed): {
  readonly conditions: LinkConditions
  readonly unmeasured: readonly string[]
} {
  const unmeasured = (Object.keys(QUIET) as (keyof Probed)[]).filter((kind) => probed[kind].length === 0)
  const seen = (kind: keyof Probed) => (probed[kind].length > 0 ? probed[kind] : [QUIET[kind]])
  const rtt = percentile(seen('rttMs'), 50)
  return {
    unmeasured,
    conditions: {
      oneWay: spread(seen('oneWayMs')),
      dial: spread(beyond(seen('dialMs'), rtt)),
      dialHub: spread(beyond(seen('dialHubMs'), rtt)),
      newStream: spread(beyond(seen('firstMs'), rtt)),
      dialFails: spread(seen('failMs')),
      serviceMs: 0,
      resentShare: 0,
      resentMs: 0,
      lostShare: 0,
    },
  }
}

const beyond = (samples: readonly number[], ms: number) => samples.map((each) => Math.max(0.1, each - ms))

/** The 90th of 100 lies 1.2816 standard deviations above the median. */
function spread(samples: readonly number[]): Spread {
  const medianMs = percentile(samples, 50)
  return { medianMs, sigma: Math.min(SIGMA_MAX, Math.log(percentile(samples, 90) / medianMs) / 1.2816) }
}
