/** The id under which an agent's call takes effect, in the world and at other nodes: it says who, at which epoch, and which one (T20). */
import type { AgentId } from './ids.ts'

/** `seq` only grows: starts of the agent's program, and its calls, in one number. */
export type Effect = { readonly agentId: AgentId; readonly epoch: number; readonly seq: number }

const CALLS_PER_START = 2 ** 32
const ID = /^(agent_[^:]{1,100}):(\d{1,9})\.(\d{1,6}):(\d{1,9})$/

export const effectId = (
  agentId: AgentId,
  at: { readonly epoch: number; readonly generation: number },
  call: number,
): string => `${agentId}:${at.epoch}.${at.generation}:${call}`

/** Undefined for an id that no agent's call has. */
export function effectOf(id: string): Effect | undefined {
  const found = ID.exec(id)
  if (!found) return undefined
  const [, agentId, epoch, generation, call] = found
  return { agentId: agentId!, epoch: Number(epoch), seq: Number(generation) * CALLS_PER_START + Number(call) }
}
