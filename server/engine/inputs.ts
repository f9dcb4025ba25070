/** What each kind of input comes to: events or a refusal. Reads the zone, changes nothing. */
import type { CharacterRecord, WorldEvent } from '../protocol/events.ts'
import type { Json } from '../protocol/ids.ts'
import { overLimit } from './bounds.ts'
import { isHere } from './effects.ts'
import { settle } from './settle.ts'
import type { Store } from './store.ts'
import { accept, type CommandRunner, refuse, type Verdict, type ZoneInput, type ZoneView } from './types.ts'

/** Told of what nobody in the world can mend: a command that threw, a script's void answer. */
export type Fault = {
  readonly kind: 'command_threw' | 'script_void'
  readonly input: ZoneInput
  readonly cause: unknown
}

export type Deciding = {
  readonly view: ZoneView
  readonly store: Store
  readonly run: CommandRunner
  readonly onFault: (fault: Fault) => void
}

export function decide(deciding: Deciding, input: Exclude<ZoneInput, { type: 'reload' }>): Verdict {
  switch (input.type) {
    case 'command':
      return bounded(deciding, command(deciding, input))
    case 'arrive':
      return bounded(deciding, arrive(deciding, input))
    case 'wake':
    case 'sleep':
    case 'remove':
      return standing(deciding, input)
    case 'change':
      return bounded(deciding, standing(deciding, input))
    case 'settle':
      return settle(deciding.view, deciding.store, input, (cause) =>
        deciding.onFault({ kind: 'script_void', input, cause }),
      )
  }
}

function bounded({ store }: Deciding, verdict: Verdict): Verdict {
  const refusal = verdict.ok ? overLimit(store, verdict.events) : undefined
  return refusal ? { ok: false, refusal } : verdict
}

type Of<T extends ZoneInput['type']> = Extract<ZoneInput, { readonly type: T }>

function command({ view, run, onFault }: Deciding, input: Of<'command'>): Verdict {
  const actor = view.state.characters.get(input.actor)
  if (!actor) return isUnderWay(view, input) ? accept() : refuse('not_in_world')
  if (input.lineId !== undefined && actor.recent.includes(input.lineId)) return accept()
  try {
    return run(view, actor, input.command, input.input)
  } catch (cause) {
    onFault({ kind: 'command_threw', input, cause })
    return refuse('internal')
  }
}

/** The line that took them over the border, sent again before the other zone has them. */
function isUnderWay({ state }: ZoneView, { actor, lineId }: Of<'command'>): boolean {
  if (lineId === undefined) return false
  for (const { request } of state.pending.values()) {
    if ((request.kind === 'handoff' || request.kind === 'portal') && request.character.id === actor)
      return request.character.recent.includes(lineId)
  }
  return false
}

function arrive({ view }: Deciding, { id, character, items, from }: Of<'arrive'>): Verdict {
  const { state, zone } = view
  if (state.arrived.includes(id)) return accept()
  if (state.characters.has(character.id)) return refuse('already_there')
  const place = isHere(view, character.place) ? character.place : zone.respawn
  return accept({ type: 'joined', character: { ...character, place }, items, ...(from && { from }) })
}

function standing({ view }: Deciding, input: Of<'wake' | 'sleep' | 'remove'> | Of<'change'>): Verdict {
  const who = view.state.characters.get(input.actor)
  if (!who) return refuse('not_in_world')
  const { id, place } = who
  switch (input.type) {
    case 'wake':
      return who.awake ? accept() : accept({ type: 'woke', who: id, place })
    case 'sleep':
      return who.awake ? accept({ type: 'slept', who: id, place }) : accept()
    case 'remove':
      return accept(...laidDown(view, who), { type: 'left', who: id, place, name: who.name })
    case 'change': {
      const { name, locale, roles, flags = {} } = input
      const changes = { ...(name !== undefined && { name }), ...(locale && { locale }), ...(roles && { roles }) }
      return accept(
        ...(Object.keys(changes).length > 0 ? [{ type: 'character.changed' as const, who: id, ...changes }] : []),
        ...Object.entries(flags).flatMap(([key, value]): WorldEvent[] =>
          hasFlag(who, key, value) ? [] : [{ type: 'var', scope: id, key, value }],
        ),
      )
    }
  }
}

const hasFlag = ({ vars }: CharacterRecord, key: string, value: Json) =>
  Object.hasOwn(vars, key) && JSON.stringify(vars[key]) === JSON.stringify(value)

/** Whoever is removed leaves what they held in the place. */
const laidDown = (view: ZoneView, { id, place }: CharacterRecord): WorldEvent[] =>
  view
    .itemsOf(id)
    .map((item) => ({ type: 'item.moved', item: item.id, thing: item.thing, from: item.at, to: { place }, place }))
