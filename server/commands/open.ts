/** Open a door or a container. */
import { accept, refuse } from '../engine/types.ts'
import { findItem, reachable } from './find.ts'
import { findOpenable, isFailed } from './openable.ts'
import { reactTo } from './reactions.ts'
import { parseWhat, type WhatInput, what } from './shapes.ts'
import type { Command } from './types.ts'

export const open: Command<WhatInput> = {
  name: 'open',
  verbs: { en: ['open'], ru: ['открыть', 'открой', 'открывать', 'отворить'] },
  ticks: 1,
  input: what,
  parse: parseWhat('open'),
  run(world, actor, input) {
    const target = findOpenable(world, actor, input.what)
    if (isFailed(target)) {
      const item = findItem(world, reachable(world, actor), input.what)
      return (item.ok ? reactTo(world, actor, 'open', item.found) : undefined) ?? target
    }
    if (!target.closed) return refuse('already_open', target.named)
    if (target.locked) return refuse('locked', { ...target.named, ...(target.key && { key: target.key }) })
    const reaction = target.item && reactTo(world, actor, 'open', target.item)
    if (reaction && !reaction.ok) return reaction
    return accept(target.change(actor, { closed: false }), ...(reaction?.events ?? []))
  },
}
