/** A whole run with simulated links: hubs on one table, members, everything by the seed. */
import { signingKey } from '../../lib/ed25519.ts'
import { PASS_TTL_MS } from '../../limits.ts'
import { createAdmission } from '../../link/admission/admission.ts'
import { memoryBanStore } from '../../link/admission/bans.ts'
import { type Identity, identityOf } from '../../link/identity.ts'
import { memoryInboxStore } from '../../link/messages/memory-inbox.ts'
import { memoryNodeStore } from '../../link/registry/memory-store.ts'
import { createStandingBook } from '../../link/standing.ts'
import type { NodeId } from '../../link/types.ts'
import { type Chance, createChance } from './chance.ts'
import { createPlannedMember, startHub } from './parts.ts'
import type { Plan } from './plan.ts'
import { createSimNetwork, type LinkConditions } from './sim-links.ts'
import { createTally, type Report } from './tally.ts'
import { createVirtualTime } from './virtual-time.ts'

const START_MS = 1_700_000_000_000
/** Members behind one address: a class. */
const CLASS = 30
/** Between two words on how far the run is. */
const STEP_MS = 5_000
const BEATS_MEASURED = 5_000
const BEATS_AT_ONCE = 250

type SimulateOptions = { readonly note?: (line: string) => void; readonly storm?: LinkConditions }

/** @param storm what links are like while all join, when that differs */
export async function simulate(
  plan: Plan,
  conditions: LinkConditions,
  { note = () => {}, storm = conditions }: SimulateOptions = {},
) {
  const time = createVirtualTime(START_MS)
  const chance = createChance(`links ${plan.seed}`)
  const network = createSimNetwork(time, chance, storm)
  const tally = createTally(plan)
  const { clock, timers } = time
  const now = () => clock.now()
  const store = memoryNodeStore(now)
  const inbox = memoryInboxStore()
  const numbers = new Map<NodeId, number>()
  let beats = 0
  const see: Report = (seen) => {
    if (seen.is === 'beat') beats++
    tally.see(seen)
  }
  const common = { clock, timers, report: see, sinceStart: () => now() - START_MS }

  const hubs: Awaited<ReturnType<typeof addHub>>[] = []
  async function addHub(n: number) {
    const { identity, standing, admission } = await someone(chance, now)
    const address = `10.255.0.${n}`
    const addresses = [`/ip4/${address}/tcp/4001`]
    const { wire } = network.join({
      id: identity.node,
      standing,
      admission,
      address,
      hidden: false,
      isHub: true,
      locate: async () => [],
    })
    const parts = { ...common, wire, identity, standing, admission, store, inbox, addresses: () => addresses }
    const hub = await startHub({ ...parts, numberOf: (node) => numbers.get(node) })
    return { ...hub, address: { node: identity.node, addresses } }
  }
  for (let n = 0; n < plan.hubs; n++) hubs.push(await addHub(n))

  async function addMember(number: number) {
    const { identity, standing, admission } = await someone(chance, now)
    const group = Math.floor(number / CLASS)
    const address = `10.${(group >> 16) & 0xff}.${(group >> 8) & 0xff}.${group & 0xff}`
    const addresses = plan.hidden[number] ? [] : [`/ip4/${address}/tcp/${10_000 + number}`]
    const end = network.join({
      id: identity.node,
      standing,
      admission,
      address,
      hidden: plan.hidden[number]!,
      isHub: false,
      locate: (node) => member.locate(node),
    })
    const seeds = hubs.map((_, i) => hubs[(number + i) % hubs.length]!.address)
    let isGone = false
    const report: Report = (seen) => {
      if (!isGone) see(seen)
    }
    const member = createPlannedMember(
      { ...common, report, wire: end.wire, identity, standing, addresses: () => addresses },
      plan,
      { number, seeds, random: createChance(`member ${plan.seed} ${number}`), dial: ({ node }) => end.dial(node) },
    )
    numbers.set(identity.node, number)
    const vanish = () => {
      isGone = true
      end.vanish()
      void member.stop()
    }
    return { node: identity.node, ...member, vanish }
  }
  const members: Awaited<ReturnType<typeof addMember>>[] = []
  for (let n = 0; n < plan.nodes; n++) members.push(await addMember(n))
  note(`${plan.nodes} nodes and ${plan.hubs} hubs are made`)

  for (const [n, atMs] of plan.joinAtMs.entries()) time.schedule(() => members[n]!.start(), atMs)
  for (const [n, { from, to, atMs }] of plan.messages.entries())
    time.schedule(() => members[from]!.say(n, members[to]!.node), atMs)
  time.schedule(() => {
    for (const { vanish } of members.slice(plan.leavingFrom)) vanish()
  }, plan.leaveAtMs)

  time.schedule(() => network.become(conditions), plan.beatsFromMs)

  const cpuBefore = process.cpuUsage()
  const startedMs = performance.now()
  let reachedMs = 0
  const runTo = async (atMs: number) => {
    while (reachedMs < atMs) {
      reachedMs = Math.min(atMs, reachedMs + STEP_MS)
      await time.runUntil(START_MS + reachedMs)
      note(`${reachedMs / 1_000} s have passed, ${time.events()} events`)
    }
  }
  // All have joined and nobody speaks yet: what a heartbeat costs from end to end, the simulated link included.
  await runTo(plan.joinWindowMs + STEP_MS)
  const [quietBefore, beatsBefore] = [process.cpuUsage(), beats]
  await runTo(plan.beatsFromMs)
  const wholeBeatCpuMs = cpuMsSince(quietBefore) / (beats - beatsBefore)
  await runTo(plan.endMs)
  const cpuMs = cpuMsSince(cpuBefore)
  const [events, frames] = [time.events(), network.frames()]
  const beatCpuMs = await cpuOfHeartbeats()
  await Promise.all(members.slice(0, plan.leavingFrom).map(({ stop }) => Promise.race([stop(), undefined])))

  /** What a hub's processor spends on one heartbeat with all these nodes in its table, in ms; some hundreds come at once. */
  async function cpuOfHeartbeats(): Promise<number> {
    const { registrar } = hubs[0]!
    const alive = members.slice(0, plan.leavingFrom)
    const before = process.cpuUsage()
    let done = 0
    for (let from = 0; done < BEATS_MEASURED; from += BEATS_AT_ONCE) {
      const batch = Array.from({ length: BEATS_AT_ONCE }, (_, i) => alive[(from + i) % alive.length]!)
      await Promise.all(
        batch.map(async ({ node, state }) => {
          const is = state()
          if (is.is !== 'joined') return
          const beat = { op: 'heartbeat' as const, leaseId: is.leaseId, seq: 1_000, passUntilMs: now() + PASS_TTL_MS }
          await registrar.answer(beat, { node, reach: 'direct' })
        }),
      )
      done += batch.length
    }
    return cpuMsSince(before) / done
  }

  return {
    figures: tally.figures(),
    problems: tally.problems(),
    counts: { events, frames },
    /** Of this machine, not of the seed. */
    machine: {
      wallS: Math.round((performance.now() - startedMs) / 100) / 10,
      cpuS: Math.round(cpuMs / 100) / 10,
      /** In the registry alone, and of both ends and the link between them. */
      heartbeatCpuUs: Math.round(beatCpuMs * 1_000),
      heartbeatWholeCpuUs: Math.round(wholeBeatCpuMs * 1_000),
      rssMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
    },
  }
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

async function someone(chance: Chance, now: () => number) {
  const seed = () => Uint8Array.from({ length: 32 }, () => Math.floor(chance() * 256))
  const identity: Identity = identityOf(signingKey(seed()), signingKey(seed()), now())
  const log = { warn() {}, error() {} }
  return {
    identity,
    standing: createStandingBook(identity, now),
    admission: await createAdmission({ store: memoryBanStore(), now, log }),
  }
}
