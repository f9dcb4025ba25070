/** A world script's answer: a list of effects, of which only those within its own zone are done, all or none. */
import { z } from 'zod'
import { SCRIPT_EFFECTS_MAX, SCRIPT_TIMER_MAX_TICKS } from '../limits.ts'
import type { CharacterRecord, Request, WorldEvent } from '../protocol/events.ts'
import type { Json, Params } from '../protocol/ids.ts'
import { itemMeant, runEffects } from './effects.ts'
import type { Store } from './store.ts'
import { accept, type EffectDef, refuse, type Verdict, type ZoneView } from './types.ts'

const id = z.string().min(1).max(120)
const scalar = z.union([z.string().max(200), z.number(), z.boolean(), z.null()])
const effect = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('flag'), key: id, value: scalar.default(true) }),
  z.strictObject({ do: z.literal('zonevar'), key: id, value: scalar.default(true) }),
  z.strictObject({ do: z.literal('give'), thing: id }),
  z.strictObject({ do: z.literal('spawn'), thing: id, place: id.optional() }),
  z.strictObject({ do: z.literal('remove'), thing: id }),
  z.strictObject({ do: z.literal('state'), thing: id, to: id }),
  z.strictObject({ do: z.literal('door'), door: id, closed: z.boolean().optional(), locked: z.boolean().optional() }),
  z.strictObject({ do: z.literal('move'), to: id }),
  z.strictObject({
    do: z.literal('say'),
    text: id,
    to: z.literal('actor').optional(),
    place: id.optional(),
    npc: id.optional(),
  }),
  z.strictObject({
    do: z.literal('timer'),
    after: z.int().min(1).max(SCRIPT_TIMER_MAX_TICKS),
    handler: z.string().regex(/^[a-z][a-z0-9-]*\.[A-Za-z][A-Za-z0-9]*$/),
    args: z.record(z.string(), scalar).optional(),
  }),
])
const answer = z.object({ effects: z.array(effect).max(SCRIPT_EFFECTS_MAX) })

export type ScriptEffect = z.infer<typeof effect>
type ScriptRequest = Extract<Request, { kind: 'script' }>
type Asked = { readonly actor?: CharacterRecord; readonly place: string; readonly zone: string }

/** The events of an answer, or `nothing_happens` with a `why` for the log. */
export function scriptVerdict(
  view: ZoneView,
  store: Store,
  request: ScriptRequest,
  by: string | undefined,
  value: Json | undefined,
): Verdict {
  const parsed = answer.safeParse(value)
  if (!parsed.success) return no(`not a list of effects: ${parsed.error.issues[0]?.message}`)
  const actor = by === undefined ? undefined : view.state.characters.get(by)
  const asked = { actor, place: String(request.args.place), zone: view.zone.id }
  const events: WorldEvent[] = []
  for (const one of parsed.data.effects) {
    const verdict = scriptEffect(view, store, one, asked)
    if (!verdict.ok) return verdict
    events.push(...verdict.events)
  }
  return accept(...events)
}

const no = (why: string): Verdict => refuse('nothing_happens', { why })

function scriptEffect(view: ZoneView, store: Store, one: ScriptEffect, asked: Asked): Verdict {
  const full = (name: string) => (name.includes(':') ? name : `${asked.zone}:${name}`)
  const context = { actor: asked.actor, place: asked.place }
  const run = (effect: EffectDef) => runEffects(view, [effect], context)
  switch (one.do) {
    case 'flag':
      return one.key.startsWith(`${asked.zone}.`) ? run(one) : no(`flag ${one.key} is not of zone ${asked.zone}`)
    case 'zonevar':
      return run(one)
    case 'give':
    case 'spawn':
    case 'remove':
    case 'state':
      return thingEffect(view, one, full, asked, run)
    case 'door':
      return run({ ...one, door: full(one.door) })
    case 'move':
      return isOwnPlace(view, full(one.to))
        ? run({ do: 'move', to: full(one.to) })
        : no(`no place ${one.to} in the zone`)
    case 'say':
      return say(view, store, one, full, asked)
    case 'timer':
      return setTimer(view, one, asked)
  }
}

const isOwnPlace = (view: ZoneView, place: string) => view.def.places.get(place)?.zone === view.zone.id

function thingEffect(
  view: ZoneView,
  one: Extract<ScriptEffect, { thing: string }>,
  full: (name: string) => string,
  asked: Asked,
  run: (effect: EffectDef) => Verdict,
): Verdict {
  const thing = full(one.thing)
  const def = view.def.things.get(thing)
  if (def?.zone !== asked.zone) return no(`no thing ${one.thing} in the zone`)
  if (one.do === 'spawn') return run({ do: 'spawn', thing, place: one.place && full(one.place) })
  if (one.do === 'give') return run({ do: 'give', thing })
  if (one.do === 'state')
    return def.states?.includes(one.to)
      ? run({ do: 'state', thing, to: one.to })
      : no(`${thing} has no state ${one.to}`)
  const item = itemMeant(view, thing, { place: asked.place })
  if (!item || !('place' in item.at)) return no(`no ${thing} lies there`)
  return accept({ type: 'item.destroyed', item: item.id, thing, place: item.at.place, how: 'gone' })
}

function say(
  view: ZoneView,
  store: Store,
  one: Extract<ScriptEffect, { do: 'say' }>,
  full: (name: string) => string,
  asked: Asked,
): Verdict {
  const textKey = full(one.text)
  if (!textKey.startsWith(`${asked.zone}:`) || !view.def.text.has(textKey))
    return no(`no line ${one.text} in the zone`)
  if (one.to === 'actor' && !asked.actor) return no('nobody to say it to')
  const to = one.to === 'actor' ? { to: asked.actor!.id } : {}
  const params: Params = asked.actor ? { actor: asked.actor.id } : {}
  if (one.npc !== undefined) {
    const who = store.charactersOf(full(one.npc))[0]
    return who
      ? accept({ type: 'spoke', who: who.id, place: who.place, textKey, params, ...to })
      : no(`nobody called ${one.npc} in the zone`)
  }
  const place = one.place === undefined ? asked.place : full(one.place)
  return isOwnPlace(view, place)
    ? accept({ type: 'seen', place, textKey, params, ...to })
    : no(`no place ${place} in the zone`)
}

function setTimer(view: ZoneView, one: Extract<ScriptEffect, { do: 'timer' }>, { actor, place }: Asked): Verdict {
  if (!view.zone.scripts.has(one.handler.slice(0, one.handler.indexOf('.'))))
    return no(`no script for ${one.handler}`)
  const args: Params = { ...one.args, place, ...(actor && { actor: actor.id }) }
  return accept({
    type: 'timer.set',
    id: view.freshId('timer'),
    dueTick: view.state.tick + one.after,
    handler: one.handler,
    args,
  })
}
