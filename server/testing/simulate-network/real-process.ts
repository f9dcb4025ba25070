/** A process that holds real nodes of the run: libp2p on loopback, and above it the same code as in the simulation. */

import { memoryInboxStore } from '../../link/messages/memory-inbox.ts'
import type { HubAddress } from '../../link/registry/frames.ts'
import { memoryNodeStore } from '../../link/registry/memory-store.ts'
import { startTestLink, type TestLink } from '../../link/testing/links.ts'
import { systemTimers } from '../../link/timers.ts'
import type { NodeId } from '../../link/types.ts'
import { createPlannedMember, startHub } from './parts.ts'
import { makePlan, type Plan } from './plan.ts'
import type { FromProcess, PlanArguments, ToProcess } from './real-messages.ts'
import { probe, startTargets, warmUp } from './real-probe.ts'
import type { Report, Seen } from './tally.ts'

const SEEN_EVERY_MS = 250
const clock = { now: () => Date.now() }
let startMs = Number.POSITIVE_INFINITY
let names: readonly NodeId[] = []
const seen: Seen[] = []
const report: Report = (one) => void seen.push(one)
const common = { clock, timers: systemTimers, report, sinceStart: () => clock.now() - startMs }
const say = (message: FromProcess) => void process.send!(message)
const addressOf = ({ link }: TestLink): HubAddress => ({ node: link.self, addresses: [...link.addresses()] })

setInterval(() => {
  if (seen.length > 0) say({ type: 'seen', seen: seen.splice(0) })
}, SEEN_EVERY_MS)

let begin: (hub: HubAddress) => void = () => {}

async function hub(): Promise<readonly HubAddress[]> {
  const store = memoryNodeStore(clock.now)
  const made = await startTestLink({
    parts: { locate: async (node) => (await store.get(node))?.addresses ?? [] },
  })
  const { link, identity, standing, admission } = made
  const numbers = new Map<NodeId, number>()
  await startHub({
    ...common,
    wire: link,
    identity,
    standing,
    admission,
    store,
    inbox: memoryInboxStore(),
    addresses: link.addresses,
    numberOf: (node) => numbers.get(node),
  })
  begin = () => {
    for (const [number, name] of names.entries()) numbers.set(name, number)
  }
  return [addressOf(made)]
}

async function members(plan: Plan, from: number, to: number): Promise<readonly HubAddress[]> {
  const all: { readonly made: TestLink; locate: (node: NodeId) => Promise<readonly string[]> }[] = []
  for (let number = from; number < to; number++) {
    const entry: (typeof all)[number] = {
      made: await startTestLink({
        dhtServer: false,
        parts: { locate: (node) => entry.locate(node) },
        ...(plan.hidden[number] && { listen: [] }),
      }),
      locate: async () => [],
    }
    all.push(entry)
  }
  begin = (hubAddress) => {
    for (const [i, entry] of all.entries()) {
      const { link, identity, standing } = entry.made
      const number = from + i
      const member = createPlannedMember(
        { ...common, wire: link, identity, standing, addresses: link.addresses },
        plan,
        {
          number,
          seeds: [hubAddress],
          random: Math.random,
          async dial({ node, addresses }) {
            if (link.connected().some((peer) => peer.node === node)) return
            await link.learn(node, addresses)
            if (addresses.length > 0) await link.dial(addresses)
          },
        },
      )
      entry.locate = member.locate
      at(plan.joinAtMs[number]!, member.start)
      for (const [n, message] of plan.messages.entries())
        if (message.from === number) at(message.atMs, () => member.say(n, names[message.to]!))
    }
  }
  return all.map(({ made }) => addressOf(made))
}

const at = (sinceStartMs: number, run: () => void) => void setTimeout(run, startMs + sinceStartMs - clock.now())
const planOf = ({ nodes, seed, messages, joinWindowMs }: PlanArguments) =>
  makePlan(nodes, seed, messages, joinWindowMs)

async function take(message: ToProcess): Promise<void> {
  if (message.type !== 'go' && message.type !== 'probe') await warmUp()
  switch (message.type) {
    case 'hub':
      return say({ type: 'ready', made: await hub() })
    case 'members':
      return say({ type: 'ready', made: await members(planOf(message.plan), message.from, message.to) })
    case 'targets':
      return say({ type: 'targets', targets: await startTargets(message.hub) })
    case 'probe':
      return say({ type: 'probed', probed: await probe(message.hub, message.targets, message.forMs) })
    case 'go':
      startMs = message.startMs
      names = message.names
      begin(message.hub)
  }
}

process.on('message', (message: ToProcess) => void take(message))
process.on('disconnect', () => process.exit(0))
