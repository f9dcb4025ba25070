/** Asks the node now and then, while somebody looks at the pane that wants to know. */

export function whileLookedAt(pane: HTMLElement, everyMs: number, ask: () => Promise<unknown>): () => void {
  let busy = false
  const timer = setInterval(() => {
    if (busy || document.hidden || pane.closest('[hidden]') || pane.offsetParent === null) return
    busy = true
    void ask()
      .catch(() => undefined)
      .finally(() => {
        busy = false
      })
  }, everyMs)
  return () => clearInterval(timer)
}
