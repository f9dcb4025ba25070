/** A few JSON values kept by the browser; where keeping is forbidden (private windows, full disks) they live until the page closes. */

export type Keep = {
  read<T>(key: string): T | undefined
  write(key: string, value: unknown): void
  remove(key: string): void
}

export function createKeep(storage: () => Storage): Keep {
  const memory = new Map<string, string>()
  const attempt = <T>(work: () => T, otherwise: () => T): T => {
    try {
      return work()
    } catch {
      return otherwise()
    }
  }
  const raw = (key: string) =>
    attempt(
      () => storage().getItem(key) ?? memory.get(key),
      () => memory.get(key),
    )
  return {
    read(key) {
      const text = raw(key)
      return text === undefined
        ? undefined
        : attempt(
            () => JSON.parse(text),
            () => undefined,
          )
    },
    write(key, value) {
      const text = JSON.stringify(value)
      attempt(
        () => storage().setItem(key, text),
        () => void memory.set(key, text),
      )
    },
    remove(key) {
      memory.delete(key)
      attempt(
        () => storage().removeItem(key),
        () => undefined,
      )
    },
  }
}
