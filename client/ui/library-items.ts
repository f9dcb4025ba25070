/** Items of the library: looked for, listed, one of them in full with its owner, signature and versions, and installed. */
import type {
  LibraryItem,
  LibraryItemAnswer,
  LibraryList,
  LibraryVersion,
  WorldItem,
} from '../../server/protocol/library-api.ts'
import { locale, onLocale, t } from '../i18n.ts'
import { button, el } from './el.ts'
import { beside, chooser, type Deed, input, keepingFocus, labelled, offer, sends } from './library-form.ts'
import { timeOf } from './network-words.ts'
import type { PaneContext } from './panes.ts'

export type ProjectChoice = { readonly id: string; readonly name: string }
const KINDS = ['all', 'entity', 'module'] as const

export function createItemsSection(context: PaneContext, deed: Deed, projects: () => readonly ProjectChoice[]) {
  const { api, store } = context
  const words = input('library-q', { type: 'search', maxlength: 100 })
  const kind = chooser('library-kind')
  const count = el('p', { class: 'net-quiet', attrs: { role: 'status' } })
  const list = el('ul', { class: 'library-list' })
  const more = button({ class: 'button', t: 'library.page.more', attrs: { hidden: true } })
  const installed = el('ul', { class: 'library-list' })
  // What is written here outlives that the list around it is drawn again.
  const version = chooser('library-version')
  const project = chooser('library-project')
  const zone = input('library-zone', { required: true, maxlength: 60 })
  const place = input('library-place', { maxlength: 60 })
  const form = el(
    'form',
    { class: 'job-form', attrs: { role: 'search', novalidate: true } },
    beside(labelled('library.page.search', 'library-q', words), labelled('library.page.kind', 'library-kind', kind)),
    sends('library.page.find'),
  )
  const node = el(
    'section',
    { class: 'net-section' },
    el('h3', { class: 'net-heading', t: 'library.page.items' }),
    form,
    count,
    list,
    more,
    el('h3', { class: 'net-heading', t: 'library.page.in_world' }),
    installed,
  )
  let shown: readonly LibraryItem[] = []
  let silent = 0
  let next: string | undefined
  let opened: { readonly name: string; readonly answer: LibraryItemAnswer } | undefined
  let inWorld: readonly WorldItem[] = []
  const isAdmin = () => store.get().player?.roles.includes('admin') === true

  async function load(after?: string): Promise<void> {
    const query = new URLSearchParams({ limit: '20' })
    if (words.value.trim() !== '') query.set('q', words.value.trim())
    if (kind.value !== 'all' && kind.value !== '') query.set('kind', kind.value)
    if (after !== undefined) query.set('after', after)
    const page = await deed(() => api.get<LibraryList>(`/api/v1/library?${query}`))
    if (!page) return
    shown = after === undefined ? page.items : [...shown, ...page.items]
    silent = page.silent.length
    next = page.next
    draw()
  }
  async function loadWorld(): Promise<void> {
    const page = await deed(() => api.get<{ items: readonly WorldItem[] }>('/api/v1/world-items'))
    if (page) inWorld = page.items
    draw()
  }

  async function open({ name, owner }: Pick<LibraryItem, 'name' | 'owner'>): Promise<void> {
    const answer = await deed(() => api.get<LibraryItemAnswer>(`/api/v1/library/${name}?owner=${owner}`))
    if (!answer) return
    const key = `${name} ${owner}`
    if (opened?.name !== key) version.value = zone.value = place.value = ''
    opened = { name: key, answer }
    draw()
    node.querySelector<HTMLElement>('.library-details h4')?.focus()
  }
  function close(): void {
    const was = opened?.name
    opened = undefined
    draw()
    node.querySelector<HTMLElement>(`[data-item="${was}"] .library-open`)?.focus()
  }

  const draw = (): void => keepingFocus(node, drawLists)
  function drawLists(): void {
    offer(
      kind,
      KINDS.map((each) => [each, t(`library.page.kind.${each}`)]),
    )
    const isAsked = words.value.trim() !== '' || (kind.value !== 'all' && kind.value !== '')
    count.textContent = [
      shown.length === 0 && !isAsked ? t('library.page.empty') : t('library.page.count', { count: shown.length }),
      ...(silent > 0 ? [t('library.silent', { count: silent })] : []),
    ].join(' ')
    list.replaceChildren(...shown.map(row))
    more.hidden = next === undefined
    installed.replaceChildren(
      ...(inWorld.length === 0
        ? [el('li', { class: 'net-quiet' }, t('library.page.in_world_none'))]
        : inWorld.map(worldRow)),
    )
  }

  function row(item: LibraryItem): HTMLElement {
    const key = `${item.name} ${item.owner}`
    const isOpen = opened?.name === key
    const toggle = button(
      {
        class: 'button library-open',
        attrs: {
          id: `open-${item.name}-${item.owner}`,
          'aria-expanded': String(isOpen),
          'aria-label': t('library.page.open', { name: item.name }),
        },
        on: { click: () => (isOpen ? close() : void open(item)) },
      },
      t('library.page.details'),
    )
    return el(
      'li',
      { class: 'library-item', attrs: { 'data-item': key } },
      el(
        'div',
        { class: 'job-head' },
        el('span', { class: 'job-name' }, item.title[locale()]),
        el('span', { class: 'job-status' }, `${item.name} ${item.version}`),
        toggle,
      ),
      el('p', { class: 'net-quiet' }, item.summary[locale()]),
      isOpen && details(opened!.answer),
    )
  }

  function details({ versions }: LibraryItemAnswer): HTMLElement {
    const [first] = versions
    if (!first) return el('div')
    const facts: readonly (readonly [string, string])[] = [
      ['library.page.owner', first.owner],
      ['library.page.publisher', first.publisher.name],
      ['library.page.signature', t('library.page.signed')],
      ['library.page.hash', first.cid],
      ['library.page.size', t('library.page.bytes', { bytes: first.bytes })],
    ]
    return el(
      'div',
      { class: 'library-details' },
      el(
        'h4',
        { class: 'net-subheading', attrs: { id: 'library-opened', tabindex: -1 } },
        `${first.title[locale()]}: ${first.name}`,
      ),
      el(
        'dl',
        { class: 'library-facts' },
        ...facts.flatMap(([key, value]) => [el('dt', {}, t(key)), el('dd', { class: 'library-hash' }, value)]),
      ),
      el('h5', { class: 'net-subheading' }, t('library.page.versions')),
      el('ul', { class: 'library-list' }, ...versions.map(versionRow)),
      installForm(versions),
      button({ class: 'button', attrs: { id: 'library-close' }, on: { click: close } }, t('library.page.close')),
    )
  }

  function standing({ yanked, why, state, refusal }: LibraryVersion): string {
    if (yanked) return t('library.page.standing.yanked', { why: why || 'none' })
    if (state === 'pending') return t('library.page.standing.pending')
    if (state === 'refused') return t('library.page.standing.refused', { why: refusal ?? '' })
    return t('library.page.standing.good')
  }

  function versionRow(version: LibraryVersion): HTMLElement {
    const { name, version: number, yanked, publisher, state } = version
    const isMine = state !== undefined && publisher.id === store.get().player?.id
    const turn = () =>
      void deed(
        () => api.post<LibraryVersion>(`/api/v1/library/${name}/versions/${number}/yank`, { yanked: !yanked }),
        () => () => t(yanked ? 'library.page.unyanked' : 'library.page.yanked', { name, version: number }),
      ).then((done) => done && open(version))
    return el(
      'li',
      { class: 'job-head' },
      el('span', { class: 'job-name' }, number),
      el('span', { class: 'job-status' }, `${timeOf(version.atMs)}; ${standing(version)}`),
      isMine &&
        button(
          { class: 'button', on: { click: turn } },
          t(yanked ? 'library.page.unyank' : 'library.page.yank', { version: number }),
        ),
    )
  }

  function installForm(versions: readonly LibraryVersion[]): HTMLElement {
    const { name, kind: what, owner } = versions[0]!
    const mine = projects()
    if (what === 'module' && mine.length === 0) return el('p', { class: 'net-quiet' }, t('library.page.no_project'))
    if (what === 'entity' && !isAdmin()) return el('p', { class: 'net-quiet' }, t('library.page.admin_only'))
    offer(version, [['', t('library.page.newest')], ...versions.map((each) => [each.version, each.version] as const)])
    offer(
      project,
      mine.map((each) => [each.id, each.name]),
    )
    const fields =
      what === 'module'
        ? [labelled('library.page.project', 'library-project', project)]
        : [
            labelled('library.page.zone', 'library-zone', zone),
            labelled('library.page.place', 'library-place', place),
          ]
    return el(
      'form',
      {
        class: 'job-form',
        attrs: { novalidate: true },
        on: {
          submit: (event) => {
            event.preventDefault()
            const where =
              what === 'module'
                ? { projectId: project.value }
                : { zone: zone.value.trim(), ...(place.value.trim() && { place: place.value.trim() }) }
            void install(name, { owner, ...where, ...(version.value && { version: version.value }) })
          },
        },
      },
      beside(labelled('library.page.version', 'library-version', version), ...fields),
      el(
        'div',
        { class: 'job-actions' },
        button(
          { class: 'button button-main', attrs: { id: 'library-install', type: 'submit' } },
          t(what === 'module' ? 'library.page.install_project' : 'library.page.install_world'),
        ),
      ),
    )
  }

  type Done = { readonly version?: string; readonly items?: Readonly<Record<string, { readonly version: string }>> }
  async function install(name: string, wish: object): Promise<void> {
    await deed(
      () => api.post<Done>(`/api/v1/library/${name}/install`, wish),
      ({ version, items }) =>
        () =>
          t('library.page.installed', { name, version: version ?? items?.[name]?.version ?? '' }),
    )
    await loadWorld()
  }

  function worldRow({ zone, name, version, place, problems }: WorldItem): HTMLElement {
    const remove = () =>
      void deed(
        () => api.remove(`/api/v1/world-items/${zone}/${name}`),
        () => () => t('library.page.removed', { name }),
      ).then(loadWorld)
    return el(
      'li',
      { class: 'job-head' },
      el('span', { class: 'job-name' }, `${name} ${version}`),
      el(
        'span',
        { class: 'job-status' },
        [`${zone}${place ? `:${place}` : ''}`, ...(problems ? [t('library.page.misfit')] : [])].join('; '),
      ),
      isAdmin() && button({ class: 'button', on: { click: remove } }, t('library.page.remove', { name })),
    )
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    opened = undefined
    void load()
  })
  more.addEventListener('click', () => void load(next))
  const stop = onLocale(draw)
  return {
    node,
    stop,
    draw,
    async load() {
      await Promise.all([load(), loadWorld()])
    },
  }
}
