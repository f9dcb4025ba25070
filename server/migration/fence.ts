/**
 * The rule for what an agent does (T20): it carries who, at which epoch, and a number that only grows. Judged wherever something takes effect that an
 * agent of another node may ask for; the same rule is judged by the chaos harness.
 */
import type { NodeId } from '../link/types.ts'
import type { Effect } from '../protocol/effect-id.ts'
import type { AgentId } from '../protocol/ids.ts'
import type { Ownership } from './types.ts'

export type Verdict = 'new' | 'again' | 'stale'

/** `current`: the highest epoch that is known of; `last`: the last that was let through here. */
export function judge(effect: Effect, current: number, last: Pick<Effect, 'epoch' | 'seq'> | undefined): Verdict {
  if (effect.epoch < Math.max(current, last?.epoch ?? 0)) return 'stale'
  return last && effect.seq <= last.seq ? 'again' : 'new'
}

export type FenceParts = {
  /** As the registry knows it; undefined for an agent that never travelled. Throws when it cannot be asked. */
  readonly where: (agentId: AgentId) => Promise<Ownership | undefined>
  /** Agents remembered, with what they did something to; the one that did nothing for longest is forgotten first. */
  readonly kept: number
}

/** Judges effects that come from other nodes. What cannot be asked is judged by what is known: hosts that cannot ask let their guests rest (T32). */
export function createFence({ where, kept }: FenceParts) {
  const lasts = new Map<string, Effect>()
  const epochs = new Map<AgentId, number>()

  function learn<T>(map: Map<string, T>, key: string, value: T): void {
    map.delete(key)
    map.set(key, value)
    if (map.size > kept) map.delete(map.keys().next().value!)
  }
  const keyOf = ({ agentId }: Effect, where: string) => `${agentId} ${where}`

  return {
    /** `by`: the node that asks for it; `at`: what it is done to, which has an order of its own. */
    async judge(effect: Effect, by: NodeId, at = ''): Promise<Verdict> {
      const { agentId, epoch } = effect
      const owner = await where(agentId).catch(() => undefined)
      if (owner && owner.epoch > (epochs.get(agentId) ?? 0)) learn(epochs, agentId, owner.epoch)
      if (owner && owner.epoch === epoch && owner.owner !== by) return 'stale'
      return judge(effect, epochs.get(agentId) ?? 0, lasts.get(keyOf(effect, at)))
    },
    /** It has taken effect. */
    done(effect: Effect, at = ''): void {
      const key = keyOf(effect, at)
      if (judge(effect, 0, lasts.get(key)) === 'new') learn(lasts, key, effect)
    },
    /** Whether one of that number has taken effect there, at whatever epoch. */
    isDone: (effect: Effect, at = ''): boolean => (lasts.get(keyOf(effect, at))?.seq ?? 0) >= effect.seq,
  }
}
export type Fence = ReturnType<typeof createFence>
