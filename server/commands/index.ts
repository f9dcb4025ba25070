/** Everything that can be done in the world, by people, agents and the world's own characters alike. */
import type { z } from 'zod'
import { type CommandRunner, refuse, type Verdict } from '../engine/types.ts'
import { ask } from './ask.ts'
import { buy } from './buy.ts'
import { close } from './close.ts'
import { drop } from './drop.ts'
import { drink, eat } from './eat-drink.ts'
import { emote } from './emote.ts'
import { enter } from './enter.ts'
import { examine } from './examine.ts'
import { exits } from './exits.ts'
import { follow } from './follow.ts'
import { give } from './give.ts'
import { go } from './go.ts'
import { home } from './home.ts'
import { hookEvents } from './hooks.ts'
import { inventory } from './inventory.ts'
import { list } from './list.ts'
import { lock, unlock } from './lock.ts'
import { look } from './look.ts'
import { map } from './map.ts'
import { open } from './open.ts'
import { createLineParser } from './parse-line.ts'
import { pull, push } from './push-pull.ts'
import { put } from './put.ts'
import { read } from './read.ts'
import { remove } from './remove.ts'
import { say } from './say.ts'
import { search } from './search.ts'
import { sell } from './sell.ts'
import { shout } from './shout.ts'
import { sit } from './sit.ts'
import { stand } from './stand.ts'
import { take } from './take.ts'
import { talkTo } from './talk-to.ts'
import { tell } from './tell.ts'
import { time } from './time.ts'
import type { AnyCommand } from './types.ts'
import { use } from './use.ts'
import { createVerbTable } from './verb-table.ts'
import { wait } from './wait.ts'
import { wear } from './wear.ts'
import { where } from './where.ts'
import { whisper } from './whisper.ts'

const MOVING: readonly AnyCommand[] = [go, enter, exits, follow, home, sit, stand, wait]
const SEEING: readonly AnyCommand[] = [look, examine, read, search, map, where, time]
const THINGS: readonly AnyCommand[] = [take, drop, put, give, inventory, wear, remove, open, close, lock, unlock]
const DOING: readonly AnyCommand[] = [use, push, pull, eat, drink, buy, sell, list]
const TALKING: readonly AnyCommand[] = [say, tell, whisper, shout, emote, ask, talkTo]

/** In the order of the help. */
export const COMMAND_TOPICS = {
  moving: MOVING,
  seeing: SEEING,
  things: THINGS,
  doing: DOING,
  talking: TALKING,
} as const

const ALL = Object.values(COMMAND_TOPICS).flat()

export const commands: ReadonlyMap<string, AnyCommand> = new Map(ALL.map((c) => [c.name, c]))

/** Checks the shape, then asks the command, then the place. Pure; an unknown name or a wrong shape is a refusal. */
export const runCommand: CommandRunner = (world, actor, name, input) => {
  const command = commands.get(name)
  if (!command) return refuse('unknown_command', { word: name.slice(0, 40) })
  const checked = command.input.safeParse(input)
  if (!checked.success) return misshapen(name, checked.error.issues)
  const verdict = command.run(world, actor, checked.data)
  if (!verdict.ok || verdict.events.length === 0) return verdict
  const more = hookEvents(world, actor, name)
  return more.length === 0 ? verdict : { ...verdict, events: [...verdict.events, ...more] }
}

/** Too much of a text is a reason of its own: what to do about it is known. */
function misshapen(command: string, issues: readonly z.core.$ZodIssue[]): Verdict {
  const [first] = issues
  if (issues.length === 1 && first?.code === 'too_big' && first.origin === 'string')
    return refuse('too_long', { max: Number(first.maximum) })
  return refuse('bad_arguments', { command })
}

export const worldVerbs = createVerbTable(ALL)
export const parseLine = createLineParser(commands)
export { agentInput } from './agent-input.ts'
export type { EnterInput } from './enter.ts'
export { findCharacterHere, reachable } from './find.ts'
export type { ParsedLine } from './parse-line.ts'
export { portalNamed, portalsIn } from './portal.ts'
export type { AnyCommand } from './types.ts'
export { collisions, createVerbTable, type VerbEntry, type VerbTable } from './verb-table.ts'
export { firstWord, normalise } from './words.ts'
