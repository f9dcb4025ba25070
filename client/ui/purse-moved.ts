/** Word from a pane that credits have moved: whoever shows a balance looks again. */

const listeners = new Set<() => void>()

export function creditsMoved(): void {
  for (const listen of listeners) listen()
}

export function onCreditsMoved(listen: () => void): () => void {
  listeners.add(listen)
  return () => listeners.delete(listen)
}
