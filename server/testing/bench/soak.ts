/** Five hundred agents at four turns a second for an hour, code swapped all the while: do turns stay punctual, cheap and small? */
import { readdirSync, readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { createFleet, type Fleet, type Member } from './agents-fleet.ts'
import { benchProgram, programOf } from './agents-turns.ts'
import { type Bench, type Figures, percentile } from './figures.ts'
import { residentMb } from './processes.ts'

const AGENTS = 500
const TURNS_PER_S = 4
const SWAPS_PER_HOUR = 10_000
/** Members act in so many groups, one after the other, as the agents of different zones do. */
const GROUPS = 25
const BEAT_MS = 1_000 / TURNS_PER_S / GROUPS
const SAMPLE_EVERY_MS = 1_000
const NOTE_EVERY_MS = 60_000

/** Turns of all from one swap to the next. */
const TURNS_PER_SWAP = (AGENTS * TURNS_PER_S * 3_600) / SWAPS_PER_HOUR

/**
 * `warmSwaps`: how often each is swapped before anything is measured, as many turns apart as later. New code begins cold and is compiled
 * as it is used: from the first cycle on there are as many old and new programs, and as long journals, as there will be to the end.
 */
type Plan = { readonly seconds: number; readonly warmSwaps: number; readonly windows: number }
const FULL: Plan = { seconds: 3_600, warmSwaps: 2, windows: 60 }
const SHORT: Plan = { seconds: 42, warmSwaps: 1, windows: 10 }

/** Twenty programs that do the same and are not the same text, so that each swap is one. */
const programs = () => {
  const text = benchProgram().modules['main.js']!
  return Array.from({ length: 20 }, (_, i) => ({
    ...programOf(`export default () => ${i}`),
    modules: { 'main.js': `${text}\n;${i}` },
  }))
}

/** Processor time of a process so far in seconds, all its threads, to the nanosecond (Linux, `sched-stats.rst`). */
function cpuSeconds(pid: number): number | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    const ns = threads.map((tid) => Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]))
    return ns.reduce((sum, one) => sum + one, 0) / 1e9
  } catch {
    return undefined
  }
}

/** What all hosts have used since the beginning; one that has gone keeps what it had when it was last looked at. */
function hostsCpu(pids: () => readonly number[]): () => number {
  const used = new Map<number, number>()
  return () => {
    for (const pid of pids()) used.set(pid, cpuSeconds(pid) ?? used.get(pid) ?? 0)
    return [...used.values()].reduce((sum, one) => sum + one, 0)
  }
}

/** The same work every time, in processor seconds: how fast this machine is just now, with whatever else it does. */
function referenceSeconds(): number {
  const began = process.threadCpuUsage()
  let sum = 0
  const texts = new Map<string, number>()
  for (let i = 0; i < 60_000; i++) {
    const key = `k${i % 512}`
    texts.set(key, (texts.get(key) ?? 0) + i)
    sum += JSON.stringify({ i, key }).length
  }
  const { user, system } = process.threadCpuUsage(began)
  return sum > 0 ? (user + system) / 1e6 : 0
}

/** Delays in buckets a twentieth wide, so that an hour of them takes no memory worth the name. */
function createDelays() {
  const STEP = Math.log(1.05)
  const FLOOR_MS = 0.05
  const buckets = new Float64Array(400)
  let count = 0
  return {
    add(ms: number) {
      count++
      const at = Math.floor(Math.log(Math.max(ms, FLOOR_MS) / FLOOR_MS) / STEP)
      buckets[Math.min(buckets.length - 1, at)]!++
    },
    count: () => count,
    /** The upper edge of the bucket in which it lies. */
    percentile(p: number): number {
      let left = (p / 100) * count
      const at = buckets.findIndex((size) => (left -= size) <= 0)
      return FLOOR_MS * Math.exp(STEP * (at + 1))
    },
  }
}

type Window = {
  readonly turns: number
  /** Processor seconds of all hosts, swaps included. */
  readonly cpuS: number
  /** Turns for a processor second, of all agents at once and no swaps between. */
  readonly turnsPerCpuS: number
  readonly reference: number
  readonly hostsMb: number
  readonly nodeMb: number
}

const BURSTS = 5

/** All agents, some turns each, with nothing else asked of the hosts; the best of a few, since whatever disturbs only slows. */
async function burst(fleet: Fleet, cpu: () => number): Promise<number> {
  let best = 0
  await fleet.settled()
  for (let round = 0; round < BURSTS; round++) {
    const before = cpu()
    const turns = fleet.send()
    await fleet.settled()
    best = Math.max(best, turns / (cpu() - before))
  }
  return best
}

/** The last tenth beside the first, each by its median, in hundredths. */
function driftPct(samples: readonly number[]): number {
  const tenth = Math.max(1, Math.round(samples.length / 10))
  const [first, last] = [samples.slice(0, tenth), samples.slice(-tenth)]
  return (percentile(last, 50) / percentile(first, 50) - 1) * 100
}

export const bench: Bench = async ({ short, note }) => {
  const plan = short ? SHORT : FULL
  const delays = createDelays()
  let measuring = false
  const counts = { taken: 0, failed: 0, lost: 0, late: 0, swaps: 0, unswapped: 0 }
  await using fleet = createFleet({
    size: AGENTS,
    journals: true,
    onTurn(_, { error, failed }, delayMs) {
      counts.taken++
      if (error || failed) counts.failed++
      if (measuring) delays.add(delayMs)
    },
    onLost: (agents) => {
      counts.lost += agents
    },
  })
  const versions = programs()
  const swap = async (member: Member) => {
    member.program = versions[counts.swaps++ % versions.length]!
    await fleet.load(member).catch(() => counts.unswapped++)
  }

  note(`loading ${AGENTS} agents`)
  await fleet.loadAll()
  note(`warming: ${plan.warmSwaps * TURNS_PER_SWAP} turns of each as fast as it goes, swapped as often as later`)
  for (let due = 0; counts.swaps < plan.warmSwaps * AGENTS; ) {
    due += fleet.send()
    await fleet.settled()
    for (; due >= TURNS_PER_SWAP; due -= TURNS_PER_SWAP) void swap(nextToSwap(fleet, counts))
    await fleet.settled()
  }
  counts.swaps = 0
  note(
    `measuring for ${plan.seconds} s: ${AGENTS} agents, ${TURNS_PER_S} turns/s each, ${SWAPS_PER_HOUR} swaps an hour`,
  )
  measuring = true
  const windows = await run(fleet, plan, {
    counts,
    swap,
    note,
    p99Ms: () => delays.percentile(99),
    async unmeasured(work) {
      measuring = false
      try {
        return await work()
      } finally {
        measuring = true
      }
    },
  })
  measuring = false
  await Promise.race([fleet.settled(), new Promise((done) => setTimeout(done, 30_000).unref())])
  return figuresOf(windows, plan, {
    turnDelayP99Ms: { value: delays.percentile(99), unit: 'ms' },
    turnDelayP50Ms: { value: delays.percentile(50), unit: 'ms' },
    turns: { value: delays.count(), unit: 'turns' },
    turnsPerS: { value: delays.count() / plan.seconds, unit: '1/s' },
    lateTurns: { value: counts.late, unit: 'turns' },
    swaps: { value: counts.swaps, unit: 'swaps' },
    failedSwaps: { value: counts.unswapped, unit: 'swaps' },
    failedTurns: { value: counts.failed, unit: 'turns' },
    agentsMovedOrLost: { value: counts.lost, unit: 'agents' },
    hosts: { value: fleet.sandbox.stats().hosts, unit: 'processes' },
    loadAverage: { value: loadavg()[0]!, unit: 'processes' },
  })
}

/** Each in its turn, and neighbours not one after the other. */
const nextToSwap = ({ members }: Fleet, { swaps }: { readonly swaps: number }): Member =>
  members[(swaps * 7) % AGENTS]!

type Run = {
  readonly counts: { taken: number; late: number; readonly swaps: number }
  readonly swap: (member: Member) => Promise<void>
  readonly note: (line: string) => void
  readonly p99Ms: () => number
  /** Its turns are no part of the delays. */
  readonly unmeasured: <T>(work: () => Promise<T>) => Promise<T>
}

async function run(
  fleet: Fleet,
  plan: Plan,
  { counts, swap, note, p99Ms, unmeasured }: Run,
): Promise<readonly Window[]> {
  const groups = Array.from({ length: GROUPS }, (_, g) => fleet.members.filter((_, i) => i % GROUPS === g))
  const swapEveryMs = (3_600 * 1_000) / SWAPS_PER_HOUR
  const windowMs = (plan.seconds * 1_000) / plan.windows
  const cpu = hostsCpu(() => fleet.sandbox.stats().pids)
  const windows: Window[] = []
  let startedMs = performance.now()
  let opened = { turns: counts.taken, cpu: cpu(), atMs: startedMs }
  let sizes: { hosts: number; node: number }[] = []
  let sampledMs = startedMs
  let notedMs = startedMs
  const sample = () => {
    cpu()
    const hosts = fleet.sandbox.stats().pids.reduce((sum, pid) => sum + residentMb(pid), 0)
    sizes.push({ hosts, node: process.memoryUsage().rss / 2 ** 20 })
  }
  const close = async (atMs: number) => {
    sample()
    const turns = counts.taken - opened.turns
    const cpuS = cpu() - opened.cpu
    const turnsPerCpuS = await unmeasured(() => burst(fleet, cpu))
    windows.push({
      turns,
      cpuS,
      turnsPerCpuS,
      reference: Math.min(...Array.from({ length: 5 }, referenceSeconds)),
      hostsMb: percentile(
        sizes.map(({ hosts }) => hosts),
        50,
      ),
      nodeMb: percentile(
        sizes.map(({ node }) => node),
        50,
      ),
    })
    // The time that this took is none of the plan's.
    const nowMs = performance.now()
    startedMs += nowMs - atMs
    sampledMs += nowMs - atMs
    opened = { turns: counts.taken, cpu: cpu(), atMs: nowMs }
    sizes = []
  }
  const tell = (nowMs: number) => {
    const { turns, turnsPerCpuS, hostsMb, nodeMb } = windows.at(-1)!
    note(
      `${Math.round((nowMs - startedMs) / 1_000)} s: ${Math.round(turns / (windowMs / 1_000))} turns/s, ` +
        `${(1e6 / turnsPerCpuS).toFixed(1)} µs each, p99 ${p99Ms().toFixed(1)} ms, ${counts.swaps} swaps, ` +
        `hosts ${hostsMb.toFixed(0)} MB, node ${nodeMb.toFixed(0)} MB`,
    )
  }
  for (let beat = 0; windows.length < plan.windows; beat++) {
    const waitMs = startedMs + beat * BEAT_MS - performance.now()
    if (waitMs > 0) await new Promise((done) => setTimeout(done, waitMs))
    const group = groups[beat % GROUPS]!
    counts.late += group.length - fleet.send(group.filter(({ ready }) => ready))
    const nowMs = performance.now()
    if (counts.swaps * swapEveryMs < nowMs - startedMs) {
      const member = nextToSwap(fleet, counts)
      if (member.ready) void swap(member)
    }
    if (nowMs - sampledMs >= SAMPLE_EVERY_MS) {
      sampledMs = nowMs
      sample()
    }
    if (nowMs - opened.atMs >= windowMs) await close(nowMs)
    if (windows.length > 0 && nowMs - notedMs >= Math.min(NOTE_EVERY_MS, plan.seconds * 250)) {
      notedMs = nowMs
      tell(nowMs)
    }
  }
  return windows
}

/** Speed is work for processor time, held against the same work of our own: what else the machine does is in neither. */
function figuresOf(windows: readonly Window[], plan: Plan, rest: Figures): Figures {
  const perCpuS = windows.map(({ turnsPerCpuS }) => turnsPerCpuS)
  const relative = windows.map(({ reference }, i) => perCpuS[i]! * reference)
  const mb = windows.map(({ hostsMb, nodeMb }) => hostsMb + nodeMb)
  return {
    turnDelayP99Ms: rest.turnDelayP99Ms!,
    speedDriftPct: { value: driftPct(relative), unit: '%', samples: relative },
    memoryDriftPct: { value: driftPct(mb), unit: '%', samples: mb },
    speedDriftRawPct: { value: driftPct(perCpuS), unit: '%', samples: perCpuS },
    hostsMemoryDriftPct: { value: driftPct(windows.map(({ hostsMb }) => hostsMb)), unit: '%' },
    cpuPerTurnWithSwapsUs: {
      value: percentile(
        windows.map(({ turns, cpuS }) => (cpuS * 1e6) / turns),
        50,
      ),
      unit: 'µs',
    },
    cpuPerTurnUs: { value: 1e6 / percentile(perCpuS, 50), unit: 'µs' },
    seconds: { value: plan.seconds, unit: 's' },
    ...rest,
  }
}
