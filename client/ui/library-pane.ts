/** The library: items that people have made for worlds and programs, and workspaces, one's own and those shared around. */
import { t } from '../i18n.ts'
import { el } from './el.ts'
import type { Deed } from './library-form.ts'
import { createItemsSection, type ProjectChoice } from './library-items.ts'
import { createPublishSection } from './library-publish.ts'
import { createWorkspacesSection } from './library-workspaces.ts'
import { createNote } from './note.ts'
import type { PaneContext } from './panes.ts'
import { problemText } from './problem-text.ts'
import { whenPlaying } from './when-playing.ts'

export function mount(element: HTMLElement, context: PaneContext): () => void {
  const { api } = context
  const note = createNote()
  let projects: readonly ProjectChoice[] = []

  const deed: Deed = async (action, done) => {
    try {
      const answer = await action()
      if (done) note.say(done(answer), 'good')
      return answer
    } catch (error) {
      note.say(() => t('panels.failed', { reason: problemText(error) }), 'bad')
      return undefined
    }
  }
  async function loadProjects(): Promise<void> {
    const found = await deed(() => api.get<{ projects: readonly ProjectChoice[] }>('/api/v1/projects'))
    if (found) projects = found.projects
    publish.show(projects)
    items.draw()
    workspaces.draw()
  }

  const items = createItemsSection(context, deed, () => projects)
  const publish = createPublishSection(api, deed, () => void items.load())
  const workspaces = createWorkspacesSection(
    api,
    deed,
    () => projects,
    () => void loadProjects(),
  )
  element.append(
    el('h2', { class: 'visually-hidden', t: 'library.page.title' }),
    el('div', { class: 'net-pane library-pane' }, note.node, items.node, workspaces.node, publish.node),
  )
  const stops = [
    items.stop,
    workspaces.stop,
    whenPlaying(context, () => void Promise.all([loadProjects(), items.load(), workspaces.load()])),
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
