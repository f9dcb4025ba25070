/** An index from a key to records in order of coming; lists are handed out as they are, so they are for reading at once. */

export type Shelf<T extends { readonly id: string }> = {
  list(key: string): readonly T[]
  add(key: string, record: T): void
  /** Puts a newer record in the older one's place. */
  replace(key: string, record: T): void
  remove(key: string, id: string): void
}

const NONE: readonly never[] = Object.freeze([])

export function createShelf<T extends { readonly id: string }>(): Shelf<T> {
  const lists = new Map<string, T[]>()
  const indexOf = (list: readonly T[], id: string) => {
    for (let i = 0; i < list.length; i++) if (list[i]!.id === id) return i
    return -1
  }
  return {
    list: (key) => lists.get(key) ?? NONE,
    add(key, record) {
      const list = lists.get(key)
      if (list) list.push(record)
      else lists.set(key, [record])
    },
    replace(key, record) {
      const list = lists.get(key)!
      list[indexOf(list, record.id)] = record
    },
    remove(key, id) {
      const list = lists.get(key)
      if (!list) return
      const index = indexOf(list, id)
      if (index >= 0) list.splice(index, 1)
      if (list.length === 0) lists.delete(key)
    },
  }
}
