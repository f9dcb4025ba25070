/** Everybody who is awake in the world, people and lanterns, and where: a word to them is a press away. */
import type { AwakeList } from '../../server/protocol/api.ts'
import { locale, onLocale, t } from '../i18n.ts'
import { AWAKE_REFRESH_MS } from '../limits.ts'
import { button, el, glyph } from './el.ts'
import { whileLookedAt } from './looked-at.ts'
import { createNote } from './note.ts'
import type { PaneContext } from './panes.ts'
import { whenPlaying } from './when-playing.ts'

type Awake = AwakeList['awake'][number]

export function mount(element: HTMLElement, context: PaneContext): () => void {
  let shown = ''
  let last: AwakeList | undefined
  const head = el('h2', { class: 'who-title' })
  const list = el('ul', { class: 'who' })
  const more = el('p', { class: 'who-more' })
  const note = createNote()
  element.append(head, list, more, note.node)

  async function load(): Promise<void> {
    try {
      last = await context.api.get<AwakeList>('/api/v1/awake')
      note.clear()
      draw()
    } catch (error) {
      note.failed(error)
    }
  }

  /** Draws only what has changed, and leaves the focus where it is. */
  function draw(): void {
    if (!last) return
    const signature = JSON.stringify([locale(), context.store.get().player?.id, last])
    if (signature === shown) return
    shown = signature
    const focused = list.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.who
      : undefined
    head.textContent = t('panels.who.head', { count: last.awake.filter((one) => one.kind === 'player').length })
    list.replaceChildren(...last.awake.map(row))
    more.textContent = last.more > 0 ? t('panels.who.more', { count: last.more }) : ''
    if (focused) list.querySelector<HTMLElement>(`[data-who="${focused}"]`)?.focus()
  }

  function row({ id, name, kind, owner, placeName, zoneName }: Awake): HTMLElement {
    const me = context.store.get().player?.id
    const remark = id === me ? t('panels.who.you') : owner === undefined ? '' : t('panels.who.of', { owner })
    return el(
      'li',
      { class: `who-${kind}` },
      glyph(kind === 'agent' ? '◊' : '@'),
      el(
        'span',
        { class: 'who-words' },
        el('span', { class: 'who-name' }, name),
        remark !== '' && el('span', { class: 'who-remark' }, ` ${remark}`),
        el('span', { class: 'who-place' }, `${placeName[locale()]} · ${zoneName[locale()]}`),
      ),
      kind === 'player' &&
        id !== me &&
        button(
          {
            class: 'button',
            attrs: { 'data-who': id, 'aria-label': t('panels.who.tell-label', { name }) },
            on: { click: () => context.offer(`${t('panels.who.tell-verb')} ${name} `) },
          },
          t('panels.who.tell'),
        ),
    )
  }

  const stops = [
    onLocale(draw),
    whileLookedAt(element, AWAKE_REFRESH_MS, load),
    whenPlaying(context, () => void load()),
    context.store.watch(
      ({ pane }) => pane,
      (pane) => pane === 'who' && context.store.get().player !== undefined && void load(),
    ),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
