/** What an answer from outside comes to, by what was asked. */
import { z } from 'zod'
import { HOLDER_ITEMS_MAX, NPC_SPEECH_MAX_CHARS } from '../limits.ts'
import type { EventOf, ItemAt, ItemRecord, Request, WorldEvent } from '../protocol/events.ts'
import type { Params } from '../protocol/ids.ts'
import type { RefusalCode } from '../protocol/refusals.ts'
import { overLimit } from './bounds.ts'
import { isHere, newItem } from './effects.ts'
import { scriptVerdict } from './script.ts'
import type { Store } from './store.ts'
import { accept, type Verdict, type ZoneInput, type ZoneView } from './types.ts'

type Settle = Extract<ZoneInput, { type: 'settle' }>
type Of<K extends Request['kind']> = Extract<Request, { kind: K }>

const text = z.string()
const trade = { who: text, npc: text, thing: text, place: text, priceMicro: text }
/**
 * `then` of a transfer says what the payment was for:
 * - `{ type: 'buy', who, npc, thing, place, priceMicro }`: paid, a new thing is in the buyer's hands (or in the place, if they are full or gone);
 * - `{ type: 'sell', who, npc, thing, place, priceMicro, item }`: the item (a whole record) was taken when asking; not paid, it is given back.
 */
const purchase = z.discriminatedUnion('type', [
  z.object({ type: z.literal('buy'), ...trade }),
  z.object({
    type: z.literal('sell'),
    ...trade,
    item: z.custom<ItemRecord>((value) => typeof value === 'object' && value !== null && 'id' in value),
  }),
])

/** As the answer to a portal: whoever went in was a visitor here, and is not coming back. */
export const GONE = 'gone'

/** `onRefused` hears why a script's answer was void. */
export function settle(view: ZoneView, store: Store, input: Settle, onRefused: (why: string) => void): Verdict {
  const pending = view.state.pending.get(input.id)
  if (!pending) return accept()
  const { request, by } = pending
  const settled: WorldEvent = { type: 'settled', id: input.id, ok: input.ok, ...(input.code && { code: input.code }) }
  switch (request.kind) {
    case 'handoff':
      return accept(settled, ...(input.ok ? [] : comeBack(view, request, input.code)))
    case 'transfer':
      return accept(settled, ...traded(view, request, input))
    case 'script':
      return scripted(view, store, request, by, input, onRefused)
    case 'speech':
      return accept(settled, ...spoken(view, request, input))
    case 'portal':
      return accept(settled, ...(input.value === GONE ? leftBehind(view, request) : cameHome(view, request, input)))
  }
}

/** The other side said no: they stand where they were, with everything. */
function comeBack(
  view: ZoneView,
  { character, items, from }: Of<'handoff'>,
  code: RefusalCode = 'zone_unavailable',
): WorldEvent[] {
  const place = from !== undefined && isHere(view, from) ? from : view.zone.respawn
  return [{ type: 'joined', character: { ...character, place }, items }, refused(character.id, 'go', code)]
}

/** A visit is over, or never began: they stand where they stood, with everything that was in keeping. */
function cameHome(view: ZoneView, { character, items }: Of<'portal'>, { ok, code, value }: Settle): WorldEvent[] {
  const place = isHere(view, character.place) ? character.place : view.zone.respawn
  const home: WorldEvent = { type: 'joined', character: { ...character, place }, items }
  if (ok) return [home]
  const params = value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Params) : undefined
  return [home, { ...refused(character.id, 'enter', code ?? 'zone_unavailable'), ...(params && { params }) }]
}

/** Things are of a world: what a visitor held lies where they left it. */
function leftBehind(view: ZoneView, { character, items }: Of<'portal'>): WorldEvent[] {
  const place = isHere(view, character.place) ? character.place : view.zone.respawn
  return items.map((item) => {
    const at: ItemAt = 'holder' in item.at ? { place } : item.at
    return { type: 'item.created', item: { ...item, at }, place }
  })
}

const refused = (who: string, command: string, code: RefusalCode): EventOf<'refused'> => ({
  type: 'refused',
  who,
  command,
  code,
})

function traded(view: ZoneView, { then }: Of<'transfer'>, { ok, code }: Settle): WorldEvent[] {
  const parsed = purchase.safeParse(then)
  if (!parsed.success) return []
  const deal = parsed.data
  const { who, npc, thing, place, priceMicro } = deal
  const done = { who, place, npc, thing, priceMicro }
  const at = handsOrPlace(view, who, place)
  if (deal.type === 'buy') {
    if (!ok) return [refused(who, 'buy', code ?? 'cannot_afford')]
    return [
      { type: 'item.created', item: newItem(view, thing, at), place },
      { type: 'bought', ...done },
    ]
  }
  if (ok) return [{ type: 'sold', ...done }]
  return [{ type: 'item.created', item: { ...deal.item, at }, place }, refused(who, 'sell', code ?? 'will_not_buy')]
}

function handsOrPlace(view: ZoneView, who: string, place: string): ItemAt {
  const hasRoom = view.state.characters.has(who) && view.itemsOf(who).length < HOLDER_ITEMS_MAX
  return hasRoom ? { holder: who } : { place: isHere(view, place) ? place : view.zone.respawn }
}

const said = z.object({ text: z.string().trim().min(1).max(NPC_SPEECH_MAX_CHARS) })

/** Said by who is still there, in the words that came, or in those of the authored line. Somebody who walked off says nothing. */
function spoken(view: ZoneView, { who, place, to, locale, line }: Of<'speech'>, { ok, value }: Settle): WorldEvent[] {
  if (view.state.characters.get(who)?.place !== place) return []
  const parsed = ok ? said.safeParse(value) : undefined
  const words = parsed?.success && { words: { locale, text: parsed.data.text } }
  return [{ type: 'spoke', who, place, textKey: line, params: { actor: to }, ...words }]
}

function scripted(
  view: ZoneView,
  store: Store,
  request: Of<'script'>,
  by: string | undefined,
  input: Settle,
  onRefused: (why: string) => void,
): Verdict {
  const voided = (code: RefusalCode): Verdict =>
    accept(
      { type: 'settled', id: input.id, ok: false, code },
      ...(by !== undefined && view.state.characters.has(by) ? [refused(by, 'use', code)] : []),
    )
  if (!input.ok) return voided(input.code ?? 'jammed')
  const verdict = scriptVerdict(view, store, request, by, input.value)
  const limit = verdict.ok ? overLimit(store, verdict.events) : verdict.refusal
  if (verdict.ok && !limit) return accept({ type: 'settled', id: input.id, ok: true }, ...verdict.events)
  onRefused(`${request.script}.${request.handler}: ${limit?.params?.why ?? limit?.code}`)
  return voided('jammed')
}
