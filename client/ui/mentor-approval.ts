/** What the mentor waits for: a change shown as a diff, or what it would do, with Allow and Deny. */
import type { MentorApproval } from '../../server/protocol/api-mentor.ts'
import { locale, t } from '../i18n.ts'
import { button, el, glyph } from './el.ts'

export function approvalCard(approval: MentorApproval, decide: (approve: boolean) => void): HTMLElement {
  const { id, tool, shown, expiresAtMs } = approval
  const [why = '', ...lines] = shown.split('\n')
  const isChange = tool === 'propose_change'
  const time = new Date(expiresAtMs).toLocaleTimeString(locale(), { hour: '2-digit', minute: '2-digit' })
  return el(
    'section',
    { class: 'mentor-approval', attrs: { 'data-approval': id, 'aria-labelledby': `wait-${id}` } },
    el(
      'h3',
      { class: 'mentor-approval-title', attrs: { id: `wait-${id}` } },
      t('mentor.pane.waits', { what: t(`mentor.tool.${tool}`) }),
    ),
    isChange ? el('p', {}, why) : el('pre', { class: 'mentor-shown', attrs: { tabindex: 0 } }, shown),
    isChange && diffOf(lines),
    el(
      'div',
      { class: 'mentor-actions' },
      button({ class: 'button button-main', on: { click: () => decide(true) } }, t('mentor.pane.allow')),
      button({ class: 'button', on: { click: () => decide(false) } }, t('mentor.pane.deny')),
      el('span', { class: 'mentor-until' }, t('mentor.pane.until', { time })),
    ),
  )
}

const KINDS: Readonly<Record<string, 'added' | 'removed'>> = { '+': 'added', '-': 'removed' }

/** A line's sign says what becomes of it, to the eye by a mark and to the ear by a word. */
function diffOf(lines: readonly string[]): HTMLElement {
  return el(
    'div',
    { class: 'mentor-diff', attrs: { role: 'group', 'aria-label': t('mentor.pane.diff'), tabindex: 0 } },
    ...lines.map((line) => {
      const kind = KINDS[line[0] ?? '']
      return el(
        'div',
        { class: `mentor-diff-line ${kind ? `is-${kind}` : ''}` },
        glyph(line === '…' ? '…' : (line[0] ?? ' ')),
        kind && el('span', { class: 'visually-hidden' }, t(`mentor.pane.${kind}`)),
        el('code', {}, line === '…' ? '' : line.slice(2)),
      )
    }),
  )
}
