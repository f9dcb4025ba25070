/** The first lines of a session: where you are, and what to do next; or what there is since you were last here. */
import type { ZoneView } from '../engine/types.ts'
import type { CharacterRecord } from '../protocol/events.ts'
import type { Locale } from '../protocol/ids.ts'
import type { OutputDraft } from '../protocol/terminal.ts'
import { describeEvent, describePlace, render } from '../voice/index.ts'
import type { LiveSession } from './session.ts'
import type { Words } from './session-verb.ts'
import type { Kept, TerminalServices } from './types.ts'

const AGENTS_SHOWN = 3

/** `before` is what happened while they came in; of that, what the first lines say themselves is not said again. */
export async function greet(
  services: TerminalServices,
  session: LiveSession,
  kept: Kept,
  before: readonly OutputDraft[],
): Promise<readonly OutputDraft[]> {
  const locale = session.locale()
  const person = session.person()
  const words: Words = (key, params) => render(locale, key, params)
  const system = (text: string): OutputDraft => ({ kind: 'system', text })
  const read = <T>(look: (world: ZoneView, me: CharacterRecord) => T) => services.zones.read(person.id, look)
  const place = read(
    (world, me): OutputDraft => ({
      kind: 'place',
      text: describePlace(world, me, locale),
      data: { place: me.place },
    }),
  )
  const placeLines = place ? [place] : []
  const isBack = kept.lastSeenMs > 0
  if (isBack) {
    const next = await sinceThen(services, session, kept, words)
    const seen = before.filter((draft) => draft.kind !== 'place')
    return [system(words('welcome.back', { name: person.name })), ...seen, ...placeLines, ...next.map(system)]
  }
  const arrival = read((world, me) => arrivalLines(world, me, locale)) ?? []
  const greetings = read((world, me) => greetingsHere(world, me, locale)) ?? []
  const first = { name: person.name, title: services.zones.world().title[locale] }
  const said = new Set([...arrival, ...greetings].map(({ text }) => text))
  return [
    ...(arrival.length > 0 ? arrival : [system(words('welcome.new', first))]),
    ...placeLines,
    ...greetings,
    ...before.filter((draft) => draft.kind !== 'place' && !said.has(draft.text)),
    system(words(person.guest ? 'welcome.name_hint' : 'welcome.help_hint', { name: person.name })),
  ]
}

/** What the place says to newcomers, also to those whose character came in before the terminal was open. */
function arrivalLines(world: ZoneView, me: CharacterRecord, locale: Locale): readonly OutputDraft[] {
  const hook = world.def.places.get(me.place)?.on.find((h) => h.verb === 'enter' && h.text !== undefined)
  return hook?.text === undefined ? [] : [{ kind: 'event', text: render(locale, hook.text, { actor: me.id }, world) }]
}

/** The same for what the people here have said to them on their coming. */
function greetingsHere(world: ZoneView, me: CharacterRecord, locale: Locale): readonly OutputDraft[] {
  return world.charactersIn(me.place).flatMap((who): readonly OutputDraft[] => {
    const textKey = who.npc && world.def.npcs.get(who.npc)?.greet
    if (!textKey || !Object.hasOwn(me.vars, `greeted:${who.npc}`)) return []
    const params = { actor: me.id }
    const described = describeEvent(
      { type: 'spoke', who: who.id, place: who.place, textKey, params, to: me.id },
      me.id,
      world,
      locale,
    )
    return described ? [described] : []
  })
}

async function sinceThen(
  { agents, lessons, ledger }: TerminalServices,
  session: LiveSession,
  kept: Kept,
  words: Words,
): Promise<readonly string[]> {
  const { id } = session.person()
  const [mine, list, balance] = await Promise.all([
    agents?.list(id) ?? [],
    lessons?.list(id, session.locale()) ?? [],
    ledger?.balance(`player:${id}`),
  ])
  const unread = kept.letters.filter((l) => !l.read).length
  const open = list.findLast((l) => l.status === 'started') ?? list.find((l) => l.status === 'open')
  return [
    ...(unread ? [words('welcome.mail', { count: unread })] : []),
    ...mine.slice(0, AGENTS_SHOWN).map(({ name, status }) => words('welcome.agent', { name, status })),
    ...(balance === undefined ? [] : [words('welcome.balance', { balanceMicro: String(balance) })]),
    open ? words('welcome.next_lesson', { title: open.title, slug: open.slug }) : words('welcome.help_hint'),
  ]
}
