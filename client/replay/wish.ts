/** A wish to look back at an agent, from any pane; the last one waits until the pane is there. */
import type { PaneContext } from '../ui/panes.ts'

const listeners = new Set<(agent: string) => void>()
let waiting: string | undefined

export function lookBack(context: Pick<PaneContext, 'open'>, agent: string): void {
  context.open('replay')
  if (listeners.size === 0) waiting = agent
  for (const listen of listeners) listen(agent)
}

export function onLookBack(listen: (agent: string) => void): () => void {
  listeners.add(listen)
  if (waiting !== undefined) listen(waiting)
  waiting = undefined
  return () => listeners.delete(listen)
}
