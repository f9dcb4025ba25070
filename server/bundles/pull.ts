/** Fetches what is missing of a bundle from several nodes at once. Which node gets which chunk is decided chunk by chunk, so that the fast ones do more. */
import { BUNDLE_GET_MAX_CHUNKS, BUNDLE_PEER_FAILURES_MAX, BUNDLE_PULL_PEERS_MAX } from '../limits.ts'
import type { NodeId, Wire } from '../link/types.ts'
import { hasBit, missingBits } from './bitmap.ts'
import { BundleError } from './errors.ts'
import type { Entry } from './files.ts'
import { chunkSize, type NamedManifest } from './manifest.ts'
import { openRemote, type Remote, WrongBytes } from './remote.ts'
import type { Shelf } from './shelf.ts'
import type { Cid, PullProgress } from './types.ts'

export type PullDeps = {
  readonly wire: Pick<Wire, 'open'>
  readonly shelf: Shelf
  readonly stallMs?: number
  readonly protocol?: string
}
export type PullWish = {
  readonly cid: Cid
  readonly from: readonly NodeId[]
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: PullProgress) => void
  /** Asked before the first byte is kept: throws when it may not be. Answers the entry to fill. */
  readonly begin: (
    made: NamedManifest & { readonly signature?: NonNullable<Entry['about']['signature']> },
  ) => Promise<Entry>
}

/** Resolves when all of it is here; throws `incomplete` when the nodes that were asked could not give it. */
export async function pullBundle(deps: PullDeps, wish: PullWish): Promise<Entry> {
  const { cid } = wish
  const failures = new Map<NodeId, number>()
  const waiting = [...new Set(wish.from)]
  let cause: unknown
  let entry = deps.shelf.entry(cid)
  /** How many nodes have been asked for a chunk, and those that wait for others to be done. */
  const inHand = new Map<number, number>()
  const idle: (() => void)[] = []
  /** Ends what is under way: all is here, or this node itself cannot go on. */
  const over = new AbortController()
  const signal = wish.signal ? AbortSignal.any([wish.signal, over.signal]) : over.signal
  let broken: unknown

  function failed(node: NodeId, error: unknown): void {
    cause = error
    const times = (failures.get(node) ?? 0) + 1
    failures.set(node, times)
    const isUseless = error instanceof WrongBytes || (error instanceof BundleError && error.code === 'not_found')
    if (!isUseless && times < BUNDLE_PEER_FAILURES_MAX) waiting.push(node)
  }

  /** What goes wrong here is not the other node's fault and ends the pull. */
  async function here<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      broken ??= error
      over.abort(error)
      throw error
    }
  }

  async function withNode<T>(node: NodeId, work: (remote: Remote) => Promise<T>): Promise<T | undefined> {
    let remote: Remote | undefined
    try {
      remote = await openRemote({ wire: deps.wire, node, cid }, { ...deps, signal })
      const done = await work(remote)
      void remote.close().catch(() => {})
      return done
    } catch (error) {
      remote?.abort(error as Error)
      if (broken !== undefined) throw broken
      wish.signal?.throwIfAborted()
      if (!over.signal.aborted) failed(node, error)
      return undefined
    }
  }

  /** What to ask a node for next: chunks that nobody was asked for first; at the end also those that others are slow with. */
  function next(theirs: readonly number[]): readonly number[] {
    const free = theirs.filter((i) => !inHand.has(i))
    return (free.length > 0 ? free : theirs.filter((i) => inHand.get(i)! < 2)).slice(0, BUNDLE_GET_MAX_CHUNKS)
  }

  function take(indices: readonly number[]): void {
    for (const i of indices) inHand.set(i, (inHand.get(i) ?? 0) + 1)
  }

  function giveBack(indices: readonly number[]): void {
    for (const i of indices) {
      const left = inHand.get(i)! - 1
      if (left > 0) inHand.set(i, left)
      else inHand.delete(i)
    }
    for (const wake of idle.splice(0)) wake()
  }

  const wanted = ({ have, manifest }: Entry, theirs: Uint8Array) =>
    missingBits(have, manifest.chunks.length).filter((i) => hasBit(theirs, i))

  async function fetchFrom(remote: Remote, target: Entry): Promise<void> {
    let theirs = await remote.have()
    while (target.missing > 0) {
      if (wanted(target, theirs).length === 0) theirs = await remote.have()
      const possible = wanted(target, theirs)
      if (possible.length === 0) return
      const indices = next(possible)
      if (indices.length > 0) await fetchThese(remote, target, indices)
      else await new Promise<void>((resolve) => idle.push(resolve))
      signal.throwIfAborted()
    }
    over.abort()
  }

  async function fetchThese(remote: Remote, target: Entry, indices: readonly number[]): Promise<void> {
    take(indices)
    const got = new Map<number, Uint8Array>()
    try {
      for await (const [i, data] of remote.chunks(target.manifest, indices)) got.set(i, data)
    } finally {
      // What came before a failure is good: it was verified.
      const written = got.size > 0 ? here(deps.shelf.write(target, got)) : Promise.resolve()
      await written.finally(() => giveBack(indices))
    }
    tell(target)
  }

  function tell({ manifest, have, missing }: Entry): void {
    const of = manifest.chunks.length
    const absent = missingBits(have, of).reduce((sum, i) => sum + chunkSize(manifest, i), 0)
    wish.onProgress?.({ chunks: of - missing, of, bytes: manifest.size - absent })
  }

  while (!entry) {
    const node = waiting.shift()
    if (node === undefined) throw new BundleError('incomplete', `No node that was asked has ${cid}.`, { cause })
    entry = await withNode(node, async (remote) => here(wish.begin(await remote.manifest())))
    if (entry) waiting.unshift(node)
  }
  const target = entry
  tell(target)
  const worker = async () => {
    for (let node = waiting.shift(); node !== undefined && target.missing > 0; node = waiting.shift())
      await withNode(node, (remote) => fetchFrom(remote, target))
  }
  const work = Array.from({ length: Math.min(BUNDLE_PULL_PEERS_MAX, waiting.length) }, worker)
  await Promise.all(work)
  if (target.missing > 0)
    throw new BundleError('incomplete', `${target.missing} chunks of ${cid} could not be had; ask again later.`, {
      cause,
    })
  return target
}
