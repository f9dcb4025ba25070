/** One tab of a browser plays at a time: the newest takes over, the others are told. Without Web Locks every tab plays. */
export function createTabClaim(onLost: () => void): { claim(): void } {
  let held = false
  return {
    claim() {
      const locks = globalThis.navigator?.locks
      if (!locks || held) return
      held = true
      locks
        .request('academy.play', { steal: true }, () => new Promise<never>(() => undefined))
        .catch(() => {
          held = false
          onLost()
        })
    },
  }
}
