/** Walk through an exit of the place you stand in, by its direction, its door's name or the name of what lies beyond. */

import { z } from 'zod'
import { accept, refuse, type Verdict, type ZoneView } from '../engine/types.ts'
import { FOLLOWERS_MAX, NOUN_MAX_CHARS } from '../limits.ts'
import type { CharacterRecord, WorldEvent } from '../protocol/events.ts'
import type { Direction } from '../protocol/ids.ts'
import { type SeenExit, seenExits } from '../voice/index.ts'
import { bestOf } from './best.ts'
import { directionOf, directionVerbs } from './directions.ts'
import { nameScore, properScore } from './nouns.ts'
import { portalNamed, sail } from './portal.ts'
import { type Command, parsed, unparsed } from './types.ts'
import { nounWords } from './words.ts'

export type GoInput = { readonly to: string }

const PLAIN = { en: ['go', 'walk', 'run'], ru: ['идти', 'иди', 'идём', 'пойти', 'пойди', 'бежать'] } as const
/** Out of where one is, whichever way that is. */
const LEAVE = { en: ['leave'], ru: ['выйти', 'выйди', 'уйти', 'уйди'] } as const

export const go: Command<GoInput> = {
  name: 'go',
  verbs: {
    en: [...PLAIN.en, ...LEAVE.en, ...directionVerbs('en')],
    ru: [...PLAIN.ru, ...LEAVE.ru, ...directionVerbs('ru')],
  },
  ticks: 1,
  input: z.object({ to: z.string().max(NOUN_MAX_CHARS) }),
  parse(args, { verb, world, me }) {
    if (args === '' && isLeaving(verb)) return parsed({ to: wayOut(world, me) })
    const direction = directionOf(verb)
    if (direction) return args === '' ? parsed({ to: direction }) : parsed({ to: args })
    return args === '' ? unparsed('bad_arguments', { command: 'go' }) : parsed({ to: args })
  },
  run(world, actor, { to }) {
    const way = findExit(world, actor, to)
    const portal = way ? undefined : portalNamed(world, actor, to)
    return portal ? sail(world, actor, portal) : walk(world, actor, way, to)
  },
}

const isLeaving = (verb: string): boolean => [...LEAVE.en, ...LEAVE.ru].some((word) => word === verb)
/** The only way there is, or the one that is called so. */
function wayOut(world: ZoneView, me: CharacterRecord): Direction {
  const [first, ...more] = seenExits(world, me)
  return first && more.length === 0 ? first.exit.direction : 'out'
}

/** The exit that the words mean: a direction, a door, or the place beyond. */
export function findExit(world: ZoneView, me: CharacterRecord, text: string): SeenExit | undefined {
  const exits = seenExits(world, me)
  const words = nounWords(text)
  const direction = directionOf(text) ?? directionOf(words)
  if (direction) return exits.find((e) => e.exit.direction === direction)
  return bestOf(exits, (seen) => exitScore(world, seen, words))
}

function exitScore(world: ZoneView, { exit, door }: SeenExit, words: string): number {
  if (exit.to === words) return 5
  const beyond = world.def.places.get(exit.to)
  const byPlace = beyond ? Math.max(...Object.values(beyond.name).map((n) => placeScore(n, words))) : 0
  return Math.max(byPlace, door ? nameScore(door.def.name, words) : 0)
}

/** A place is a proper name of several words: any of them begun will do. */
const placeScore = (name: string, words: string): number =>
  Math.max(
    properScore(name, words),
    ...name.split(/\s+/).map((word) => (words.length > 2 ? Math.min(2, properScore(word, words)) : 0)),
  )

/** Through an exit with everybody who follows; or why not. */
export function walk(world: ZoneView, actor: CharacterRecord, seen: SeenExit | undefined, words: string): Verdict {
  if (actor.posture === 'sitting') return refuse('sitting')
  if (!seen) return noExit(world, actor, words)
  const barred = bar(world, actor, seen)
  if (barred) return barred
  return accept(...stepEvents(actor, seen), ...followers(world, actor, seen).flatMap((who) => stepEvents(who, seen)))
}

function noExit(world: ZoneView, actor: CharacterRecord, words: string): Verdict {
  const exits = seenExits(world, actor).map((e) => e.exit.direction)
  const direction = directionOf(words)
  return refuse('no_exit', { exits, ...(direction ? { direction } : { name: nounWords(words) }) })
}

function bar(world: ZoneView, actor: CharacterRecord, { exit, door }: SeenExit): Verdict | undefined {
  if (door?.locked) return refuse('locked', { door: door.def.id, ...(door.def.key && { key: door.def.key }) })
  if (door?.closed) return refuse('door_closed', { door: door.def.id })
  if (exit.lock && !world.holds(exit.lock, actor))
    return refuse('not_allowed', exit.fail ? { textKey: exit.fail, actor: actor.id } : {})
  return undefined
}

const stepEvents = (who: CharacterRecord, { exit }: SeenExit): readonly WorldEvent[] => [
  { type: 'moved', who: who.id, from: who.place, to: exit.to, direction: exit.direction as Direction },
]

/** Who follows the one who walks, and who follows them; each must be able to pass. */
function followers(world: ZoneView, leader: CharacterRecord, seen: SeenExit): readonly CharacterRecord[] {
  const here = world
    .charactersIn(leader.place)
    .filter((c) => c.following !== undefined && c.awake && c.posture === 'standing')
  const company: CharacterRecord[] = []
  let leaders = new Set([leader.id])
  while (leaders.size > 0 && company.length < FOLLOWERS_MAX) {
    const next = here.filter(
      (c) => leaders.has(c.following!) && c.id !== leader.id && !company.includes(c) && !bar(world, c, seen),
    )
    company.push(...next.slice(0, FOLLOWERS_MAX - company.length))
    leaders = new Set(next.map((c) => c.id))
  }
  return company
}
