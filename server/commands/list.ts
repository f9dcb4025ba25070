/** What is sold here, and for how much. */
import type { ZoneView } from '../engine/types.ts'
import type { Locale } from '../protocol/ids.ts'
import { render } from '../voice/index.ts'
import { type Nothing, nothing } from './shapes.ts'
import { offersOf, type Trader, tradersHere } from './shop.ts'
import { answer, type Command, parsed } from './types.ts'

export const list: Command<Nothing> = {
  name: 'list',
  verbs: { en: ['list', 'wares', 'shop'], ru: ['товары', 'прилавок', 'цены', 'список'] },
  ticks: 0,
  input: nothing,
  parse: () => parsed({}),
  run: (world, actor) =>
    answer(offersOf(world, tradersHere(world, actor)).map(({ thing, priceMicro }) => ({ thing, priceMicro }))),
  show(world, me, _input, { locale }) {
    const traders = tradersHere(world, me)
    if (traders.length === 0) return { refusal: { code: 'no_shop_here' } }
    return { kind: 'system', text: traders.flatMap((t) => wares(world, t, locale)).join('\n') }
  },
}

function wares(world: ZoneView, trader: Trader, locale: Locale): string[] {
  const npc = trader.npc.id
  const lines = offersOf(world, [trader]).map(
    ({ thing, priceMicro }) => `  ${render(locale, 'list.line', { thing, priceMicro }, world)}`,
  )
  return [
    ...(lines.length ? [render(locale, 'list.head', { npc }, world), ...lines, render(locale, 'list.how')] : []),
    ...(trader.npc.buys ? [render(locale, 'list.buys', { npc }, world)] : []),
  ]
}
