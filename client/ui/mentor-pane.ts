/** The mentor: a question, an answer that comes as it is spoken, what it looks at, and what it asks leave for. */
import type { MentorAnswer, MentorApproval, MentorEvent } from '../../server/protocol/api-mentor.ts'
import { onLocale, t } from '../i18n.ts'
import { MENTOR_REFRESH_MS, MENTOR_WAITS_MAX_MS } from '../limits.ts'
import { button, el, glyph } from './el.ts'
import { whileLookedAt } from './looked-at.ts'
import { markdown } from './markdown.ts'
import { approvalCard } from './mentor-approval.ts'
import { createMentorRules } from './mentor-rules.ts'
import { createNote } from './note.ts'
import type { PaneContext } from './panes.ts'
import { problemText } from './problem-text.ts'
import { unbroken } from './unbroken.ts'
import { whenPlaying } from './when-playing.ts'

type Who = 'you' | 'mentor' | 'tool'

export function mount(element: HTMLElement, context: PaneContext): () => void {
  const { api } = context
  let talking: AbortController | undefined
  let answer: MentorAnswer | undefined
  let expiry: ReturnType<typeof setTimeout> | undefined

  const why = el('p', { class: 'mentor-why', attrs: { role: 'status' } })
  const log = el('div', {
    class: 'mentor-log',
    tLabel: 'mentor.pane.talk',
    attrs: { role: 'log', 'aria-live': 'polite', tabindex: 0 },
  })
  const waiting = el('div', { class: 'mentor-waiting', attrs: { 'aria-live': 'polite' } })
  const rung = el('p', { class: 'mentor-rung', attrs: { role: 'status' } })
  const note = createNote()
  const question = el('textarea', {
    class: 'input mentor-question',
    tPlaceholder: 'mentor.pane.placeholder',
    attrs: { id: 'mentor-question', rows: 2, maxlength: 2000 },
    on: {
      keydown: (event) => {
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
        event.preventDefault()
        void ask()
      },
    },
  })
  const press = button({ class: 'button button-main', on: { click: () => (talking ? talking.abort() : void ask()) } })
  const rules = createMentorRules((next) => void guarded(() => api.put('/api/v1/mentor/rules', { rules: next })))
  element.append(
    el('h2', { class: 'visually-hidden', t: 'mentor.pane.title' }),
    el(
      'div',
      { class: 'mentor' },
      why,
      log,
      waiting,
      rung,
      el(
        'form',
        {
          class: 'mentor-form',
          on: {
            submit: (event) => {
              event.preventDefault()
              void ask()
            },
          },
        },
        el('label', { t: 'mentor.pane.question', attrs: { for: 'mentor-question' } }),
        question,
        press,
      ),
      note.node,
      rules.node,
    ),
  )

  async function guarded(action: () => Promise<unknown>): Promise<void> {
    try {
      await action()
      note.clear()
    } catch (error) {
      note.say(() => t('panels.failed', { reason: problemText(error) }), 'bad')
    }
  }

  /** One thing said; `body` takes the words, as Markdown. */
  function said(who: Who, text = '') {
    log.querySelector('.mentor-empty')?.remove()
    const body = el('div', { class: who === 'mentor' ? 'prose' : 'mentor-words' })
    const node = el(
      'div',
      { class: `mentor-said mentor-said-${who}` },
      el('span', { class: 'mentor-who', t: `mentor.pane.${who}` }),
      body,
    )
    log.append(node)
    const show = (words: string) => {
      const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80
      if (who === 'mentor') body.innerHTML = markdown(words)
      else body.textContent = words
      if (isAtEnd || who === 'you') log.scrollTop = log.scrollHeight
    }
    show(text)
    return { node, show }
  }

  function aside(...children: (Node | string)[]): void {
    log.append(el('p', { class: 'mentor-aside' }, ...children))
    log.scrollTop = log.scrollHeight
  }

  async function ask(): Promise<void> {
    const text = question.value.trim()
    if (text === '' || talking) return
    const control = new AbortController()
    talking = control
    question.value = ''
    said('you', text)
    setTalking(true)
    let spoken: ReturnType<typeof said> | undefined
    let words = ''
    try {
      for await (const event of api.events<MentorEvent>('/api/v1/mentor/ask', { text }, control.signal)) {
        if (event.type === 'text') {
          spoken ??= said('mentor')
          words += event.text
          spoken.show(words)
        } else hear(event)
      }
    } catch (error) {
      if (!control.signal.aborted) note.say(() => t('panels.failed', { reason: problemText(error) }), 'bad')
    } finally {
      talking = undefined
      setTalking(false)
    }
  }

  function hear(event: Exclude<MentorEvent, { type: 'text' }>): void {
    if (event.type === 'tool') aside(glyph('›'), ` ${t('mentor.looks', { what: t(`mentor.tool.${event.tool}`) })}`)
    else if (event.type === 'approval') showWaiting([event.approval, ...(answer?.pending ?? [])])
    else if (event.type === 'refused') aside(event.why)
    else if (event.type === 'error') aside(event.message)
    else if (event.type === 'authored') {
      // It stands above the talk already, while it lasts.
      if (event.why !== why.textContent) aside(...unbroken(event.why))
      if (event.hint === undefined) return
      said('mentor', `*${t('mentor.pane.hint')}:* ${event.hint}`)
      log.scrollTop = log.scrollHeight
    } else rung.textContent = event.rung ? t(`mentor.rung.${event.rung}`) : ''
  }

  function setTalking(isTalking: boolean): void {
    press.textContent = t(isTalking ? 'mentor.pane.stop' : 'mentor.pane.ask')
    press.classList.toggle('button-main', !isTalking)
    if (isTalking) note.say(() => t('mentor.pane.thinking'))
    else if (note.node.dataset.tone !== 'bad') note.clear()
  }

  /** A card stays the same element as long as it waits, so that nobody's finger or focus loses it. */
  function showWaiting(pending: readonly MentorApproval[]): void {
    if (answer) answer = { ...answer, pending: [...pending] }
    const before = waiting.childElementCount
    const ids = new Set(pending.map(({ id }) => id))
    for (const card of waiting.querySelectorAll<HTMLElement>('[data-approval]'))
      if (!ids.has(card.dataset.approval!)) card.remove()
    for (const approval of [...pending].reverse())
      if (!waiting.querySelector(`[data-approval="${approval.id}"]`))
        waiting.append(approvalCard(approval, (approve) => void decide(approval, approve)))
    clearTimeout(expiry)
    const firstMs = Math.min(...pending.map(({ expiresAtMs }) => expiresAtMs)) - Date.now()
    if (pending.length > 0)
      expiry = setTimeout(
        () => void load(false).catch(() => undefined),
        Math.min(MENTOR_WAITS_MAX_MS, Math.max(0, firstMs) + 1_000),
      )
    // The log has grown or shrunk beside it: the newest words stay in sight.
    if (waiting.childElementCount !== before) log.scrollTop = log.scrollHeight
  }

  async function decide({ id }: MentorApproval, approve: boolean): Promise<void> {
    try {
      const { result } = await api.post<{ result: string }>(`/api/v1/mentor/approvals/${id}`, { approve })
      said('tool', result)
      log.scrollTop = log.scrollHeight
      // The workbench looks again at what has changed under it.
      document.dispatchEvent(new Event('visibilitychange'))
    } catch {
      note.say(() => t('mentor.pane.gone'), 'bad')
    }
    showWaiting((answer?.pending ?? []).filter((one) => one.id !== id))
    question.focus()
  }

  async function load(whole: boolean): Promise<void> {
    const next = await api.get<MentorAnswer>('/api/v1/mentor')
    answer = next
    why.hidden = next.available
    if (why.textContent !== (next.why ?? '')) why.replaceChildren(...unbroken(next.why ?? ''))
    showWaiting(next.pending)
    if (!whole || talking) return
    rules.show(next)
    log.replaceChildren()
    for (const { role, text } of next.history) said(role === 'learner' ? 'you' : role, text)
    if (next.history.length === 0) log.append(el('p', { class: 'mentor-empty', t: 'mentor.pane.empty' }))
    log.scrollTop = log.scrollHeight
  }

  setTalking(false)
  const stops = [
    onLocale(() => {
      waiting.replaceChildren()
      rung.textContent = ''
      setTalking(talking !== undefined)
      void guarded(() => load(true))
    }),
    // What waits, and what was decided at another device, is told as it happens.
    context.onOutput(({ data }) => {
      if ((data as { mentor?: unknown } | undefined)?.mentor !== undefined) void load(!talking).catch(() => undefined)
    }),
    () => clearTimeout(expiry),
    whileLookedAt(element, MENTOR_REFRESH_MS, () => load(false)),
    whenPlaying(context, () => void guarded(() => load(true))),
  ]
  return () => {
    talking?.abort()
    for (const stop of stops) stop()
  }
}
