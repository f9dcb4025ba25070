/** One object for each key, for as long as anybody holds it: equal things are kept once, and forgotten with their last holder. */
export type Shared<T extends object> = {
  get(key: string): T | undefined
  /** The one that is kept already, else this one. */
  keep(key: string, value: T): T
}

/** Keys of things that are gone are swept away when so many have gathered. */
const SWEEP_AT = 256

export function createShared<T extends object>(): Shared<T> {
  const kept = new Map<string, WeakRef<T>>()
  let sweepAt = SWEEP_AT

  function sweep(): void {
    for (const [key, ref] of kept) if (ref.deref() === undefined) kept.delete(key)
    sweepAt = Math.max(SWEEP_AT, kept.size * 2)
  }

  const get = (key: string) => kept.get(key)?.deref()
  return {
    get,
    keep(key, value) {
      const there = get(key)
      if (there) return there
      kept.set(key, new WeakRef(value))
      if (kept.size > sweepAt) sweep()
      return value
    },
  }
}
