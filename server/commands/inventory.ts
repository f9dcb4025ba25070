/** What you carry and wear. */
import { z } from 'zod'
import { CARRY_WEIGHT_MAX } from '../limits.ts'
import { itemLines, render, shapesOfThing } from '../voice/index.ts'
import { weightOf } from './take.ts'
import { answer, type Command, parsed } from './types.ts'

export const inventory: Command<Record<string, never>> = {
  name: 'inventory',
  verbs: { en: ['inventory', 'inv', 'i'], ru: ['инвентарь', 'инв', 'и', 'вещи'] },
  ticks: 0,
  input: z.object({}),
  parse: () => parsed({}),
  run: (world, actor) =>
    answer(
      world
        .itemsOf(actor.id)
        .map((i) => ({ id: i.id, thing: i.thing, name: shapesOfThing(world, i.thing, actor.locale ?? 'en').nom })),
    ),
  show(world, me, _input, { locale }) {
    const items = world.itemsOf(me.id)
    if (items.length === 0) return { kind: 'system', text: render(locale, 'inventory.empty') }
    const head = render(locale, 'inventory.head', { weight: weightOf(world, items), max: CARRY_WEIGHT_MAX })
    return { kind: 'system', text: [head, ...itemLines(world, items, locale).map((l) => `  ${l}`)].join('\n') }
  },
}
