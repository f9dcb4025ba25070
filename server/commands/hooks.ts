/** What a place does of itself when something is done in it: each hook of that verb whose condition holds, in order. */
import { runEffects } from '../engine/effects.ts'
import type { ReactionDef, ZoneView } from '../engine/types.ts'
import type { CharacterRecord, WorldEvent } from '../protocol/events.ts'

/** Entering and leaving are the engine's, which knows hand-offs. */
const VERB_OF: Readonly<Record<string, ReactionDef['verb']>> = {
  use: 'use',
  push: 'push',
  pull: 'pull',
  open: 'open',
  read: 'read',
  say: 'say',
  take: 'take',
  give: 'give',
}

export function hookEvents(world: ZoneView, actor: CharacterRecord, command: string): readonly WorldEvent[] {
  const verb = VERB_OF[command]
  const hooks = verb && actor.kind !== 'npc' ? world.def.places.get(actor.place)?.on : undefined
  return (
    hooks
      ?.filter((hook) => hook.verb === verb && (!hook.when || world.holds(hook.when, actor)))
      .flatMap((hook) => hookDoes(world, actor, hook)) ?? []
  )
}

/** One that cannot be done whole is left out. */
function hookDoes(
  world: ZoneView,
  actor: CharacterRecord,
  { verb, text, others, effects }: ReactionDef,
): readonly WorldEvent[] {
  const { id, place } = actor
  const verdict = runEffects(world, effects, { actor, place, verb })
  if (!verdict.ok) return []
  const params = { actor: id }
  return [
    ...(text ? [{ type: 'seen' as const, place, textKey: text, params, to: id }] : []),
    ...(others ? [{ type: 'seen' as const, place, textKey: others, params, except: id }] : []),
    ...verdict.events,
  ]
}
