/** Close a door or a container. */
import { accept, refuse } from '../engine/types.ts'
import { findOpenable, isFailed } from './openable.ts'
import { parseWhat, type WhatInput, what } from './shapes.ts'
import type { Command } from './types.ts'

export const close: Command<WhatInput> = {
  name: 'close',
  verbs: { en: ['close', 'shut'], ru: ['закрыть', 'закрой', 'закрывать', 'затворить'] },
  ticks: 1,
  input: what,
  parse: parseWhat('close'),
  run(world, actor, input) {
    const target = findOpenable(world, actor, input.what)
    if (isFailed(target)) return target
    return target.closed ? refuse('already_closed', target.named) : accept(target.change(actor, { closed: true }))
  },
}
