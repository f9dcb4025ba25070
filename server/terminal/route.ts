/** From a turn of a zone to the people who listen: each gets what they perceive, in one batch. */
import type { ZoneView } from '../engine/types.ts'
import type { WorldEvent } from '../protocol/events.ts'
import type { CharacterId, Locale, PlayerId } from '../protocol/ids.ts'
import type { OutputDraft } from '../protocol/terminal.ts'
import type { Turn } from '../rooms/types.ts'
import { audience, type Described, describeEvent, roleOf } from '../voice/index.ts'

export type Listener = {
  readonly id: CharacterId
  readonly locale: () => Locale
  /** Places by name only, when walking. */
  readonly brief: () => boolean
  readonly send: (drafts: readonly OutputDraft[]) => void
  /** Told of each event that concerns this person, before it is put into words; false to keep it from them. */
  readonly hears: (event: WorldEvent, world: ZoneView) => boolean
}

/** Events whose words hang on more than role and language: on what the viewer sees around. */
const PERSONAL = new Set<WorldEvent['type']>(['moved', 'joined', 'door.changed'])

export function routeTurn(
  turn: Turn,
  world: ZoneView,
  listenersOf: (id: CharacterId) => Iterable<Listener> | undefined,
): void {
  const batches = new Map<Listener, OutputDraft[]>()
  for (const outcome of turn.outcomes) {
    for (const event of outcome.events) routeEvent(event, world, listenersOf, batches)
  }
  for (const [listener, drafts] of batches) listener.send(drafts)
}

function routeEvent(
  event: WorldEvent,
  world: ZoneView,
  listenersOf: (id: CharacterId) => Iterable<Listener> | undefined,
  batches: Map<Listener, OutputDraft[]>,
): void {
  const memo = PERSONAL.has(event.type) ? undefined : new Map<string, Described | undefined>()
  for (const id of audience(event, world)) {
    const listeners = listenersOf(id)
    if (!listeners) continue
    for (const listener of listeners) {
      if (!listener.hears(event, world)) continue
      const described = describeOnce(event, id, world, listener, memo)
      if (!described) continue
      const batch = batches.get(listener)
      if (batch) batch.push(described)
      else batches.set(listener, [described])
    }
  }
}

/** A hundred people who hear the same words in the same language share one wording of them. */
function describeOnce(
  event: WorldEvent,
  id: CharacterId,
  world: ZoneView,
  listener: Listener,
  memo: Map<string, Described | undefined> | undefined,
): Described | undefined {
  const locale = listener.locale()
  if (!memo) return describeEvent(event, id, world, locale, { brief: listener.brief() })
  const key = `${locale}${roleOf(event, id)}`
  if (memo.has(key)) return memo.get(key)
  const described = describeEvent(event, id, world, locale)
  memo.set(key, described)
  return described
}

/** Whose talk this is, for blocking: the person behind an agent counts as its voice. */
export function speakerOf(event: WorldEvent, world: ZoneView): PlayerId | undefined {
  if (
    event.type !== 'said' &&
    event.type !== 'shouted' &&
    event.type !== 'emoted' &&
    event.type !== 'told' &&
    event.type !== 'whispered'
  )
    return undefined
  const who = world.state.characters.get(event.who)
  return (who?.owner ?? event.who) as PlayerId
}
