/** Keeping one's progress: a guest gets a name and a password, or somebody who has them signs in. */
import { t } from '../i18n.ts'
import { openDialog } from './dialog.ts'
import { button, el } from './el.ts'
import { problemText } from './problem-text.ts'

export type AccountActions = {
  readonly register: (name: string, password: string) => Promise<void>
  readonly login: (name: string, password: string) => Promise<void>
}
type Mode = 'register' | 'login'
type KnownActions = {
  readonly logout: () => Promise<void>
  readonly login: () => void
  readonly changePassword: (password: string, next: string) => Promise<void>
}

/** Who has a name and a password can leave, come in as somebody else, or take another password. */
export function openKnownAccount(name: string, { logout, login, changePassword }: KnownActions): void {
  const leave = button({ class: 'button button-main', t: 'ui.account.logout', on: { click: () => void away() } })
  const other = button({ class: 'button', t: 'ui.account.other', on: { click: () => swap() } })
  const dialog = openDialog(
    'ui.account.title',
    el('p', { class: 'form-note', t: 'ui.account.known', params: { name } }),
    el('div', { class: 'form-actions' }, leave, other),
    passwordForm(changePassword),
  )
  const swap = (): void => {
    dialog.close()
    login()
  }
  const away = async (): Promise<void> => {
    await logout()
    dialog.close()
  }
}

/** Folded until it is wanted. */
function passwordForm(change: KnownActions['changePassword']): HTMLElement {
  const before = field('password-now', 'ui.account.passwordNow', 'password', 'current-password')
  const next = field('password-next', 'ui.account.passwordNext', 'password', 'new-password')
  const said = el('p', { class: 'form-problem', attrs: { role: 'alert' } })
  const done = el('p', { class: 'form-note', attrs: { role: 'status' } })
  const go = el('button', { class: 'button', t: 'ui.account.passwordGo', attrs: { type: 'submit' } })
  async function send(event: Event): Promise<void> {
    event.preventDefault()
    said.textContent = ''
    done.textContent = ''
    go.disabled = true
    try {
      await change(before.input.value, next.input.value)
      before.input.value = ''
      next.input.value = ''
      done.textContent = t('ui.account.passwordDone')
    } catch (error) {
      said.textContent = problemText(error)
    } finally {
      go.disabled = false
    }
  }
  return el(
    'details',
    { class: 'form-more' },
    el('summary', { t: 'ui.account.passwordChange' }),
    el(
      'form',
      { class: 'form', on: { submit: (event) => void send(event) } },
      before.node,
      next.node,
      said,
      done,
      el('div', { class: 'form-actions' }, go),
    ),
  )
}

export function openAccount(actions: AccountActions, first: Mode, guestName = ''): void {
  let mode = first
  const name = field('name', 'ui.account.name', 'text', 'username')
  const password = field('password', 'ui.account.password', 'password', 'new-password')
  const note = el('p', { class: 'form-note' })
  const problem = el('p', { class: 'form-problem', attrs: { role: 'alert' } })
  const go = el('button', { class: 'button button-main', attrs: { type: 'submit' } })
  const swap = button({ class: 'button', on: { click: () => show(mode === 'register' ? 'login' : 'register') } })
  const form = el(
    'form',
    { class: 'form', on: { submit: (event) => void send(event) } },
    note,
    name.node,
    password.node,
    problem,
    el('div', { class: 'form-actions' }, go, swap),
  )
  const dialog = openDialog('ui.account.title', form)

  function show(next: Mode): void {
    mode = next
    // A guest's name is kept by registering; whoever signs in has another.
    if (next === 'register' && name.input.value === '') name.input.value = guestName
    if (next === 'login' && name.input.value === guestName) name.input.value = ''
    note.textContent = t(`ui.account.${mode}.note`)
    go.textContent = t(`ui.account.${mode}.go`)
    swap.textContent = t(`ui.account.${mode}.swap`)
    password.input.autocomplete = mode === 'register' ? 'new-password' : 'current-password'
    problem.textContent = ''
    name.input.focus()
  }

  async function send(event: Event): Promise<void> {
    event.preventDefault()
    problem.textContent = ''
    go.disabled = true
    try {
      await actions[mode](name.input.value.trim(), password.input.value)
      dialog.close()
    } catch (error) {
      problem.textContent = problemText(error)
    } finally {
      go.disabled = false
    }
  }
  show(first)
}

function field(id: string, labelKey: string, type: string, autocomplete: string) {
  const input = el('input', {
    class: 'input',
    attrs: { id: `account-${id}`, type, autocomplete, required: true, maxlength: 200 },
  })
  return {
    input,
    node: el('div', { class: 'field' }, el('label', { t: labelKey, attrs: { for: `account-${id}` } }), input),
  }
}
