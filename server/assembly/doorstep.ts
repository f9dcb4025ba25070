/** Messages from other nodes at the door of this one: who is meant, are they here, and how it is said to them; and the agents' way out. */
import type { Moderation } from '../accounts/types.ts'
import type { Doorstep, Handed, Network, NodeId, NodeMessage } from '../link/types.ts'
import type { Fence } from '../migration/fence.ts'
import { type Effect, effectOf } from '../protocol/effect-id.ts'
import type { AgentId, CharacterId, Params, PlayerId } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import type { FromAfar } from '../protocol/terminal.ts'
import type { Zones } from '../rooms/types.ts'

export type DoorstepNeeds = {
  readonly network: Network
  readonly zones: Pick<Zones, 'findByName' | 'read' | 'whereIs'>
  readonly accounts: {
    findByName(name: string): Promise<{ readonly id: PlayerId } | undefined>
    readonly moderation: Pick<Moderation, 'isBlocked' | 'cleanTalk'>
  }
  readonly terminal: { tell(id: PlayerId, key: string, params: Params, data: FromAfar): boolean }
  /** `name`: of these words alone. Undefined when it cannot hear them now. */
  readonly agents: { told(id: AgentId, name: string, data: Params): Promise<Handed | undefined> }
  /** The node an agent that lived here has gone to. */
  readonly movedTo?: (agent: AgentId) => Promise<NodeId | undefined>
  /** T20: what agents of other nodes say is heard while they are who they say, and once. */
  readonly fence?: Fence
  /** On a visit to another node: their page is open, and their terminal here still hears. */
  readonly isVisiting?: (person: PlayerId) => boolean
}

const MESSAGE = 'message_'
/** Ids are their senders' own: those of two nodes may be the same. */
export const markFor = (id: string, { node }: NodeMessage['from']): FromAfar => ({ message: `${node} ${id}` })
/** What an agent says again after it was taken back is the same words, whatever its node calls them then (T20). */
const nameOf = (id: string, effect: Effect | undefined, { node }: NodeMessage['from']): string =>
  effect ? `${effect.agentId} ${effect.seq}` : `${node} ${id}`
const STALE = 'That agent lives elsewhere now, or goes on from a later time.'
const effectOfMessage = (id: string): Effect | undefined =>
  id.startsWith(MESSAGE) ? effectOf(id.slice(MESSAGE.length)) : undefined

export function createDoorstep(needs: DoorstepNeeds): Doorstep {
  const { network, zones, accounts, terminal, agents, movedTo } = needs

  /** Only a node that has the agent, at the epoch that it has it, speaks for it. */
  async function isStale(message: string, from: NodeMessage['from']): Promise<boolean> {
    const effect = effectOfMessage(message)
    if (!from.id.startsWith('agent_')) return false
    if (effect?.agentId !== from.id) return true
    return (await needs.fence?.judge(effect, from.node)) === 'stale'
  }

  async function find({ id, name }: Parameters<Doorstep['find']>[0]) {
    if (id !== undefined) return { id, isHere: isAwake(id) }
    const character = zones.findByName(name)
    if (character && character.kind !== 'npc') return { id: character.id as string, isHere: character.awake }
    const person = await accounts.findByName(name)
    return person && { id: person.id as string, isHere: isAwake(person.id) }
  }

  const isAwake = (id: string): boolean =>
    zones.read(id as CharacterId, (_, me) => me.awake) ?? needs.isVisiting?.(id as PlayerId) ?? false

  return {
    async find(to, from, message) {
      if (message !== undefined && (await isStale(message, from))) return { is: 'refused', why: STALE }
      const found = await find(to)
      if (!found) return { is: 'unknown' }
      const { id, isHere } = found
      if (id.startsWith('agent_') && !isHere) {
        const node = await movedTo?.(id as AgentId)
        if (node !== undefined && node !== network.self) return { is: 'moved', node, recipient: id }
        if (zones.whereIs(id as CharacterId) === undefined) return { is: 'unknown' }
      }
      if (accounts.moderation.isBlocked(id as PlayerId, from.id as PlayerId))
        return { is: 'refused', why: 'They take no messages from you.' }
      return { is: isHere ? 'here' : 'absent', recipient: id }
    },
    async give(recipient, { id, from, text }) {
      const effect = effectOfMessage(id)
      // Cleaned here too: another node's filter is another node's.
      const said = accounts.moderation.cleanTalk(text)
      if (recipient.startsWith('agent_')) {
        const data = { from: `${from.name}@${from.node.slice(-8)}`, name: from.name, text: said }
        const handed = await agents.told(recipient as AgentId, nameOf(id, effect, from), data)
        if (!handed) throw new Error(`${recipient} cannot hear now`)
        return handed
      }
      // Said before under another epoch: an agent that was taken back does again what it did after its checkpoint.
      if (effect && needs.fence?.isDone(effect, recipient)) return
      const there = await network.node(from.node).catch(() => undefined)
      const node = there?.name ?? from.node.slice(-8)
      const params = { name: from.name, node, text: said }
      if (!terminal.tell(recipient as PlayerId, 'network.tell.heard', params, markFor(id, from)))
        throw new Error(`${recipient} is not here any more`)
      if (effect) needs.fence?.done(effect, recipient)
    },
  }
}

export type Outgoing = {
  readonly id: string
  readonly from: CharacterId
  readonly to: string
  readonly text: string
}

/** How an agent says something to `name@node`. The id is the call's, so that a call that is made again is heard once. */
export const tellFrom =
  (network: () => Promise<Network | undefined>, zones: Pick<Zones, 'read'>) =>
  async ({ id, from, to, text }: Outgoing): Promise<Refusal | undefined> => {
    const at = to.lastIndexOf('@')
    const [name, node] = [to.slice(0, at).trim(), to.slice(at + 1).trim()]
    const here = await network()
    if (!here || name === '' || node === '') return { code: 'no_such_node', params: { name: node } }
    const speaker = zones.read(from, (_, me) => me.name) ?? from
    try {
      const there = await here.resolve(node)
      const message = { id: `${MESSAGE}${id}`, from: { node: here.self, id: from as string, name: speaker }, text }
      await here.messages.send({ ...message, to: { node: there.node, name } })
      return undefined
    } catch (error) {
      const { code } = error as { code?: unknown }
      if (code === 'E_NOT_FOUND') return { code: 'no_such_person', params: { name: to } }
      if (code === 'E_CONFLICT') return { code: 'several_nodes', params: { name: node } }
      if (code === 'E_REJECTED') return { code: 'messages_refused', params: { name } }
      return { code: 'node_unreachable', params: { name: node } }
    }
  }
