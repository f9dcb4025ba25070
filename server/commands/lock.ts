/** Lock and unlock a door or a container with the key you carry. */
import { z } from 'zod'
import { accept, refuse, type Verdict, type ZoneView } from '../engine/types.ts'
import type { CharacterRecord } from '../protocol/events.ts'
import type { Locale } from '../protocol/ids.ts'
import { findOpenable, hasKey, isFailed } from './openable.ts'
import { noun } from './shapes.ts'
import { type Command, parsed, unparsed } from './types.ts'
import { splitAt } from './words.ts'

export type LockInput = { readonly what: string; readonly with?: string }

const turnKey = (
  name: 'lock' | 'unlock',
  verbs: Readonly<Record<Locale, readonly string[]>>,
): Command<LockInput> => ({
  name,
  verbs,
  ticks: 1,
  input: z.object({ what: noun, with: noun.optional() }),
  parse(args) {
    if (args === '') return unparsed('bad_arguments', { command: name })
    const apart = splitAt(args, ['with', 'using', 'с', 'со', 'ключом'])
    return parsed(apart ? { what: apart[0], with: apart[1] } : { what: args })
  },
  run: (world, actor, input) => turn(world, actor, input, name === 'lock'),
})

function turn(world: ZoneView, actor: CharacterRecord, input: LockInput, locking: boolean): Verdict {
  const target = findOpenable(world, actor, input.what)
  if (isFailed(target)) return target
  if (target.key === undefined && !target.locked) return refuse('not_lockable', target.named)
  if (target.locked === locking) return refuse(locking ? 'already_locked' : 'already_unlocked', target.named)
  if (!hasKey(world, actor, target.key, input.with))
    return refuse('wrong_key', { ...target.named, ...(target.key && { key: target.key }) })
  return accept(target.change(actor, locking ? { closed: true, locked: true } : { locked: false }))
}

export const lock = turnKey('lock', { en: ['lock'], ru: ['запереть', 'запри', 'запирать'] })
export const unlock = turnKey('unlock', { en: ['unlock'], ru: ['отпереть', 'отопри', 'отпирать'] })
