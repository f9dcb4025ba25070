/** Give what you hold to somebody who is here; people of the world take only what they wish for. */
import { z } from 'zod'
import { runEffects } from '../engine/effects.ts'
import { accept, refuse, type Verdict, type ZoneView } from '../engine/types.ts'
import { CARRY_ITEMS_MAX, CARRY_WEIGHT_MAX } from '../limits.ts'
import type { CharacterRecord, ItemRecord, WorldEvent } from '../protocol/events.ts'
import { findCharacterHere, findItem } from './find.ts'
import { findHeld } from './hands.ts'
import { noun } from './shapes.ts'
import { weightOf } from './take.ts'
import { type Command, type ParseContext, parsed, unparsed } from './types.ts'
import { splitAt } from './words.ts'

const JOINTS = ['to', 'к']
export type GiveInput = { readonly what: string; readonly to: string }

export const give: Command<GiveInput> = {
  name: 'give',
  verbs: { en: ['give', 'hand'], ru: ['дать', 'отдать', 'отдай', 'дай', 'передать', 'вручить', 'подарить'] },
  ticks: 1,
  input: z.object({ what: noun, to: noun }),
  parse(args, ctx) {
    const input = told(args, ctx) ?? byJoint(args) ?? guessed(args, ctx)
    return input ? parsed(input) : unparsed('bad_arguments', { command: 'give' })
  },
  run(world, actor, { what, to }) {
    const item = findHeld(world, actor, what)
    if (!item.ok) return item
    const who = findCharacterHere(world, actor, to)
    if (!who.ok) return who
    return who.found.kind === 'npc'
      ? giveToNpc(world, actor, item.found, who.found)
      : giveToPerson(world, actor, item.found, who.found)
  },
}

const wordsOf = (args: string) => args.split(/\s+/).filter((w) => w !== '')

/** `дать масло смотрителю`, `give keeper oil`: without a preposition, what is held and who is here tell which is which. */
function told(args: string, { world, me }: ParseContext): GiveInput | undefined {
  const words = wordsOf(args)
  const isHeld = (text: string) => findItem(world, world.itemsOf(me.id), text).ok
  const isPerson = (text: string) => findCharacterHere(world, me, text).ok
  for (let i = 1; i < words.length; i++) {
    const isJoint = JOINTS.includes(words[i]!.toLowerCase()) && i < words.length - 1
    const [a, b] = [words.slice(0, i).join(' '), words.slice(isJoint ? i + 1 : i).join(' ')]
    if (isHeld(a) && isPerson(b)) return { what: a, to: b }
    if (isPerson(a) && isHeld(b)) return { what: b, to: a }
  }
  return undefined
}

function byJoint(args: string): GiveInput | undefined {
  const apart = splitAt(args, JOINTS)
  return apart && { what: apart[0], to: apart[1] }
}

/** One word for the person, whoever that may be. */
function guessed(args: string, { world, me }: ParseContext): GiveInput | undefined {
  const words = wordsOf(args)
  if (words.length < 2) return undefined
  const [first, ...rest] = words
  return findCharacterHere(world, me, first!).ok
    ? { what: rest.join(' '), to: first! }
    : { what: words.slice(0, -1).join(' '), to: words.at(-1)! }
}

const handOver = (actor: CharacterRecord, item: ItemRecord, who: CharacterRecord): WorldEvent => ({
  type: 'item.moved',
  item: item.id,
  thing: item.thing,
  by: actor.id,
  from: item.at,
  to: { holder: who.id },
  place: actor.place,
})

function giveToPerson(world: ZoneView, actor: CharacterRecord, item: ItemRecord, who: CharacterRecord): Verdict {
  const theirs = world.itemsOf(who.id)
  const weight = weightOf(world, theirs) + weightOf(world, [item])
  if (theirs.length >= CARRY_ITEMS_MAX || weight > CARRY_WEIGHT_MAX)
    return refuse('their_hands_full', { to: who.id, thing: item.thing })
  return accept(handOver(actor, item, who))
}

function giveToNpc(world: ZoneView, actor: CharacterRecord, item: ItemRecord, who: CharacterRecord): Verdict {
  const { place } = actor
  const want = who.npc && world.def.npcs.get(who.npc)?.wants.find((w) => w.thing === item.thing)
  if (!want) return refuse('not_wanted', { to: who.id, thing: item.thing })
  const effects = runEffects(world, want.effects, { actor, place, verb: 'give' })
  if (!effects.ok) return effects
  return accept(
    handOver(actor, item, who),
    { type: 'item.destroyed', item: item.id, thing: item.thing, place, by: actor.id, how: 'used' },
    { type: 'spoke', who: who.id, place, textKey: want.text, params: { actor: actor.id } },
    ...effects.events,
  )
}
