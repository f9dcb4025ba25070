/** The map in words: ways out, people and things here, each a button that types its command. */
import type { Locale } from '../../server/protocol/ids.ts'
import { onLocale, t } from '../i18n.ts'
import type { MapCharacter, MapExit, MapItem, MapMark, MapPlace, State, Store } from '../state.ts'
import { button, el, glyph } from './el.ts'

type Deps = { readonly store: Store; readonly type: (line: string) => void }

export type Surroundings = {
  readonly place: MapPlace
  readonly exits: readonly (Omit<MapExit, 'name'> & {
    readonly closed: boolean
    readonly locked: boolean
    readonly name: string
  })[]
  readonly characters: readonly MapCharacter[]
  readonly items: readonly MapItem[]
  readonly marks: readonly MapMark[]
}

/** What the picture says of the place one stands in. */
export function surroundings({
  picture,
  player,
  locale,
  marks: drawn = [],
}: Pick<State, 'picture' | 'player' | 'locale'> & Partial<Pick<State, 'marks'>>): Surroundings | undefined {
  const me = picture?.characters.get(player?.id ?? '')
  const place = me && picture?.places.get(me.place)
  if (!picture || !me || !place) return undefined
  const exits = place.exits.map((exit) => {
    const door = exit.door ? picture.doors.get(exit.door) : undefined
    const name = (picture.places.get(exit.to)?.name ?? exit.name)?.[locale] ?? ''
    return { ...exit, name, closed: door?.closed ?? false, locked: door?.locked ?? false }
  })
  const characters = [...picture.characters.values()].filter((one) => one.place === place.id && one.id !== me.id)
  const items = [...picture.items.values()].filter((item) => item.place === place.id)
  const marks = drawn.filter((mark) => mark.place === place.id)
  return { place, exits, characters, items, marks }
}

export function createHere({ store, type }: Deps): HTMLElement {
  const node = el('section', { class: 'here', tLabel: 'ui.here.label', attrs: { id: 'here' } })
  let shown = ''

  function render(): void {
    const now = surroundings(store.get())
    const signature = now ? JSON.stringify([store.get().locale, now]) : ''
    if (signature === shown) return
    shown = signature
    node.replaceChildren(...(now ? groups(now) : []))
  }

  const chip = (mark: string, text: string, command: string, word = '') =>
    el(
      'li',
      {},
      button(
        { class: 'chip', on: { click: () => type(command) } },
        glyph(mark),
        el('span', {}, text),
        word !== '' && el('span', { class: 'chip-word' }, word),
      ),
    )

  const group = (key: string, chips: readonly HTMLElement[]) =>
    chips.length > 0 &&
    el(
      'div',
      { class: 'here-group' },
      el('h2', { class: 'here-title', t: key }),
      el('ul', { class: 'chips' }, ...chips),
    )

  function groups({ exits, characters, items, marks }: Surroundings): HTMLElement[] {
    const lang = store.get().locale
    const exitChips = exits.map((exit) => {
      const direction = t(`ui.direction.${exit.direction}`)
      return chip(
        ARROWS[exit.direction] ?? '',
        direction,
        direction,
        exit.locked ? t('ui.here.locked') : exit.closed ? t('ui.here.closed') : exit.name,
      )
    })
    const people = characters
      .filter((one) => one.awake)
      .map((one) => chip(markOf(one), one.name[lang], `${t('ui.verb.look')} ${one.name[lang]}`))
    const asleep = characters.filter((one) => !one.awake).length
    if (asleep > 0) people.push(el('li', { class: 'chip-note' }, t('ui.here.asleep', { count: asleep })))
    const things = alike(items, lang).map(({ item, count }) =>
      chip(
        item.glyph || '*',
        item.name[lang],
        `${t('ui.verb.look')} ${item.name[lang]}`,
        count > 1 ? `\u00d7${count}` : '',
      ),
    )
    return [
      group('ui.here.exits', exitChips),
      group('ui.here.people', people),
      group('ui.here.things', things),
      ...marks.map(({ by, glyph: sign, note }) =>
        el('p', { class: 'here-mark' }, t('replay.mark', { name: by, text: `${sign} ${note}`.trim() })),
      ),
    ].filter((one) => one !== false)
  }

  store.watch((state) => state.picture, render)
  store.watch((state) => state.player, render)
  store.watch((state) => state.marks, render)
  onLocale(render)
  return node
}

export const ARROWS: Readonly<Record<string, string>> = {
  north: '\u2191',
  south: '\u2193',
  east: '\u2192',
  west: '\u2190',
  northeast: '\u2197',
  northwest: '\u2196',
  southeast: '\u2198',
  southwest: '\u2199',
  up: '\u21e7',
  down: '\u21e9',
  in: '\u00bb',
  out: '\u00ab',
}

const markOf = ({ kind, glyph }: MapCharacter): string =>
  kind === 'agent' ? '\u25ca' : kind === 'player' ? '@' : glyph || '&'

/** Things of one name as one, with how many there are. */
function alike(
  items: readonly MapItem[],
  lang: Locale,
): readonly { readonly item: MapItem; readonly count: number }[] {
  const groups = new Map<string, { item: MapItem; count: number }>()
  for (const item of items) {
    const group = groups.get(item.name[lang])
    if (group) group.count++
    else groups.set(item.name[lang], { item, count: 1 })
  }
  return [...groups.values()]
}
