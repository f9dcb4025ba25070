/** The terminal as a screen: xterm draws what has been said. It takes no input; the prompt below it does. */
import '@xterm/xterm/css/xterm.css'
import { FitAddon } from '@xterm/addon-fit'
import { type ITheme, Terminal } from '@xterm/xterm'
import type { Output } from '../../server/protocol/terminal.ts'
import { OUTPUT_KEPT_COUNT } from '../limits.ts'
import { linesOf, type Tone, wrap } from './lines.ts'

/** Longer lines are hard to come back from. */
const READABLE_COLUMNS = 100

export type Screen = {
  render(outputs: readonly Output[]): void
  /** Lays the text out anew for the present size of the element. */
  fit(): void
  resize(fontSizePx: number): void
  page(step: 1 | -1): void
  toEnd(): void
  close(): void
}

type Options = {
  readonly fontSizePx: number
  readonly onKey: (event: KeyboardEvent) => void
  readonly onClick: () => void
}

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

const theme = (): ITheme => ({
  background: token('--ground'),
  foreground: token('--text'),
  selectionBackground: token('--select'),
  cursor: token('--ground'),
  scrollbarSliderBackground: token('--line-strong'),
})

const INK: Readonly<Record<Tone, string>> = {
  title: '--lamp',
  body: '--text',
  speech: '--voice',
  system: '--muted',
  bad: '--bad',
  refusal: '--refusal',
  echo: '--muted',
  lesson: '--good',
  agent: '--agent',
  help: '--text',
}

export function createScreen(host: HTMLElement, { fontSizePx, onKey, onClick }: Options): Screen {
  const terminal = new Terminal({
    disableStdin: true,
    convertEol: true,
    fontFamily: token('--mono'),
    fontSize: fontSizePx,
    lineHeight: 1.35,
    scrollback: OUTPUT_KEPT_COUNT * 6,
    theme: theme(),
    minimumContrastRatio: 4.5,
    cursorInactiveStyle: 'none',
  })
  const fitting = new FitAddon()
  terminal.loadAddon(fitting)
  terminal.open(host)
  terminal.write('\x1b[?25l')
  terminal.textarea?.setAttribute('tabindex', '-1')
  terminal.attachCustomKeyEventHandler((event) => {
    const copying = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'c'
    if (event.type === 'keydown' && !copying) onKey(event)
    return copying
  })
  host.addEventListener('mouseup', () => {
    if (!terminal.hasSelection()) onClick()
  })

  let shown: readonly Output[] = []
  const write = (outputs: readonly Output[]) => {
    if (outputs.length > 0)
      terminal.write(outputs.map((output) => paint(output, Math.min(terminal.cols - 1, READABLE_COLUMNS))).join(''))
  }
  const rewrite = () => {
    terminal.reset()
    terminal.write('\x1b[?25l')
    write(shown)
  }

  return {
    render(outputs) {
      const last = shown.at(-1)
      const from = last ? outputs.findIndex((output) => output.id === last.id) : -1
      const fresh = last && from < 0
      shown = outputs
      if (fresh) rewrite()
      else write(outputs.slice(from + 1))
    },
    fit() {
      const before = terminal.cols
      fitting.fit()
      if (terminal.cols !== before) rewrite()
    },
    resize(px) {
      terminal.options.fontSize = px
      fitting.fit()
      rewrite()
    },
    page: (step) => terminal.scrollPages(step),
    toEnd: () => terminal.scrollToBottom(),
    close: () => terminal.dispose(),
  }
}

/** One block in 24-bit colour, broken at words, with an empty line before what opens a new thought. */
function paint(output: Output, columns: number): string {
  const gap = output.kind === 'echo' || output.kind === 'place' ? '\r\n' : ''
  const lines = linesOf(output).flatMap(({ tone, text }) =>
    wrap(text, columns).map((line) => `${ink(tone)}${line}\x1b[0m`),
  )
  return `${gap}${lines.join('\r\n')}\r\n`
}

function ink(tone: Tone): string {
  const hex = token(INK[tone])
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
  return `\x1b[${tone === 'title' ? '1;' : ''}38;2;${r};${g};${b}m`
}
