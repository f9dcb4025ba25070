/** One piece of work at a time for each key, in the order of asking. */
export type InTurn<K> = {
  <T>(key: K, work: () => Promise<T>): Promise<T>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
}

export function createInTurn<K>(): InTurn<K> {
  const last = new Map<K, Promise<unknown>>()
  const inTurn = <T>(key: K, work: () => Promise<T>): Promise<T> => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work, work)
    const settled = mine
      .catch(() => {})
      .then(() => {
        if (last.get(key) === settled) last.delete(key)
      })
    last.set(key, settled)
    return mine
  }
  return Object.assign(inTurn, {
    idle: async () => {
      while (last.size > 0) await Promise.all(last.values())
    },
  })
}
