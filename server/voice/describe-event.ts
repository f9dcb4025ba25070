/** An event as one viewer perceives it: `you` for who acts, names for the others, nothing for who cannot know. */
import type { ZoneView } from '../engine/types.ts'
import type { CharacterRecord, EventOf, WorldEvent } from '../protocol/events.ts'
import type { CharacterId, Json, Locale, Params, PlaceId } from '../protocol/ids.ts'
import type { OutputKind } from '../protocol/terminal.ts'
import { doorAct, itemAct, itemChangeAct } from './acts.ts'
import { OPPOSITE } from './exits.ts'
import { describePlace } from './place.ts'
import { describeRefusal } from './refusal.ts'
import { render } from './render.ts'
import { doorDef, shapesOfCharacter, shapesOfNoun } from './words.ts'

export type Described = { readonly kind: OutputKind; readonly text: string; readonly data?: Json }
/** `self` acts, `target` is acted upon, `other` looks on. Lines of one event differ by this and the language, and for some by the place. */
export type ViewerRole = 'self' | 'target' | 'other'
export type DescribeOptions = { readonly brief?: boolean }

export function roleOf(event: WorldEvent, viewerId: CharacterId): ViewerRole {
  if (actorOf(event) === viewerId) return 'self'
  return targetOf(event) === viewerId ? 'target' : 'other'
}

function actorOf(event: WorldEvent): CharacterId | undefined {
  if (event.type === 'joined') return event.character.id
  return 'who' in event ? event.who : 'by' in event ? event.by : undefined
}

function targetOf(event: WorldEvent): CharacterId | undefined {
  if (event.type === 'told' || event.type === 'whispered' || event.type === 'spoke' || event.type === 'seen')
    return event.to
  if (event.type === 'followed') return event.whom
  return event.type === 'item.moved' && 'holder' in event.to ? event.to.holder : undefined
}

/** One viewer of one event. */
type Scene = {
  readonly world: ZoneView
  readonly locale: Locale
  readonly role: ViewerRole
  readonly viewer?: CharacterRecord
  readonly options: DescribeOptions
  isIn(place: PlaceId): boolean
  line(key: string, params: Params, kind?: OutputKind): Described
}

export function describeEvent(
  event: WorldEvent,
  viewerId: CharacterId,
  world: ZoneView,
  locale: Locale,
  options: DescribeOptions = {},
): Described | undefined {
  const viewer = world.state.characters.get(viewerId)
  return perceived(event, {
    world,
    locale,
    viewer,
    options,
    role: roleOf(event, viewerId),
    isIn: (place) => viewer?.place === place,
    line: (key, params, kind = 'event') => ({ kind, text: render(locale, key, params, world) }),
  })
}

const mine = ({ role }: Scene): 'self' | 'other' => (role === 'self' ? 'self' : 'other')
/** Whoever acts or is meant knows it wherever they are by now; others must be there. */
const sees = ({ role, isIn }: Scene, place: PlaceId): boolean => role !== 'other' || isIn(place)

function perceived(event: WorldEvent, scene: Scene): Described | undefined {
  const { role, line, isIn } = scene
  switch (event.type) {
    case 'shouted':
      return line(`event.shouted.${mine(scene)}`, { who: event.who, text: event.text }, 'speech')
    case 'said':
    case 'emoted':
      return sees(scene, event.place)
        ? line(`event.${event.type}.${mine(scene)}`, { who: event.who, text: event.text }, 'speech')
        : undefined
    case 'told':
    case 'whispered': {
      const { who, to, text } = event
      const toName = event.toName ?? ''
      return role === 'other' ? undefined : line(`event.${event.type}.${role}`, { who, to, text, toName }, 'speech')
    }
    case 'spoke':
      return (event.to === undefined ? isIn(event.place) : role === 'target')
        ? (inOwnWords(event, scene) ?? spoke(event, scene))
        : undefined
    case 'seen':
      if (event.to !== undefined ? role !== 'target' : event.except === scene.viewer?.id || !isIn(event.place))
        return undefined
      return line(event.textKey, event.params ?? {})
    case 'moved':
      return moved(event, scene)
    case 'joined':
    case 'left':
    case 'woke':
    case 'slept':
      return presence(event, scene)
    case 'posture':
      return sees(scene, event.place) ? line(`event.${event.posture}.${mine(scene)}`, { who: event.who }) : undefined
    case 'followed':
      return sees(scene, event.place) ? followed(event, scene) : undefined
    case 'item.moved':
      return event.by !== undefined && sees(scene, event.place) ? itemMoved(event, scene) : undefined
    case 'item.created':
      return event.by !== undefined && role === 'self' && 'holder' in event.item.at
        ? line('event.got', { thing: event.item.thing })
        : undefined
    case 'item.destroyed':
      return (event.how === 'eaten' || event.how === 'drunk') && sees(scene, event.place)
        ? line(`event.${event.how}.${mine(scene)}`, { who: event.by ?? '', thing: event.thing })
        : undefined
    case 'item.changed': {
      const act = event.by === undefined || !sees(scene, event.place) ? undefined : itemChangeAct(event)
      return act && line(`event.${act}.${mine(scene)}`, { who: event.by ?? '', thing: event.thing })
    }
    case 'door.changed':
      return doorChanged(event, scene)
    case 'bought':
    case 'sold': {
      const { who, npc, thing, priceMicro } = event
      return sees(scene, event.place)
        ? line(`event.${event.type}.${mine(scene)}`, { who, npc, thing, priceMicro })
        : undefined
    }
    case 'refused':
      if (role !== 'self') return undefined
      return {
        kind: 'refusal',
        text: describeRefusal({ code: event.code, params: event.params }, scene.locale, scene.world),
        data: { code: event.code },
      }
    case 'read':
    case 'used':
    case 'character.changed':
    case 'var':
    case 'requested':
    case 'settled':
    case 'timer.set':
    case 'timer.fired':
      return undefined
  }
}

const placeOutput = (who: CharacterRecord, { world, locale, options }: Scene): Described => ({
  kind: 'place',
  text: describePlace(world, who, locale, options),
  data: { place: who.place },
})

/** Authors write what is said, and the name goes in front; or a whole sentence that begins with the speaker, or with a quotation of one it names. */
function spoke(event: EventOf<'spoke'>, { world, locale }: Scene): Described {
  const text = render(locale, event.textKey, { who: event.who, ...event.params }, world)
  const name = shapesOfCharacter(world, world.state.characters.get(event.who), locale)
    .nom.replace(/^the /, '')
    .toLowerCase()
  const start = text.toLowerCase().replace(/^the /, '')
  const isSentence = start.startsWith(name) || (/^[«“"„]/.test(start) && start.includes(name))
  return { kind: 'speech', text: isSentence ? text : render(locale, 'event.spoke', { who: event.who, text }, world) }
}

/** What a model said for them, to those of its language; others get the authored line. */
function inOwnWords({ who, words }: EventOf<'spoke'>, { world, locale }: Scene): Described | undefined {
  if (words?.locale !== locale) return undefined
  return { kind: 'speech', text: render(locale, 'event.spoke', { who, text: words.text }, world) }
}

function moved(event: EventOf<'moved'>, scene: Scene): Described | undefined {
  const { role, viewer, isIn, line, world } = scene
  const { who, direction } = event
  if (role === 'self') return viewer?.place === event.to ? placeOutput(viewer, scene) : undefined
  if (isIn(event.from)) return direction ? line('event.leaves', { who, direction }) : line('event.vanishes', { who })
  if (!isIn(event.to)) return undefined
  const back = direction && OPPOSITE[direction]
  const isWayBack = back && world.def.places.get(event.to)?.exits.get(back)?.to === event.from
  return isWayBack ? line('event.arrives', { who, direction: back }) : line('event.appears', { who })
}

/** Coming and going over the border, waking and falling asleep. Who does it is told by where they find themselves. */
function presence(event: EventOf<'joined' | 'left' | 'woke' | 'slept'>, scene: Scene): Described | undefined {
  const { role, viewer, isIn, line } = scene
  if (event.type === 'joined') {
    const { character, from } = event
    if (role === 'self') return placeOutput(viewer ?? character, scene)
    if (!isIn(character.place)) return undefined
    const who = character.id
    return from ? line('event.arrives', { who, direction: OPPOSITE[from] }) : line('event.appears', { who })
  }
  if (role === 'self' || !isIn(event.place)) return undefined
  if (event.type !== 'left') return line(`event.${event.type}`, { who: event.who })
  const { name = '', direction } = event
  return direction ? line('event.left', { name, direction }) : line('event.gone', { name })
}

function followed({ who, whom }: EventOf<'followed'>, { role, line }: Scene): Described | undefined {
  if (whom !== undefined) return line(`event.followed.${role}`, { who, whom })
  return role === 'self' ? line('event.unfollowed', {}) : undefined
}

function itemMoved(event: EventOf<'item.moved'>, scene: Scene): Described {
  const { act, box } = itemAct(event)
  const params = {
    who: event.by ?? '',
    thing: event.thing,
    to: 'holder' in event.to ? event.to.holder : '',
    container: (box && scene.world.state.items.get(box)?.thing) ?? '',
  }
  return scene.line(`event.${act}.${act === 'gave' ? scene.role : mine(scene)}`, params)
}

function doorChanged(
  event: EventOf<'door.changed'>,
  { role, isIn, line, world, locale }: Scene,
): Described | undefined {
  const act = doorAct(event)
  const { door, by } = event
  if (!act) return undefined
  if (role === 'self') return line(`event.door.${act}.self`, { door })
  if (isIn(event.place) && by !== undefined) return line(`event.door.${act}.other`, { who: by, door })
  if (!isIn(event.far) && !isIn(event.place)) return undefined
  const def = doorDef(world, door)
  const gender = def ? shapesOfNoun(def.name[locale], locale).gender : 'f'
  return line(`event.door.${act}.${isIn(event.far) ? 'far' : 'alone'}`, { door, gender })
}
