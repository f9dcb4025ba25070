/** What the mentor may do by itself, must ask for, or never does: one choice for each tool. */
import {
  MENTOR_DECISIONS,
  MENTOR_TOOL_NAMES,
  type MentorAnswer,
  type MentorRule,
} from '../../server/protocol/api-mentor.ts'
import { t } from '../i18n.ts'
import { el } from './el.ts'

/** Rules for single arguments, set at the prompt, stay as they are. */
export function createMentorRules(save: (rules: readonly MentorRule[]) => void) {
  const list = el('div', { class: 'mentor-rules' })
  const node = el(
    'details',
    { class: 'mentor-settings' },
    el('summary', { t: 'mentor.pane.settings' }),
    el('p', { class: 'mentor-until', t: 'mentor.pane.settings_how' }),
    list,
  )
  let rules: readonly MentorRule[] = []

  function choose(tool: MentorRule['tool'], decision: MentorRule['decision'], usual: string | undefined): void {
    const others = rules.filter((rule) => rule.tool !== tool || rule.when)
    rules = decision === usual ? others : [...others, { tool, decision }]
    save(rules)
  }

  function show(answer: Pick<MentorAnswer, 'rules' | 'standard'>): void {
    rules = answer.rules
    const focused = list.contains(document.activeElement) ? document.activeElement?.id : undefined
    list.replaceChildren(
      ...MENTOR_TOOL_NAMES.map((tool) => {
        const usual = answer.standard[tool]
        const now = rules.find((rule) => rule.tool === tool && !rule.when)?.decision ?? usual
        const choice = el(
          'select',
          {
            class: 'input',
            attrs: { id: `mentor-rule-${tool}` },
            on: { change: () => choose(tool, choice.value as MentorRule['decision'], usual) },
          },
          ...MENTOR_DECISIONS.map((each) =>
            el('option', { attrs: { value: each, selected: each === now } }, t(`mentor.decision.${each}`)),
          ),
        )
        return el(
          'div',
          { class: 'mentor-rule' },
          el('label', { attrs: { for: `mentor-rule-${tool}` } }, t(`mentor.tool.${tool}`)),
          choice,
        )
      }),
    )
    if (focused) document.getElementById(focused)?.focus()
  }
  return { node, show }
}
