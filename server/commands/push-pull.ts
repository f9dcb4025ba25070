/** Push and pull: levers, wheels, cranks. */
import { refuse, type Verdict, type ZoneView } from '../engine/types.ts'
import type { CharacterRecord, ItemRecord } from '../protocol/events.ts'
import type { Locale } from '../protocol/ids.ts'
import { findItem, reachable } from './find.ts'
import { askScript, reactTo } from './reactions.ts'
import { parseWhat, type WhatInput, what } from './shapes.ts'
import type { Command } from './types.ts'

const operate = (name: 'push' | 'pull', verbs: Readonly<Record<Locale, readonly string[]>>): Command<WhatInput> => ({
  name,
  verbs,
  ticks: 1,
  input: what,
  parse: parseWhat(name),
  run(world, actor, input) {
    const item = findItem(world, reachable(world, actor), input.what)
    return item.ok ? work(world, actor, name, item.found) : item
  },
})

function work(world: ZoneView, actor: CharacterRecord, verb: 'push' | 'pull', item: ItemRecord): Verdict {
  const def = world.def.things.get(item.thing)
  const verdict = reactTo(world, actor, verb, item)
  if (verdict?.ok || !def) return verdict ?? refuse('nothing_happens')
  const nothing = refuse(verb === 'push' ? 'no_pushing' : 'no_pulling', { thing: item.thing })
  return verdict ?? askScript(world, actor, verb, item, def) ?? nothing
}

export const push = operate('push', {
  en: ['push', 'press'],
  ru: ['толкнуть', 'толкать', 'толкни', 'нажать', 'нажми'],
})
export const pull = operate('pull', {
  en: ['pull', 'drag', 'tug'],
  ru: ['тянуть', 'потянуть', 'тяни', 'потяни', 'дернуть'],
})
