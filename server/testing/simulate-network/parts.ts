/** A hub and a member as they are, over any wire: the registry's own code and the router of messages, with an eye on what they do. */
import { decode } from '@ipld/dag-cbor'
import type { Admission } from '../../link/admission/types.ts'
import { WireError } from '../../link/errors.ts'
import type { Identity } from '../../link/identity.ts'
import { memoryInboxStore } from '../../link/messages/memory-inbox.ts'
import { createMessages } from '../../link/messages/messages.ts'
import { type HubAddress, listAnswer, NODE_PROTOCOL, nodeRequest } from '../../link/registry/frames.ts'
import { createMember } from '../../link/registry/member.ts'
import { memoryInviteStore } from '../../link/registry/memory-store.ts'
import { createRegistrar } from '../../link/registry/registrar.ts'
import type { Manifest, NodeStore } from '../../link/registry/types.ts'
import type { StandingBook } from '../../link/standing.ts'
import type { Timers } from '../../link/timers.ts'
import type { Doorstep, Frame, InboxStore, NodeId, NodeRole, Wire } from '../../link/types.ts'
import type { Plan } from './plan.ts'
import type { Report } from './tally.ts'

const quiet = { info() {}, warn() {} }

const manifest = (name: string, role: NodeRole): Manifest => ({
  name,
  role,
  version: '1.0.0',
  zones: [],
  cpu: { cores: 4, model: 'a machine' },
  memoryMb: 8_000,
  gpus: [],
  models: [],
  services: [],
  prices: {},
  privacy: [],
})

export type NodeParts = {
  readonly wire: Wire
  readonly identity: Identity
  readonly standing: StandingBook
  readonly clock: { now(): number }
  readonly timers: Timers
  readonly addresses: () => readonly string[]
  readonly report: Report
  /** Milliseconds since the start of the run. */
  readonly sinceStart: () => number
}

export type HubParts = NodeParts & {
  readonly admission: Admission
  readonly store: NodeStore
  readonly inbox: InboxStore
  /** The number of a node by its name; undefined for hubs. */
  readonly numberOf: (node: NodeId) => number | undefined
}

export async function startHub(parts: HubParts) {
  const { wire, identity, standing, clock, timers, addresses, report, sinceStart, numberOf, inbox } = parts
  const registrar = createRegistrar(
    {
      wire,
      identity,
      standing,
      admission: parts.admission,
      store: parts.store,
      invites: memoryInviteStore(),
      clock,
      timers,
      self: () => ({ manifest: manifest('Hub', 'initial'), addresses: addresses() }),
      log: quiet,
    },
    { policy: 'open', relay: false },
  )
  wire.serve(NODE_PROTOCOL, async (body, caller) => {
    const request = nodeRequest.parse(body)
    if (numberOf(caller.node) !== undefined) report({ is: 'asked', what: request.op, atMs: sinceStart() })
    const answer = await registrar.answer(request, caller)
    const node = request.op === 'heartbeat' ? numberOf(caller.node) : undefined
    if (node !== undefined) report({ is: 'beat', node, atMs: sinceStart() })
    return answer!
  })
  registrar.onChange(({ node: { node }, what }) => {
    const number = numberOf(node)
    if (what === 'left' && number !== undefined) report({ is: 'left', node: number, atMs: sinceStart() })
  })
  const messages = createMessages({
    wire: counted(parts),
    nodeKey: identity.nodeKey,
    role: 'initial',
    inbox,
    clock,
    timers,
    routers: () => [wire.self, ...registrar.hubs().flatMap(({ node }) => (node === wire.self ? [] : [node]))],
    report: () => {},
  })
  await registrar.start()
  return {
    registrar,
    async stop() {
      messages.stop()
      await registrar.stop()
    },
  }
}

export type MemberOptions = {
  readonly number: number
  readonly seeds: readonly HubAddress[]
  readonly random: () => number
  readonly dial: (hub: HubAddress) => Promise<void>
}

export function createPlannedMember(parts: NodeParts, plan: Plan, { number, seeds, random, dial }: MemberOptions) {
  const { identity, standing, clock, timers, addresses, report, sinceStart } = parts
  const wire = watched(parts)
  let session: Parameters<Parameters<typeof createMember>[0]['sessions']['write']>[0] | undefined
  const member = createMember({
    wire,
    identity,
    standing,
    sessions: {
      read: async () => session,
      write: async (next) => {
        session = next
      },
    },
    clock,
    timers,
    random,
    seeds: async () => seeds,
    dial: (hub) =>
      dial(hub).catch((error: unknown) => {
        report({ is: 'dialFailed', node: number, atMs: sinceStart() })
        throw error
      }),
    self: () => ({ manifest: manifest(nameOf(number), 'local'), addresses: addresses() }),
    log: quiet,
  })
  const hubs = (): readonly NodeId[] => {
    const state = member.state()
    const first = state.is === 'joined' ? [state.hub] : []
    return [...new Set([...first, ...member.hubs().map(({ node }) => node)])]
  }
  const messages = createMessages({
    wire,
    nodeKey: identity.nodeKey,
    role: 'local',
    inbox: memoryInboxStore(),
    clock,
    timers,
    routers: hubs,
    report: () => {},
  })
  const door: Doorstep = {
    find: async ({ name }) => (name === nameOf(number) ? { is: 'here', recipient: name } : { is: 'unknown' }),
    give: async (_recipient, { text }) => void report({ is: 'given', message: Number(text), atMs: sinceStart() }),
  }
  messages.openDoor(door)
  member.onAdmitted(() => report({ is: 'joined', node: number, atMs: sinceStart() }))

  return {
    state: member.state,
    start(): void {
      report({ is: 'began', node: number, atMs: sinceStart() })
      void member.start()
    },
    /** Where the registry says a node is; as the network part of a whole node asks it. */
    async locate(node: NodeId): Promise<readonly string[]> {
      const hub = hubs()[0]
      if (hub === undefined || hub === node) return []
      const answer = await wire.request(hub, NODE_PROTOCOL.protocol, { op: 'find', node })
      return listAnswer.parse(answer).nodes[0]?.addresses ?? []
    },
    say(message: number, to: NodeId): void {
      const planned = plan.messages[message]!
      report({ is: 'said', message, atMs: sinceStart() })
      const ended = (outcome: string) => report({ is: 'sent', message, outcome, atMs: sinceStart() })
      messages
        .send({
          id: `message_${message}`,
          from: { node: wire.self, id: `player_${number}`, name: nameOf(number) },
          to: { node: to, name: nameOf(planned.to) },
          text: String(message),
        })
        .then(ended, (error: unknown) => ended(error instanceof WireError ? error.code : String(error)))
    },
    async stop() {
      messages.stop()
      await member.stop('the run is over')
    },
  }
}

const nameOf = (number: number) => `p${number}`

/** A hub's wire, with an eye on the messages that members give it to pass on, and on their asking for what is kept. */
function counted({ wire, report, sinceStart, numberOf }: HubParts): Wire {
  return {
    ...wire,
    serve: (served, answer) =>
      wire.serve(served, (request, caller, signal) => {
        if (served.protocol === 'message' && numberOf(caller.node) !== undefined)
          report({ is: 'asked', what: `message ${String(request.op)}`, atMs: sinceStart() })
        return answer(request, caller, signal)
      }),
  }
}

/** The same wire, with an eye on refusals of hubs and on the way that messages took. */
function watched({ wire, report, sinceStart }: NodeParts): Wire {
  return {
    ...wire,
    request: (to, protocol, body, options) =>
      wire.request(to, protocol, body, options).catch((error: unknown) => {
        if (protocol === NODE_PROTOCOL.protocol && error instanceof WireError)
          report({ is: 'refused', code: error.code, atMs: sinceStart() })
        throw error
      }),
    serve: (served, answer) =>
      wire.serve(served, async (request, caller, signal) => {
        const answered = await answer(request, caller, signal)
        const message = served.protocol === 'message' && answered.is === 'delivered' ? numberIn(request) : undefined
        const way = caller.role === 'initial' ? 'routed' : 'direct'
        if (message !== undefined) report({ is: 'came', message, way, atMs: sinceStart() })
        return answered
      }),
  }
}

function numberIn({ envelope }: Frame): number | undefined {
  const { body } = envelope as { readonly body: Uint8Array }
  const { text } = decode<{ readonly text: string }>(body)
  return Number(text)
}
