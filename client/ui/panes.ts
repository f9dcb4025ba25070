/** The workbench's panes, in the order of their tabs. Each loads its code when it is first opened. */
import type { Output } from '../../server/protocol/terminal.ts'
import type { Api } from '../net/api.ts'
import type { Store } from '../state.ts'

export type PaneContext = {
  readonly store: Store
  readonly api: Api
  /** Sends a line as if typed, without showing the typing. */
  readonly send: (line: string) => void
  /** Types a line into the prompt for the hand to learn, then sends it. */
  readonly type: (line: string) => void
  /** Puts a line into the prompt and leaves the rest of it, and the sending, to the person. */
  readonly offer: (line: string) => void
  /** Brings a pane to the front. */
  readonly open: (pane: string) => void
  /** Hears each new block of output, `data` included: `lesson` and `agent` blocks carry live changes. */
  readonly onOutput: (listener: (output: Output) => void) => () => void
}

/** What a pane's module exports. `mount` is called once and fills the element; what it returns is called on `unmount`. */
export type PaneModule = { readonly mount: (element: HTMLElement, context: PaneContext) => (() => void) | undefined }

export type Pane = {
  readonly id: string
  readonly titleKey: string
  /** One ornament glyph; the title always stands beside it or is read out. */
  readonly icon: string
  readonly load: () => Promise<PaneModule>
}

export const PANES: readonly Pane[] = [
  { id: 'lesson', titleKey: 'panels.lesson.title', icon: '○', load: () => import('./lesson-pane.ts') },
  { id: 'code', titleKey: 'panels.code.title', icon: '»', load: () => import('./code-pane.ts') },
  { id: 'mentor', titleKey: 'mentor.pane.title', icon: '?', load: () => import('./mentor-pane.ts') },
  { id: 'agents', titleKey: 'panels.agents.title', icon: '◊', load: () => import('./agents-pane.ts') },
  { id: 'replay', titleKey: 'panels.replay.title', icon: '‹', load: () => import('./replay-pane.ts') },
  { id: 'who', titleKey: 'panels.who.title', icon: '@', load: () => import('./who-pane.ts') },
  { id: 'jobs', titleKey: 'jobs.title', icon: '∑', load: () => import('./jobs-pane.ts') },
  { id: 'library', titleKey: 'library.page.title', icon: '¶', load: () => import('./library-pane.ts') },
  { id: 'network', titleKey: 'network.page.title', icon: '*', load: () => import('./network-pane.ts') },
]
