/** A wish to see a project's file in the editor, from any pane; the last one waits until the editor is there. */

import type { PaneContext } from './panes.ts'

export type FileWish = { readonly project?: string; readonly path?: string; readonly line?: number }

const listeners = new Set<(wish: FileWish) => void>()
let waiting: FileWish | undefined

/** Brings the editor to the front and shows the file in it. */
export function openFile(context: Pick<PaneContext, 'open'>, wish: FileWish): void {
  context.open('code')
  if (listeners.size === 0) waiting = wish
  for (const listen of listeners) listen(wish)
}

export function onOpenFile(listen: (wish: FileWish) => void): () => void {
  listeners.add(listen)
  if (waiting) listen(waiting)
  waiting = undefined
  return () => listeners.delete(listen)
}
