/** How far an owner is trusted, by kind of work, and the verified outcomes it rests on. */
import type { TrustAnswer } from '../../server/protocol/api.ts'
import { t } from '../i18n.ts'
import { NETWORK_OUTCOMES } from '../limits.ts'
import type { Api } from '../net/api.ts'
import { el } from './el.ts'
import { createTable } from './network-table.ts'
import { shortOf, timeOf } from './network-words.ts'
import { problemText } from './problem-text.ts'
import { inCredits } from './purse-credits.ts'

export function createTrust(api: Api) {
  let answer: TrustAnswer | undefined
  let problem: unknown
  let asked: string | undefined
  const words = el('p', { class: 'net-quiet' })
  const figures = createTable({
    captionKey: 'network.page.trust-caption',
    heads: ['kind', 'score', 'right', 'wrong', 'late'].map((name) => `network.page.trust-${name}`),
    emptyKey: 'network.page.trust-none',
  })
  const outcomes = createTable({
    captionKey: 'network.page.outcomes-caption',
    heads: ['when', 'kind', 'result', 'value', 'for', 'evidence'].map((name) => `network.page.trust-${name}`),
    emptyKey: 'network.page.outcomes-none',
  })
  const why = el('details', { class: 'job-details' }, el('summary', { t: 'network.page.trust-why' }), outcomes.node)
  const node = el(
    'section',
    { class: 'net-trust', attrs: { 'aria-labelledby': 'net-trust-title' } },
    el('h4', { class: 'net-subheading', t: 'network.page.trust-title', attrs: { id: 'net-trust-title' } }),
    words,
    figures.node,
    why,
  )

  function draw(): void {
    figures.node.hidden = why.hidden = answer === undefined
    words.textContent = answer
      ? t('network.page.credit', {
          limit: inCredits(answer.credit.limitMicro),
          owed: inCredits(answer.credit.owedMicro),
        })
      : problem
        ? t('panels.failed', { reason: problemText(problem) })
        : t(asked ? 'ui.pane.loading' : 'network.page.no-owner')
    if (!answer) return
    figures.show(
      answer.figures.map(({ kind, scorePermille, right, wrong, late }) => ({
        key: kind,
        cells: [
          kind,
          t('network.page.score', { score: scorePermille }),
          String(right.count),
          String(wrong.count),
          String(late.count),
        ],
      })),
    )
    outcomes.show(
      answer.outcomes
        .slice(0, NETWORK_OUTCOMES)
        .map(({ id, kind, result, valueMicro, counterparty, evidence, atMs }) => ({
          key: id,
          cells: [
            timeOf(atMs),
            kind,
            t('network.page.result', { result }),
            inCredits(valueMicro),
            shortOf(counterparty),
            evidence,
          ],
        })),
    )
  }

  return {
    node,
    draw,
    async show(owner: string | undefined) {
      asked = owner
      answer = problem = undefined
      draw()
      if (!owner) return
      try {
        const found = await api.get<TrustAnswer>(`/api/v1/trust/${owner}`)
        if (asked === owner) answer = found
      } catch (error) {
        if (asked === owner) problem = error
      }
      draw()
    },
  }
}
