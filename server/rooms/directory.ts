/** Who is in which zone, who is awake, who is on the way between two zones. Follows committed events; knows no record itself. */
import type { CharacterRecord, WorldEvent } from '../protocol/events.ts'
import type { CharacterId, ZoneId } from '../protocol/ids.ts'

export type Directory = {
  zoneOf(id: CharacterId): ZoneId | undefined
  /** Players and agents, awake. */
  awake(): Iterable<CharacterId>
  /** A player or agent by name, any case. */
  named(name: string): CharacterId | undefined
  follow(zone: ZoneId, event: WorldEvent): void
  /** Forgets what it knew of a zone and reads it anew. */
  read(zone: ZoneId, characters: Iterable<CharacterRecord>): void
  count(zone: ZoneId): number
}

type Entry = { readonly zone: ZoneId; name: string; awake: boolean }

export function createDirectory(): Directory {
  const entries = new Map<CharacterId, Entry>()
  const awake = new Set<CharacterId>()
  const names = new Map<string, CharacterId>()
  const counts = new Map<ZoneId, number>()
  return {
    zoneOf: (id) => entries.get(id)?.zone,
    awake: () => awake,
    named: (name) => names.get(keyOf(name)),
    count: (zone) => counts.get(zone) ?? 0,
    follow(zone, event) {
      if (event.type === 'joined') add(zone, event.character)
      else if (event.type === 'left') remove(zone, event.who)
      else if (event.type === 'woke') wake(event.who, true)
      else if (event.type === 'slept') wake(event.who, false)
      else if (event.type === 'character.changed' && event.name !== undefined) rename(event.who, event.name)
    },
    read(zone, characters) {
      for (const [id, entry] of [...entries]) if (entry.zone === zone) remove(zone, id)
      for (const character of characters) add(zone, character)
    },
  }

  function add(zone: ZoneId, { id, kind, name, awake: isAwake }: CharacterRecord): void {
    if (kind === 'npc') return
    const before = entries.get(id)
    if (before) remove(before.zone, id)
    entries.set(id, { zone, name, awake: isAwake })
    counts.set(zone, (counts.get(zone) ?? 0) + 1)
    names.set(keyOf(name), id)
    wake(id, isAwake)
  }

  /** A character that has moved on is told of by its new zone; the old one's word comes late then, and counts no more. */
  function remove(zone: ZoneId, id: CharacterId): void {
    const entry = entries.get(id)
    if (entry?.zone !== zone) return
    entries.delete(id)
    awake.delete(id)
    counts.set(zone, counts.get(zone)! - 1)
    if (names.get(keyOf(entry.name)) === id) names.delete(keyOf(entry.name))
  }

  function wake(id: CharacterId, isAwake: boolean): void {
    const entry = entries.get(id)
    if (!entry) return
    entry.awake = isAwake
    if (isAwake) awake.add(id)
    else awake.delete(id)
  }

  function rename(id: CharacterId, name: string): void {
    const entry = entries.get(id)
    if (!entry) return
    if (names.get(keyOf(entry.name)) === id) names.delete(keyOf(entry.name))
    entry.name = name
    names.set(keyOf(name), id)
  }
}

const keyOf = (name: string): string => name.normalize('NFC').toLowerCase()
