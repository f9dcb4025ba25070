/** What happens in the world, as an agent hears and sees it: an input for `on(name, …)`. */
import type { ZoneView } from '../engine/types.ts'
import type { AgentEventName, AgentInput } from '../protocol/agent-io.ts'
import type { EventOf, ItemAt, WorldEvent } from '../protocol/events.ts'
import type { CharacterId, Locale, Params } from '../protocol/ids.ts'
import type { AgentVoice } from './parts.ts'

type Perceived = Extract<AgentInput, { type: 'event' }>
export type Viewer = { readonly id: CharacterId; readonly locale: Locale }

const event = (name: AgentEventName, data: Params): Perceived => ({ type: 'event', name, data })

/** Undefined when the viewer has no part in it, or did it. */
export function perceive(
  voice: AgentVoice,
  world: ZoneView,
  happened: WorldEvent,
  { id, locale }: Viewer,
): Perceived | undefined {
  const me = world.state.characters.get(id)
  if (!me) return undefined
  const person = (who: CharacterId) => {
    const record = world.state.characters.get(who)
    return { name: record ? voice.nameOf(world, record, locale) : who, kind: record?.kind ?? 'player' }
  }
  switch (happened.type) {
    case 'said':
    case 'shouted':
    case 'emoted': {
      if (happened.who === id) return undefined
      const how = happened.type === 'said' ? 'say' : happened.type === 'shouted' ? 'shout' : 'emote'
      return event('hear', { from: happened.who, name: person(happened.who).name, text: happened.text, how })
    }
    case 'spoke': {
      const { words, textKey, params = {} } = happened
      const text = words?.locale === locale ? words.text : voice.render(locale, textKey, params, world)
      return event('hear', { from: happened.who, name: person(happened.who).name, text, how: 'say' })
    }
    case 'told':
    case 'whispered':
      return happened.to === id && happened.who !== id
        ? event('told', { from: happened.who, name: person(happened.who).name, text: happened.text })
        : undefined
    case 'joined':
    case 'woke':
    case 'left':
    case 'slept':
    case 'moved':
      return moving(happened, id, me.place, person)
    case 'item.moved':
    case 'item.created':
    case 'item.destroyed':
    case 'item.changed':
      return item(voice, world, happened, { id, locale })
    case 'used':
      return happened.who === id
        ? undefined
        : event('use', {
            who: happened.who,
            name: person(happened.who).name,
            thing: happened.thing,
            ...(happened.item && { item: happened.item }),
            verb: happened.verb,
          })
    default:
      return undefined
  }
}

function moving(
  happened: EventOf<'joined' | 'woke' | 'left' | 'slept' | 'moved'>,
  id: CharacterId,
  here: string,
  person: (who: CharacterId) => { name: string; kind: string },
): Perceived | undefined {
  const who = happened.type === 'joined' ? happened.character.id : happened.who
  if (who === id) return undefined
  const known =
    happened.type === 'joined' ? { name: happened.character.name, kind: happened.character.kind } : person(who)
  switch (happened.type) {
    case 'joined':
      return event('arrive', { who, ...known, ...(happened.from && { from: happened.from }) })
    case 'woke':
      return event('arrive', { who, ...known })
    case 'slept':
      return event('leave', { who, ...known })
    case 'left':
      return event('leave', { who, ...known, ...(happened.direction && { direction: happened.direction }) })
    case 'moved':
      return happened.to === here
        ? event('arrive', { who, ...known })
        : event('leave', { who, ...known, ...(happened.direction && { direction: happened.direction }) })
  }
}

const placeOf = (at: ItemAt) => ('place' in at ? at.place : undefined)
const holderOf = (at: ItemAt) => ('holder' in at ? at.holder : undefined)

function item(
  voice: AgentVoice,
  world: ZoneView,
  happened: EventOf<'item.moved' | 'item.created' | 'item.destroyed' | 'item.changed'>,
  { id, locale }: Viewer,
): Perceived | undefined {
  const { item: record, thing } =
    happened.type === 'item.created' ? { item: happened.item.id, thing: happened.item.thing } : happened
  const told: Params = {
    item: record,
    name: voice.thingName(world, thing, locale),
    ...(happened.by !== undefined && { by: happened.by }),
  }
  switch (happened.type) {
    case 'item.changed':
      return happened.by === id
        ? undefined
        : event('item', { ...told, what: 'changed', ...(happened.state !== undefined && { state: happened.state }) })
    case 'item.destroyed':
      return happened.by === id ? undefined : event('item', { ...told, what: 'gone' })
    case 'item.created':
      return event('item', { ...told, what: holderOf(happened.item.at) === id ? 'mine' : 'here' })
    case 'item.moved': {
      if (holderOf(happened.to) === id)
        return happened.by === id ? undefined : event('item', { ...told, what: 'mine' })
      if (happened.by === id) return undefined
      return event('item', { ...told, what: placeOf(happened.to) === happened.place ? 'here' : 'gone' })
    }
  }
}
