/** One's workspaces, and those that are shared around. */
import type { SharedWorkspace, Workspace } from '../../server/protocol/library-api.ts'
import { onLocale, t } from '../i18n.ts'
import type { Api } from '../net/api.ts'
import { button, el } from './el.ts'
import { chooser, type Deed, input, keepingFocus, labelled, offer } from './library-form.ts'
import type { ProjectChoice } from './library-items.ts'
import { timeOf } from './network-words.ts'

const REACHES = ['none', 'lan', 'world'] as const

export function createWorkspacesSection(
  api: Api,
  deed: Deed,
  projects: () => readonly ProjectChoice[],
  changed: () => void,
) {
  const name = input('workspace-name', { maxlength: 64 })
  const form = el(
    'form',
    { class: 'job-form', attrs: { novalidate: true } },
    labelled('library.page.workspace_name', 'workspace-name', name),
    el(
      'div',
      { class: 'job-actions' },
      button({ class: 'button', t: 'library.page.workspace_make', attrs: { type: 'submit' } }),
    ),
  )
  const list = el('ul', { class: 'library-list' })
  const around = el('ul', { class: 'library-list' })
  const node = el(
    'section',
    { class: 'net-section' },
    el('h3', { class: 'net-heading', t: 'library.page.workspaces' }),
    list,
    form,
    el('h3', { class: 'net-heading', t: 'library.page.shared' }),
    around,
  )
  let mine: readonly Workspace[] = []
  let shares: readonly SharedWorkspace[] = []

  async function load(): Promise<void> {
    const own = await deed(() => api.get<{ workspaces: readonly Workspace[] }>('/api/v1/workspaces'))
    if (own) mine = own.workspaces
    draw()
    const found = await deed(() => api.get<{ shares: readonly SharedWorkspace[] }>('/api/v1/shared-workspaces'))
    if (found) shares = found.shares
    draw()
  }

  /** Does it, says so, and shows how things are then. */
  async function act<T>(action: () => Promise<T>, done?: (answer: T) => () => string): Promise<void> {
    await deed(action, done)
    await load()
    changed()
  }

  const draw = (): void => keepingFocus(node, drawLists)
  function drawLists(): void {
    list.replaceChildren(
      ...(mine.length === 0 ? [el('li', { class: 'net-quiet' }, t('library.page.workspaces_none'))] : mine.map(card)),
    )
    around.replaceChildren(
      ...(shares.length === 0
        ? [el('li', { class: 'net-quiet' }, t('library.page.shared_none'))]
        : shares.map(shareRow)),
    )
  }

  function card(workspace: Workspace): HTMLElement {
    const { id, name: called, projects: inside, shared, origin } = workspace
    const path = `/api/v1/workspaces/${id}`
    return el(
      'li',
      { class: 'library-item' },
      el('h4', { class: 'net-subheading' }, called),
      origin && el('p', { class: 'net-quiet' }, t('library.page.from', { by: origin.by })),
      el('p', { class: 'net-quiet' }, t('library.page.workspace_projects', { projects: inside.length })),
      el('ul', { class: 'library-list' }, ...inside.map((project) => projectRow(workspace, project))),
      adder(workspace),
      sharer(workspace),
      shared &&
        el(
          'p',
          { class: 'net-quiet' },
          [
            t(`library.page.is_shared.${shared.reach}`, { date: timeOf(shared.atMs) }),
            ...(shared.told ? [] : [t('library.page.untold')]),
          ].join(' '),
        ),
      el(
        'div',
        { class: 'job-actions' },
        shared &&
          button(
            {
              class: 'button',
              on: { click: () => void act(() => api.post(`${path}/share`, { reach: shared.reach })) },
            },
            t('library.page.share_again'),
          ),
        button(
          {
            class: 'button',
            on: {
              click: () =>
                void act(
                  () => api.remove(path),
                  () => () => t('library.page.discarded', { name: called }),
                ),
            },
          },
          t('library.page.discard', { name: called }),
        ),
      ),
    )
  }

  function projectRow({ id, name: called }: Workspace, project: Workspace['projects'][number]): HTMLElement {
    const path = `/api/v1/workspaces/${id}/projects/${project.id}`
    const { name: projectName, files, tests } = project
    return el(
      'li',
      { class: 'job-head' },
      el('span', { class: 'job-status' }, t('library.page.workspace_project', { name: projectName, files, tests })),
      button(
        {
          class: 'button',
          attrs: { id: `run-${project.id}`, 'aria-label': t('library.page.workspace_run', { project: projectName }) },
          on: {
            click: () =>
              void act(
                () => api.post(`${path}/run`),
                () => () => t('library.page.workspace_runs', { name: projectName }),
              ),
          },
        },
        t('library.page.run'),
      ),
      button(
        {
          class: 'button',
          attrs: { 'aria-label': t('library.page.workspace_take_out', { project: projectName, name: called }) },
          on: { click: () => void act(() => api.remove(path)) },
        },
        t('library.page.take_out'),
      ),
    )
  }

  function adder({ id, name: called, projects: inside }: Workspace): HTMLElement | undefined {
    const free = projects().filter((project) => !inside.some((each) => each.id === project.id))
    if (free.length === 0) return undefined
    const choice = chooser(`add-${id}`)
    choice.setAttribute('aria-label', t('library.page.workspace_add', { name: called }))
    offer(
      choice,
      free.map((each) => [each.id, each.name]),
    )
    return el(
      'div',
      { class: 'job-head' },
      choice,
      button(
        {
          class: 'button',
          attrs: { id: `put-${id}` },
          on: { click: () => void act(() => api.put(`/api/v1/workspaces/${id}/projects/${choice.value}`, {})) },
        },
        t('library.page.workspace_do_add'),
      ),
    )
  }

  function sharer({ id, name: called, shared }: Workspace): HTMLElement {
    const reach = chooser(`reach-${id}`)
    offer(
      reach,
      REACHES.map((each) => [each, t(`library.page.reach.${each}`)]),
    )
    reach.value = shared?.reach ?? 'none'
    reach.addEventListener('change', () => {
      const path = `/api/v1/workspaces/${id}`
      void act(() =>
        reach.value === 'none' ? api.post(`${path}/unshare`) : api.post(`${path}/share`, { reach: reach.value }),
      )
    })
    return el(
      'div',
      { class: 'job-field' },
      el('label', { attrs: { for: `reach-${id}` } }, t('library.page.reach', { name: called })),
      reach,
    )
  }

  function shareRow(share: SharedWorkspace): HTMLElement {
    const { id, name: called, by, reach, projects: inside } = share
    const isMine = mine.some((each) => each.id === id)
    const tests = inside.reduce((sum, project) => sum + project.tests, 0)
    const clone = () =>
      void act(
        () => api.post<{ workspace: Workspace }>(`/api/v1/shared-workspaces/${id}/clone`),
        ({ workspace }) =>
          () =>
            t('library.page.cloned', { name: workspace.name }),
      )
    return el(
      'li',
      { class: 'job-head' },
      el('span', { class: 'job-name' }, called),
      el(
        'span',
        { class: 'job-status' },
        t('library.page.shared_by', { by: by.name, projects: inside.length, tests, reach }),
      ),
      isMine
        ? el('span', { class: 'net-quiet' }, t('library.page.own_share'))
        : button(
            {
              class: 'button',
              attrs: { id: `clone-${id}`, 'aria-label': t('library.page.clone', { name: called }) },
              on: { click: clone },
            },
            t('library.page.do_clone'),
          ),
    )
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const wanted = name.value
    void act(
      () => api.post<Workspace>('/api/v1/workspaces', { name: wanted }),
      (made) => {
        name.value = ''
        return () => t('library.page.workspace_made', { name: made.name })
      },
    )
  })
  return { node, load, draw, stop: onLocale(draw) }
}
