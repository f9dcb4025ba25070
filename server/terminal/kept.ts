/** What is kept for a person between visits: settings and letters, in one record, changed by one at a time. */
import { z } from 'zod'
import { createInTurn } from '../lib/in-turn.ts'
import {
  ALIAS_BODY_MAX_CHARS,
  ALIAS_NAME_MAX_CHARS,
  ALIASES_MAX,
  MAIL_BOX_MAX,
  MEMORY_STORE_PEOPLE_MAX,
} from '../limits.ts'
import type { Json, PlayerId } from '../protocol/ids.ts'
import type { Kept, Letter, PreferencesStore } from './types.ts'

const letter = z.object({
  id: z.string(),
  from: z.string(),
  fromName: z.string(),
  text: z.string(),
  atMs: z.number(),
  read: z.boolean(),
})
/** A field that does not fit is left at its default: a record of another version never locks anybody out. */
const kept = z.object({
  brief: z.boolean().catch(false),
  reader: z.boolean().catch(false),
  motion: z.boolean().catch(true),
  aliases: z
    .record(z.string().max(ALIAS_NAME_MAX_CHARS), z.string().max(ALIAS_BODY_MAX_CHARS))
    .refine((aliases) => Object.keys(aliases).length <= ALIASES_MAX)
    .catch({}),
  channels: z.array(z.string()).max(10).catch(['chat', 'newbie']),
  lastSeenMs: z.number().catch(0),
  letters: z.array(letter).max(MAIL_BOX_MAX).catch([]),
})

export const parseKept = (value: unknown): Kept =>
  kept.parse(typeof value === 'object' && value !== null ? value : {})

export type Keeper = {
  read(player: PlayerId): Promise<Kept>
  /** Reads, changes and writes as one step; what the change answers undefined to stays as it is. */
  change(player: PlayerId, change: (now: Kept) => Kept | undefined): Promise<Kept>
}

export function createKeeper(store: PreferencesStore): Keeper {
  const inTurn = createInTurn<PlayerId>()
  const read = async (player: PlayerId) => parseKept(await store.read(player))

  async function step(player: PlayerId, change: (now: Kept) => Kept | undefined): Promise<Kept> {
    const now = await read(player)
    const next = change(now)
    if (!next) return now
    await store.write(player, next as unknown as Json)
    return next
  }

  return {
    read,
    change: (player, change) => inTurn(player, () => step(player, change)),
  }
}

/** Adds a letter once; undefined when the box is full. */
export function withLetter(now: Kept, letter: Letter): Kept | undefined {
  if (now.letters.some((l) => l.id === letter.id)) return now
  return now.letters.length >= MAIL_BOX_MAX ? undefined : { ...now, letters: [...now.letters, letter] }
}

/** Kept in memory, bounded: for tests and for nodes without a database. The one not touched for longest makes room. */
export function memoryPreferences(): PreferencesStore {
  const people = new Map<PlayerId, Json>()
  return {
    read: async (player) => people.get(player),
    async write(player, value) {
      people.delete(player)
      people.set(player, value)
      if (people.size > MEMORY_STORE_PEOPLE_MAX) people.delete(people.keys().next().value!)
    },
  }
}
