/** The DHT by hand: put and get a text, look for a node, ask who provides something; each answer stays in a list below. */
import type { z } from 'zod'
import type {
  DhtNode,
  DhtProvided,
  DhtProviders,
  DhtPut,
  DhtRepublished,
  DhtValue,
} from '../../server/protocol/api.ts'
import { onLocale, t } from '../i18n.ts'
import { NETWORK_DHT_ANSWERS } from '../limits.ts'
import type { Api } from '../net/api.ts'
import { ApiError } from '../net/api.ts'
import { button, el, glyph } from './el.ts'
import { field } from './network-ban-form.ts'
import type { Section } from './network-section.ts'
import { problemText } from './problem-text.ts'

type Said = () => string
type Deed = {
  readonly adminOnly?: boolean
  readonly takes: 'key' | 'key-value' | 'nothing'
  run(key: string, value: string): Promise<Said>
}

export function createDhtSection(api: Api, isAdmin: () => boolean): Section {
  const at = (kind: string, key: string) => `/api/v1/dht/${kind}/${key.split('/').map(encodeURIComponent).join('/')}`
  const deeds: Readonly<Record<string, Deed>> = {
    put: {
      takes: 'key-value',
      async run(word, value) {
        const { key, nodes } = await api.put<z.infer<typeof DhtPut>>(at('values', word), { value })
        return () => t('network.dht.put', { nodes, key })
      },
    },
    get: {
      takes: 'key',
      async run(word) {
        const { value, seq } = await api.get<z.infer<typeof DhtValue>>(at('values', word))
        return () => t('network.page.dht-got', { value, seq })
      },
    },
    find: {
      takes: 'key',
      async run(node) {
        const { peerId } = await api.get<z.infer<typeof DhtNode>>(at('nodes', node))
        return () => t('network.page.dht-found', { node: peerId })
      },
    },
    providers: {
      takes: 'key',
      async run(word) {
        const { providers } = await api.get<z.infer<typeof DhtProviders>>(at('providers', word))
        return () => [t('network.dht.providers', { count: providers.length }), ...providers].join('\n')
      },
    },
    provide: {
      adminOnly: true,
      takes: 'key',
      async run(key) {
        const { cid, nodes } = await api.post<z.infer<typeof DhtProvided>>('/api/v1/dht/providers', { key })
        return () => t('network.dht.provided', { nodes, cid })
      },
    },
    republish: {
      adminOnly: true,
      takes: 'nothing',
      async run() {
        const { values } = await api.post<z.infer<typeof DhtRepublished>>('/api/v1/dht/republish')
        return () => t('network.dht.republished', { count: values })
      },
    },
  }
  const deed = el('select', { class: 'input', attrs: { id: 'dht-deed' } })
  const key = el('input', {
    class: 'input',
    attrs: { id: 'dht-key', maxlength: 300, spellcheck: 'false', autocomplete: 'off' },
  })
  const value = el('textarea', { class: 'input job-text', attrs: { id: 'dht-value', rows: 2, maxlength: 2048 } })
  const keyField = field('dht-key', key)
  const valueField = field('dht-value', value)
  const problem = el('p', { class: 'form-problem', attrs: { role: 'alert', hidden: true } })
  const send = button({ class: 'button button-main', t: 'network.page.dht-do', attrs: { type: 'submit' } })
  const form = el(
    'form',
    { class: 'net-form', attrs: { novalidate: true, 'aria-labelledby': 'dht-title' } },
    el('h3', { class: 'net-heading', t: 'network.page.dht-title', attrs: { id: 'dht-title' } }),
    field('dht-deed', deed),
    keyField,
    valueField,
    problem,
    send,
  )
  const answers = el('div', { class: 'net-answers', tLabel: 'network.page.dht-answers', attrs: { role: 'log' } })
  const node = el(
    'div',
    { class: 'net-section' },
    el('p', { class: 'net-quiet', t: 'network.page.dht-how' }),
    form,
    answers,
  )

  function choose(): void {
    const takes = deeds[deed.value]?.takes
    keyField.hidden = takes === 'nothing'
    valueField.hidden = takes !== 'key-value'
  }
  deed.addEventListener('change', choose)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void act()
  })

  async function act(): Promise<void> {
    const name = deed.value
    const chosen = deeds[name]
    const word = key.value.trim()
    if (!chosen || send.getAttribute('aria-busy')) return
    problem.hidden = chosen.takes === 'nothing' || word !== ''
    if (!problem.hidden) {
      problem.textContent = t('network.page.dht-missing')
      key.focus()
      return
    }
    send.setAttribute('aria-busy', 'true')
    try {
      answer(name, word, await chosen.run(word, value.value), true)
    } catch (error) {
      answer(name, word, () => refusalOf(name, error), false)
    }
    send.removeAttribute('aria-busy')
  }

  function answer(name: string, word: string, said: Said, isGood: boolean): void {
    const words = el('span', { class: 'net-answer-words' })
    const draw = () => {
      words.textContent = said()
    }
    draw()
    const item = el(
      'div',
      { class: 'net-answer', attrs: { 'data-tone': isGood ? 'good' : 'bad' } },
      glyph(isGood ? '✓' : '!'),
      el('span', { class: 'net-answer-deed' }, el('span', { t: `network.page.dht-${name}` }), ` ${word}`),
      words,
    )
    redrawn.set(item, draw)
    answers.prepend(item)
    for (const old of [...answers.children].slice(NETWORK_DHT_ANSWERS)) {
      redrawn.delete(old)
      old.remove()
    }
  }
  const redrawn = new Map<Element, () => void>()
  onLocale(() => {
    for (const draw of redrawn.values()) draw()
  })

  return {
    node,
    /** Nothing is asked until somebody does; what may be done is known from the person. */
    async ask() {
      const names = Object.entries(deeds).flatMap(([name, { adminOnly }]) => (adminOnly && !isAdmin() ? [] : [name]))
      if (deed.options.length === names.length) return
      deed.replaceChildren(
        ...names.map((name) => el('option', { attrs: { value: name }, t: `network.page.dht-${name}` })),
      )
      choose()
    },
    draw() {},
  }
}

/** What a refusal means for that question; anything else as the node said it. */
function refusalOf(name: string, error: unknown): string {
  if (error instanceof ApiError && error.status === 404) return t(`network.page.dht-absent-${name}`)
  if (error instanceof ApiError && error.status === 503) return t('network.page.dht-unanswered')
  return problemText(error)
}
