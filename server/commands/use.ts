/** Use a thing, by itself or with another: what comes of it is written in the world's files or done by a script. */

import { z } from 'zod'
import { refuse, type Verdict, type ZoneView } from '../engine/types.ts'
import { NOUN_MAX_CHARS } from '../limits.ts'
import type { CharacterRecord, ItemRecord } from '../protocol/events.ts'
import { findItem, reachable, splitNouns } from './find.ts'
import { askScript, reactTo } from './reactions.ts'
import { type Command, parsed, unparsed } from './types.ts'

export type UseInput = { readonly what: string; readonly with?: string }
const noun = z.string().max(NOUN_MAX_CHARS)
const JOINTS = ['with', 'on', 'in', 'into', 'at', 'с', 'со', 'на', 'в', 'к']

export const use: Command<UseInput> = {
  name: 'use',
  verbs: {
    en: ['use', 'turn', 'light', 'fill', 'pour'],
    ru: [
      'использовать',
      'используй',
      'применить',
      'включить',
      'зажечь',
      'зажги',
      'крутить',
      'залить',
      'залей',
      'налить',
      'заправить',
    ],
  },
  ticks: 1,
  input: z.object({ what: noun, with: noun.optional() }),
  parse(args, ctx) {
    if (args === '') return unparsed('bad_arguments', { command: 'use' })
    const apart = splitNouns(args, JOINTS, ctx)
    return parsed(apart ? { what: apart[0], with: apart[1] } : { what: args })
  },
  run(world, actor, input) {
    const item = findItem(world, reachable(world, actor), input.what)
    if (!item.ok) return item
    if (input.with === undefined) return useOne(world, actor, item.found)
    const other = findItem(world, reachable(world, actor), input.with)
    return other.ok ? useTogether(world, actor, item.found, other.found) : other
  },
}

function useOne(world: ZoneView, actor: CharacterRecord, item: ItemRecord): Verdict {
  const def = world.def.things.get(item.thing)
  const verdict = reactTo(world, actor, 'use', item)
  if (verdict?.ok || !def) return verdict ?? refuse('not_usable', { thing: item.thing })
  return askScript(world, actor, 'use', item, def) ?? verdict ?? refuse('not_usable', { thing: item.thing })
}

/** `use oil with lamp` and `use lamp with oil` are the same act: whichever of the two knows what to do. */
function useTogether(world: ZoneView, actor: CharacterRecord, a: ItemRecord, b: ItemRecord): Verdict {
  const onB = reactTo(world, actor, 'use', b, a)
  if (onB?.ok) return onB
  const onA = reactTo(world, actor, 'use', a, b)
  if (onA?.ok) return onA
  for (const [item, tool] of [
    [b, a],
    [a, b],
  ] as const) {
    const def = world.def.things.get(item.thing)
    const asked = def && askScript(world, actor, 'use', item, def, tool)
    if (asked) return asked
  }
  return onB ?? onA ?? refuse('nothing_happens', { thing: b.thing, with: a.thing })
}
