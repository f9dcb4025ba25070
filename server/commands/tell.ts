/** Say something to one person, wherever in the world they are; people of the world must be here, and answer. */
import { z } from 'zod'
import { accept, refuse, type Verdict, type ZoneView } from '../engine/types.ts'
import { NAME_MAX_CHARS } from '../limits.ts'
import type { CharacterRecord } from '../protocol/events.ts'
import { bestCharacter, findCharacterInZone } from './find.ts'
import { answerTo } from './npc-talk.ts'
import { noun, talk } from './shapes.ts'
import { type Command, type ParseContext, parsed, unparsed } from './types.ts'
import { firstWord, normalise } from './words.ts'

/** `toName` is given with the id of somebody in another zone, whom this zone cannot name. */
export type TellInput = { readonly to: string; readonly text: string; readonly toName?: string }

const ELSEWHERE = /^(?:player|agent)_[0-9a-z]{1,40}$/

export const tell: Command<TellInput> = {
  name: 'tell',
  verbs: { en: ['tell', 't'], ru: ['написать', 'напиши', 'сообщить', 'сообщи'] },
  ticks: 1,
  input: z.object({ to: noun, text: talk, toName: z.string().max(NAME_MAX_CHARS).optional() }),
  parse(args, ctx) {
    const [to, text] = splitName(args, ctx)
    if (to === '') return unparsed('bad_arguments', { command: 'tell' })
    return text === '' ? unparsed('nothing_to_say', { command: 'tell' }) : parsed({ to, text })
  },
  run(world, actor, { to, text, toName }) {
    if (text.trim() === '') return refuse('nothing_to_say', { command: 'tell' })
    const who = findCharacterInZone(world, actor, to)
    if (who) return tellOne(world, actor, who, text.trim())
    if (!ELSEWHERE.test(to)) return refuse('no_such_person', { name: to })
    return accept({
      type: 'told',
      who: actor.id,
      place: actor.place,
      to,
      text: text.trim(),
      ...(toName !== undefined && { toName }),
    })
  },
}

/** Names may have several words: the longest beginning of the line that is somebody's whole name, else its first word. */
export function splitName(
  args: string,
  { world, me }: Pick<ParseContext, 'world' | 'me'>,
): readonly [name: string, rest: string] {
  const quoted = /^["«“']([^"»”']+)["»”']\s*(.*)$/.exec(args)
  if (quoted) return [quoted[1]!.trim(), quoted[2]!]
  const words = args.split(/\s+/)
  for (let n = Math.min(4, words.length - 1); n > 1; n--) {
    const name = words.slice(0, n).join(' ')
    const who = bestCharacter(
      world,
      [...world.state.characters.values()].filter((c) => c.id !== me.id),
      normalise(name),
    )
    if (who && (who.kind === 'npc' || normalise(who.name) === normalise(name)))
      return [name, words.slice(n).join(' ')]
  }
  const [name, rest] = firstWord(args)
  return [name.replace(/[:,]$/, ''), rest]
}

function tellOne(world: ZoneView, actor: CharacterRecord, who: CharacterRecord, text: string): Verdict {
  if (who.kind === 'npc') return who.place === actor.place ? speakTo(world, actor, who, text) : refuse('too_far')
  if (!who.awake) return refuse('asleep', { who: who.id })
  return accept({ type: 'told', who: actor.id, place: actor.place, to: who.id, text })
}

/** Said aloud, since the world's people have nothing to hide. */
export const speakTo = (world: ZoneView, actor: CharacterRecord, who: CharacterRecord, text: string): Verdict =>
  accept({ type: 'said', who: actor.id, place: actor.place, text }, ...answerTo(world, actor, who, text, true))
