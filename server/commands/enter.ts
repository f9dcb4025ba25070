/** Go into something: a boat, a doorway, a place by its name. */
import { z } from 'zod'
import { findItem, reachable } from './find.ts'
import { findExit, walk } from './go.ts'
import { portalNamed, sail, splitPortal } from './portal.ts'
import { reactTo } from './reactions.ts'
import { noun } from './shapes.ts'
import { type Command, parsed } from './types.ts'

export type EnterInput = {
  readonly what?: string /** Of a portal: which island. */
  readonly to?: string
}

export const enter: Command<EnterInput> = {
  name: 'enter',
  verbs: { en: ['enter', 'board'], ru: ['войти', 'войди', 'зайти'] },
  ticks: 1,
  input: z.object({ what: noun.optional(), to: noun.optional() }),
  parse: (args, { world, me }) => parsed(args === '' ? {} : (splitPortal(world, me, args) ?? { what: args })),
  run(world, actor, { what, to }) {
    if (what === undefined) return walk(world, actor, findExit(world, actor, 'in'), 'in')
    const portal = portalNamed(world, actor, what)
    if (portal) return sail(world, actor, portal, to)
    const item = findItem(world, reachable(world, actor), what)
    const inside = item.ok ? reactTo(world, actor, 'enter', item.found) : undefined
    return inside ?? walk(world, actor, findExit(world, actor, what), what)
  },
}
