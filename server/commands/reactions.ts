/** What a thing does when something is done to it, as its authors wrote it: the first reaction that fits. */

import { runEffects } from '../engine/effects.ts'
import { accept, type ReactionDef, refuse, type ThingDef, type Verdict, type ZoneView } from '../engine/types.ts'
import type { CharacterRecord, ItemRecord, WorldEvent } from '../protocol/events.ts'
import type { Json } from '../protocol/ids.ts'

export type ReactionVerb = ReactionDef['verb']

/** Undefined when the thing has nothing to do with this verb; else what happens, or why not. */
export function reactTo(
  world: ZoneView,
  actor: CharacterRecord,
  verb: ReactionVerb,
  item: ItemRecord,
  tool?: ItemRecord,
): Verdict | undefined {
  const def = world.def.things.get(item.thing)
  const reactions = def?.reactions.filter((r) => r.verb === verb) ?? []
  if (!def || reactions.length === 0) return undefined
  const inState = reactions.filter((r) => r.from === undefined || r.from === item.state)
  const fitting = inState.find((r) => unmet(world, actor, r, tool) === undefined && !isOnlyNo(r))
  if (fitting) return perform(world, actor, item, fitting, tool)
  const named =
    tool &&
    inState.some((r) => r.with !== undefined && r.with !== tool.thing) &&
    !inState.some((r) => r.with === tool.thing)
  if (named) return refuse('nothing_happens', { thing: item.thing, with: tool.thing })
  return explain(world, actor, item, inState, reactions, tool)
}

/** A reaction that has a `fail` and does nothing is there to say why not. */
const isOnlyNo = (r: ReactionDef): boolean =>
  r.fail !== undefined &&
  r.to === undefined &&
  r.text === undefined &&
  r.others === undefined &&
  r.effects.length === 0 &&
  r.with === undefined

type Unmet = 'with' | 'when'

function unmet(
  world: ZoneView,
  actor: CharacterRecord,
  r: ReactionDef,
  tool: ItemRecord | undefined,
): Unmet | undefined {
  if (r.when && !world.holds(r.when, actor)) return 'when'
  if (r.with === undefined) return tool ? 'with' : undefined
  return toolFor(world, actor, r, tool) ? undefined : 'with'
}

/** The thing named, or one in the hands when none was named. */
const toolFor = (
  world: ZoneView,
  actor: CharacterRecord,
  r: ReactionDef,
  tool: ItemRecord | undefined,
): ItemRecord | undefined =>
  tool ? (tool.thing === r.with ? tool : undefined) : world.itemsOf(actor.id).find((i) => i.thing === r.with)

function explain(
  world: ZoneView,
  actor: CharacterRecord,
  item: ItemRecord,
  inState: readonly ReactionDef[],
  all: readonly ReactionDef[],
  tool: ItemRecord | undefined,
): Verdict {
  const best =
    inState.find(isOnlyNo) ?? inState.find((r) => unmet(world, actor, r, tool) === 'with' && r.with) ?? inState[0]
  const base: Record<string, Json> = { thing: item.thing, actor: actor.id }
  if (best?.fail) base.textKey = best.fail
  if (!best)
    return refuse('already_in_state', {
      ...base,
      state: item.state ?? '',
      ...(all[0]?.fail && { textKey: all[0].fail }),
    })
  return best.with && unmet(world, actor, best, tool) === 'with'
    ? refuse('needs_thing', { ...base, needs: best.with })
    : refuse('nothing_happens', base)
}

const WORDS: Partial<Record<ReactionVerb, string>> = { use: 'used', push: 'pushed', pull: 'pulled' }

function perform(
  world: ZoneView,
  actor: CharacterRecord,
  item: ItemRecord,
  r: ReactionDef,
  named: ItemRecord | undefined,
): Verdict {
  const effects = runEffects(world, r.effects, { actor, place: actor.place, item, verb: r.verb })
  if (!effects.ok) return refuse(effects.refusal.code, { thing: item.thing, ...effects.refusal.params })
  const tool = r.with === undefined ? undefined : toolFor(world, actor, r, named)
  const { place } = actor
  const events: WorldEvent[] = [
    {
      type: 'used',
      who: actor.id,
      place,
      thing: item.thing,
      item: item.id,
      verb: r.verb,
      ...(tool && { with: tool.id }),
    },
  ]
  events.push(...sights(actor, r.verb, item, r.text, r.others))
  if (r.to !== undefined)
    events.push({ type: 'item.changed', item: item.id, thing: item.thing, place, by: actor.id, state: r.to })
  if (r.consumes && tool)
    events.push({ type: 'item.destroyed', item: tool.id, thing: tool.thing, place, by: actor.id, how: 'used' })
  return accept(...events, ...effects.events)
}

/** The author's words, or plain ones when there are none. */
function sights(
  actor: CharacterRecord,
  verb: ReactionVerb,
  item: ItemRecord,
  text: string | undefined,
  others: string | undefined,
): readonly WorldEvent[] {
  const { place } = actor
  const word = WORDS[verb]
  const params = { actor: actor.id, who: actor.id, thing: item.thing }
  const own = text ?? (word && `event.${word}.self`)
  const theirs = others ?? (word && `event.${word}.other`)
  return [
    ...(own ? [{ type: 'seen' as const, place, textKey: own, params, to: actor.id }] : []),
    ...(theirs ? [{ type: 'seen' as const, place, textKey: theirs, params, except: actor.id }] : []),
  ]
}

/** With no reaction of its own, a machine asks its script. */
export function askScript(
  world: ZoneView,
  actor: CharacterRecord,
  verb: string,
  item: ItemRecord,
  def: ThingDef,
  tool?: ItemRecord,
): Verdict | undefined {
  if (!def.script) return undefined
  const { thing, id } = item
  const used: WorldEvent = {
    type: 'used',
    who: actor.id,
    place: actor.place,
    thing,
    item: id,
    verb,
    ...(tool && { with: tool.id }),
  }
  const [file, handler] = def.script.split('.') as [string, string]
  const script = `${def.zone}:${file}`
  const args = { verb, thing, item: id, place: actor.place, ...(tool && { with: tool.thing }) }
  const request: WorldEvent = {
    type: 'requested',
    id: world.freshId(`script:${script}`),
    by: actor.id,
    request: { kind: 'script', script, handler, args },
  }
  return accept(used, ...sights(actor, verb as ReactionVerb, item, undefined, undefined), request)
}
