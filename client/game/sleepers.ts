/** Who of the picture is drawn: everybody awake, and one sleeper for all who sleep in a place; the list beside the map counts them. */
import type { MapCharacter, Picture } from '../state.ts'

export function drawn({ characters }: Pick<Picture, 'characters'>, me: string): ReadonlyMap<string, MapCharacter> {
  const sleepers = new Set<string>()
  const shown = new Map<string, MapCharacter>()
  for (const [id, one] of characters) {
    const stands = one.awake || one.kind === 'npc' || id === me
    if (!stands && sleepers.has(one.place)) continue
    if (!stands) sleepers.add(one.place)
    shown.set(id, one)
  }
  return shown
}
