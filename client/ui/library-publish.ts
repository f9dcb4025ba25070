/** Publishing a module out of one's own project. */
import type { LibraryVersion } from '../../server/protocol/library-api.ts'
import { t } from '../i18n.ts'
import type { Api } from '../net/api.ts'
import { el } from './el.ts'
import { beside, chooser, type Deed, input, labelled, offer, sends } from './library-form.ts'
import type { ProjectChoice } from './library-items.ts'

export function createPublishSection(api: Api, deed: Deed, published: () => void) {
  const project = chooser('publish-project')
  const folder = input('publish-folder', { maxlength: 60 })
  const name = input('publish-name', { maxlength: 40, required: true })
  const version = input('publish-version', { maxlength: 40, value: '1.0.0' })
  const title = { en: input('publish-title-en', { maxlength: 80 }), ru: input('publish-title-ru', { maxlength: 80 }) }
  const summary = {
    en: input('publish-summary-en', { maxlength: 400 }),
    ru: input('publish-summary-ru', { maxlength: 400 }),
  }
  const form = el(
    'form',
    { class: 'job-form', attrs: { novalidate: true } },
    el('p', { class: 'net-quiet', t: 'library.page.publish_hint' }),
    beside(
      labelled('library.page.project', 'publish-project', project),
      labelled('library.page.folder', 'publish-folder', folder),
    ),
    beside(
      labelled('library.page.name', 'publish-name', name),
      labelled('library.page.version', 'publish-version', version),
    ),
    labelled('library.page.title_en', 'publish-title-en', title.en),
    labelled('library.page.title_ru', 'publish-title-ru', title.ru),
    labelled('library.page.summary_en', 'publish-summary-en', summary.en),
    labelled('library.page.summary_ru', 'publish-summary-ru', summary.ru),
    sends('library.page.do_publish'),
  )
  const none = el('p', { class: 'net-quiet', t: 'library.page.no_project' })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void publish()
  })

  async function publish(): Promise<void> {
    const said = name.value.trim()
    const done = await deed(
      () =>
        api.post<LibraryVersion>('/api/v1/library', {
          name: said,
          version: version.value.trim(),
          kind: 'module',
          title: { en: title.en.value.trim() || said, ru: title.ru.value.trim() || title.en.value.trim() || said },
          summary: { en: summary.en.value.trim(), ru: summary.ru.value.trim() || summary.en.value.trim() },
          projectId: project.value,
          ...(folder.value.trim() && { folder: folder.value.trim() }),
        }),
      (made) => () =>
        t(made.state === 'pending' ? 'library.page.published_here' : 'library.page.published', {
          name: made.name,
          version: made.version,
        }),
    )
    if (done) published()
  }

  return {
    node: el(
      'section',
      { class: 'net-section' },
      el('h3', { class: 'net-heading', t: 'library.page.publish' }),
      none,
      form,
    ),
    show(all: readonly ProjectChoice[]): void {
      offer(
        project,
        all.map((each) => [each.id, each.name]),
      )
      form.hidden = all.length === 0
      none.hidden = all.length > 0
    },
  }
}
