/** Work done once per key. */

type Store<K, V> = { get(key: K): V | undefined; set(key: K, value: V): unknown }

export function once<K, V>(store: Store<K, V>, key: K, make: () => V): V {
  const known = store.get(key)
  if (known !== undefined) return known
  const made = make()
  store.set(key, made)
  return made
}

type Snapshot = { readonly world: object; readonly of: readonly unknown[]; readonly texts: Map<string, string> }
const snapshots = new WeakMap<readonly unknown[], Snapshot>()

/** Text about a list of records of a world, made again when one of them is another: records are never changed, lists are. */
export function whileSame(world: object, list: readonly unknown[], key: string, make: () => string): string {
  let snapshot = snapshots.get(list)
  if (snapshot?.world !== world || !isSame(snapshot.of, list)) {
    snapshot = { world, of: [...list], texts: new Map() }
    snapshots.set(list, snapshot)
  }
  return once(snapshot.texts, key, make)
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
