/** Put what you hold into a container. */
import { z } from 'zod'
import { accept, refuse, type Verdict, type ZoneView } from '../engine/types.ts'
import type { CharacterRecord, ItemRecord, WorldEvent } from '../protocol/events.ts'
import { drop } from './drop.ts'
import { findItem, findItems, isOpenContainer, reachable, splitNouns } from './find.ts'
import { notHolding } from './hands.ts'
import { noun } from './shapes.ts'
import { type Command, parsed, unparsed } from './types.ts'

export type PutInput = { readonly what: string; readonly into?: string }

export const put: Command<PutInput> = {
  name: 'put',
  verbs: { en: ['put', 'place'], ru: ['положить', 'положи', 'класть', 'поставить', 'сложить'] },
  ticks: 1,
  input: z.object({ what: noun, into: noun.optional() }),
  parse(args, ctx) {
    const rest = args.replace(/^down\b\s*/i, '').replace(/\s+down$/i, '')
    if (rest === '') return unparsed('bad_arguments', { command: 'put' })
    const apart = splitNouns(rest, ['in', 'into', 'on', 'inside', 'в', 'во', 'на', 'внутрь'], ctx)
    return parsed(apart ? { what: apart[0], into: apart[1] } : { what: rest })
  },
  run(world, actor, input) {
    const hits = findItems(world, world.itemsOf(actor.id), input.what)
    if (!hits.ok) return notHolding(world, actor, input.what, hits)
    if (input.into === undefined) return drop.run(world, actor, { what: input.what })
    const box = findItem(world, reachable(world, actor), input.into)
    if (!box.ok)
      return /^(?:земл|пол|ground|floor)/i.test(input.into) ? drop.run(world, actor, { what: input.what }) : box
    return putInto(world, actor, hits.found, box.found)
  },
}

function putInto(world: ZoneView, actor: CharacterRecord, items: readonly ItemRecord[], box: ItemRecord): Verdict {
  const def = world.def.things.get(box.thing)
  const loose = items.filter((i) => i.id !== box.id)
  if (def?.kind !== 'container' || loose.length === 0) return refuse('not_a_container', { thing: box.thing })
  if (!isOpenContainer(world, box)) return refuse('closed', { thing: box.thing })
  const room = (def.capacity ?? Number.POSITIVE_INFINITY) - world.itemsInside(box.id).length
  const fitting = loose.filter((i) => !holdsWithin(world, i, box)).slice(0, Math.max(0, room))
  if (fitting.length === 0) return refuse('full', { container: box.thing })
  return accept(
    ...fitting.map((item): WorldEvent => {
      const to = { inside: box.id }
      return {
        type: 'item.moved',
        item: item.id,
        thing: item.thing,
        by: actor.id,
        from: item.at,
        to,
        place: actor.place,
      }
    }),
  )
}

/** A box cannot go into what it holds itself. */
const holdsWithin = (world: ZoneView, outer: ItemRecord, inner: ItemRecord): boolean =>
  world.itemsInside(outer.id).some((i) => i.id === inner.id || holdsWithin(world, i, inner))
