/** What is handed in: a kind, its input in the shape that suits it, how often it is checked and what it may cost. */
import { onLocale, t } from '../i18n.ts'
import { button, el } from './el.ts'
import { microOf } from './purse-credits.ts'

export type Wish = {
  readonly id: string
  readonly kind: string
  readonly input: unknown
  readonly replicas: number
  readonly maxPriceMicro: string
}
type Field = HTMLElement & { value: string }
type Shape = { readonly fields: readonly Field[]; readonly node: HTMLElement; read(): unknown }

const PROGRAM = `export const map = (n: number) => n * n

export const reduce = (all: number[]) =>
  all.reduce((a, b) => a + b, 0)
`

let made = 0

export function createJobForm(submit: (wish: Wish) => Promise<void>) {
  const kind = el('select', { class: 'input', attrs: { id: 'job-kind' } })
  const body = el('div', { class: 'job-fields' })
  const replicas = el('input', {
    class: 'input',
    attrs: { id: 'job-replicas', type: 'number', min: 1, max: 5, value: 1 },
  })
  const price = el('input', {
    class: 'input',
    attrs: { id: 'job-price', type: 'number', min: 0.001, max: 1000, step: 0.001, value: 0.5 },
  })
  const problem = el('p', { class: 'form-problem', attrs: { role: 'alert', hidden: true } })
  const send = button({ class: 'button button-main', t: 'jobs.submit', attrs: { type: 'submit' } })
  const node = el(
    'form',
    { class: 'job-form', attrs: { novalidate: true } },
    labelled('jobs.kind', 'job-kind', kind),
    body,
    el(
      'div',
      { class: 'job-terms' },
      labelled('jobs.replicas', 'job-replicas', replicas),
      labelled('jobs.price', 'job-price', price),
    ),
    problem,
    el('div', { class: 'job-actions' }, send),
  )
  const shapes: Readonly<Record<string, () => Shape>> = {
    sum: numbers,
    multiply: numbers,
    sort: words,
    hash: text,
    render: picture,
    script: program,
  }
  let shape: Shape | undefined
  let offered: readonly string[] = []

  function choose(): void {
    shape = shapes[kind.value]?.()
    body.replaceChildren(...(shape ? [shape.node] : []))
  }
  kind.addEventListener('change', choose)
  node.addEventListener('submit', (event) => {
    event.preventDefault()
    void handIn()
  })
  onLocale(draw)

  async function handIn(): Promise<void> {
    let input: unknown
    try {
      input = shape?.read()
    } catch {
      input = undefined
    }
    problem.hidden = input !== undefined
    if (input === undefined) {
      problem.textContent = t('jobs.bad-input')
      shape?.fields[0]?.focus()
      return
    }
    send.setAttribute('aria-busy', 'true')
    const id = `${kind.value}-${Date.now().toString(36)}${(made++).toString(36)}`
    await submit({
      id,
      kind: kind.value,
      input,
      replicas: Math.max(1, Math.min(5, Math.round(Number(replicas.value) || 1))),
      maxPriceMicro: microOf(price.value),
    })
    send.removeAttribute('aria-busy')
  }

  function draw(): void {
    const chosen = kind.value
    kind.replaceChildren(...offered.map((name) => el('option', { attrs: { value: name } }, t(`jobs.kinds.${name}`))))
    if (offered.includes(chosen)) kind.value = chosen
  }

  return {
    node,
    offer(kinds: readonly { readonly name: string; readonly perMFuelMicro?: string | undefined }[]) {
      offered = kinds.map(({ name }) => name).filter((name) => shapes[name])
      // Something to look at first.
      const first = offered.includes('render') ? 'render' : offered[0]
      const before = kind.value
      draw()
      if (!before && first) kind.value = first
      if (kind.value !== before) choose()
    },
  }
}

function labelled(key: string, id: string, field: HTMLElement): HTMLElement {
  return el('div', { class: 'job-field' }, el('label', { t: key, attrs: { for: id } }), field)
}

const area = (id: string, value: string, rows: number): HTMLTextAreaElement =>
  el('textarea', { class: 'input job-text', attrs: { id, rows, spellcheck: 'false' } }, value)

function numbers(): Shape {
  const field = area('job-input', '3 1 4 1 5 9 2 6', 2)
  return {
    fields: [field],
    node: labelled('jobs.numbers', 'job-input', field),
    read() {
      const all = field.value
        .split(/[\s,;]+/)
        .filter(Boolean)
        .map(Number)
      return all.length > 0 && all.every(Number.isFinite) ? all : undefined
    },
  }
}
function words(): Shape {
  const field = area('job-input', '3 1 4 1 5 9 2 6', 2)
  return {
    fields: [field],
    node: labelled('jobs.words', 'job-input', field),
    read() {
      const all = field.value.split(/[\s,;]+/).filter(Boolean)
      if (all.length === 0) return undefined
      return all.every((one) => Number.isFinite(Number(one))) ? all.map(Number) : all
    },
  }
}
function text(): Shape {
  const field = area('job-input', 'First Light', 2)
  return { fields: [field], node: labelled('jobs.text', 'job-input', field), read: () => field.value }
}
function picture(): Shape {
  const scene = el('select', { class: 'input', attrs: { id: 'job-scene' } })
  for (const name of ['harbour', 'lanterns', 'moon'])
    scene.append(el('option', { attrs: { value: name }, t: `jobs.scenes.${name}` }))
  const size = el('select', { class: 'input', attrs: { id: 'job-size' } })
  for (const value of ['192×128', '384×256', '768×512']) size.append(el('option', { attrs: { value } }, value))
  const samples = el('input', {
    class: 'input',
    attrs: { id: 'job-samples', type: 'number', min: 1, max: 256, value: 24 },
  })
  return {
    fields: [scene, size, samples],
    node: el(
      'div',
      { class: 'job-terms' },
      labelled('jobs.scene', 'job-scene', scene),
      labelled('jobs.size', 'job-size', size),
      labelled('jobs.samples', 'job-samples', samples),
    ),
    read() {
      const [width, height] = size.value.split('×').map(Number)
      return {
        scene: scene.value,
        width,
        height,
        samples: Math.max(1, Math.min(256, Math.round(Number(samples.value) || 1))),
      }
    },
  }
}
function program(): Shape {
  const source = area('job-program', PROGRAM, 6)
  const items = area('job-items', '[1, 2, 3, 4, 5, 6, 7, 8]', 2)
  const mode = el('select', { class: 'input', attrs: { id: 'job-mode' } })
  for (const value of ['map', 'mapreduce', 'reduce'])
    mode.append(el('option', { attrs: { value }, t: `jobs.modes.${value}` }))
  return {
    fields: [source, items, mode],
    node: el(
      'div',
      { class: 'job-script' },
      labelled('jobs.program', 'job-program', source),
      labelled('jobs.items', 'job-items', items),
      labelled('jobs.mode', 'job-mode', mode),
    ),
    read() {
      const all: unknown = JSON.parse(items.value)
      return Array.isArray(all) && all.length > 0
        ? { program: source.value, items: all, mode: mode.value }
        : undefined
    },
  }
}
