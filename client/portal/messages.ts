/** What the page and the frame of a visit say to each other over their port. */
import type { Output } from '../../server/protocol/terminal.ts'
import type { TerminalStatus } from '../net/terminal.ts'
import type { Picture } from '../state.ts'

export type ToFrame =
  | { readonly type: 'open'; readonly url: string; readonly ticket: string; readonly locale: string }
  | { readonly type: 'line'; readonly text: string }
  | { readonly type: 'complete'; readonly id: number; readonly text: string }
  | { readonly type: 'close' }

export type FromFrame =
  | { readonly type: 'ready' }
  /** The visitor's own character there. */
  | { readonly type: 'entered'; readonly player: string }
  | { readonly type: 'output'; readonly output: Output }
  | { readonly type: 'picture'; readonly picture: Picture }
  | { readonly type: 'map'; readonly status: 'live' | 'lost' }
  | { readonly type: 'status'; readonly status: TerminalStatus }
  | { readonly type: 'completed'; readonly id: number; readonly lines: readonly string[] }
  | { readonly type: 'refused'; readonly code: string }
  | { readonly type: 'full' }
  /** The ticket was not taken, or nobody answers. */
  | { readonly type: 'failed' }
