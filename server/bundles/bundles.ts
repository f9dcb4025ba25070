/** The node's bundles: kept in files, fetched from and served to other nodes. Rules are in `SPEC.md`. */
import { randomBytes } from 'node:crypto'
import { type Clock, systemClock } from '../lib/clock.ts'
import type { Step } from '../lib/durable.ts'
import { BUNDLE_AUDIT_MS, BUNDLE_MAX_BYTES } from '../limits.ts'
import type { Wire } from '../link/types.ts'
import { BundleError } from './errors.ts'
import { type Entry, openBundleFiles } from './files.ts'
import { BUNDLE_PROTOCOL, OPEN_KINDS, SHARED_BUNDLE_PROTOCOL } from './frames.ts'
import { chunkAt, isCid, isSame, manifestOf } from './manifest.ts'
import { pullBundle } from './pull.ts'
import { openRemote } from './remote.ts'
import { createServer, type MayServe, proofOf } from './serve.ts'
import { createShelf, type Keeping, type Quotas } from './shelf.ts'
import type { Bundles, Cid } from './types.ts'

export type BundlesOptions = Quotas & {
  /** Folder that holds nothing else. */
  readonly dir: string
  readonly wire: Pick<Wire, 'open' | 'serveStream'>
  readonly clock?: Clock
  readonly mayServe?: MayServe
  readonly stallMs?: number
  /** Called before and after each sync, with the place's name. */
  readonly step?: Step
}
export type BundleService = Bundles & AsyncDisposable

export async function createBundles(options: BundlesOptions): Promise<BundleService> {
  const { wire, clock = systemClock, mayServe = () => true } = options
  const files = await openBundleFiles(options.dir, options.step)
  const shelf = await createShelf({ files, clock }, options)
  wire.serveStream(BUNDLE_PROTOCOL, createServer(shelf, mayServe))
  const mayShare: MayServe = (caller, bundle) => OPEN_KINDS.has(bundle.kind) && mayServe(caller, bundle)
  wire.serveStream(SHARED_BUNDLE_PROTOCOL, createServer(shelf, mayShare))
  const closing = new AbortController()
  const pulls = new Map<Cid, Promise<unknown>>()

  const isWhole = (entry: Entry | undefined): entry is Entry => entry !== undefined && entry.missing === 0

  async function keep(cid: Cid, work: () => Promise<Entry>): Promise<Entry> {
    return shelf.hold(cid, () => shelf.inTurn(cid, work))
  }

  async function change(cid: Cid, work: (entry: Entry) => Promise<void>): Promise<boolean> {
    return shelf.hold(cid, () =>
      shelf.inTurn(cid, async () => {
        const entry = shelf.entry(cid)
        if (entry) await work(entry)
        return entry !== undefined
      }),
    )
  }

  type PullOptions = NonNullable<Parameters<Bundles['pull']>[2]>

  async function fetchMissing(cid: Cid, from: readonly string[], options_: PullOptions): Promise<void> {
    const { signal, onProgress, maxBytes = BUNDLE_MAX_BYTES, shared, ...keeping } = options_
    const ended = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal
    const begin = async (made: Parameters<typeof shelf.ensure>[0] & Keeping) => {
      if (made.manifest.size > maxBytes)
        throw new BundleError('too_large', `${cid} has ${made.manifest.size} bytes; ${maxBytes} are allowed.`)
      return keep(cid, () => shelf.ensure(made, { ...keeping, ...(made.signature && { signature: made.signature }) }))
    }
    const known = shelf.entry(cid)
    if (known) await begin(known.about.signature ? { ...known, signature: known.about.signature } : known)
    const wish = { cid, from, begin, signal: ended, ...(onProgress && { onProgress }) }
    const deps = { wire, shelf, ...(options.stallMs && { stallMs: options.stallMs }) }
    await pullBundle(shared ? { ...deps, protocol: SHARED_BUNDLE_PROTOCOL.protocol } : deps, wish)
  }

  /** One pull of a bundle at a time; who asks meanwhile waits for it, and then fetches what it left. */
  async function pull(cid: Cid, from: readonly string[], wish: PullOptions = {}): Promise<Uint8Array> {
    if (!isCid(cid)) throw new BundleError('bad_name', `${cid} is not the name of a bundle.`)
    while (pulls.has(cid)) await pulls.get(cid)!.catch(() => {})
    wish.signal?.throwIfAborted()
    const mine = shelf.hold(cid, () => fetchMissing(cid, from, wish))
    pulls.set(cid, mine)
    try {
      await mine
    } finally {
      pulls.delete(cid)
    }
    const entry = shelf.entry(cid)
    const bytes = entry && (await shelf.whole(entry))
    if (!bytes) throw new BundleError('damaged', `The disk does not give back what was written of ${cid}.`)
    return bytes
  }

  return {
    async put(kind, bytes, keeping = {}) {
      const made = manifestOf(kind, bytes)
      const { chunks } = made.manifest
      await keep(made.cid, () => shelf.ensure(made, keeping, new Map(chunks.map((_, i) => [i, chunkAt(bytes, i)]))))
      return made.cid
    },
    async get(cid) {
      const entry = shelf.entry(cid)
      return entry && shelf.whole(entry)
    },
    has: async (cid) => isWhole(shelf.entry(cid)),
    pull,
    async pin(cid, name) {
      if (!(await change(cid, (entry) => shelf.pin(entry, name))))
        throw new BundleError('not_found', `There is no ${cid} here to pin.`)
    },
    async unpin(cid, name) {
      await change(cid, (entry) => shelf.unpin(entry, name))
    },
    async info(cid) {
      const entry = shelf.entry(cid)
      if (!entry) return undefined
      const { manifest, missing, about } = entry
      return {
        cid,
        kind: manifest.kind,
        size: manifest.size,
        chunks: manifest.chunks.length,
        have: manifest.chunks.length - missing,
        pins: about.pins,
        ...(about.signature && { signature: about.signature }),
      }
    },
    async audit(cid, node, indices) {
      const entry = shelf.entry(cid)
      if (!isWhole(entry)) throw new BundleError('not_found', `An audit of ${cid} needs all of it here.`)
      const nonce = new Uint8Array(randomBytes(32))
      const remote = await openRemote({ wire, node, cid }, { signal: closing.signal })
      try {
        const proofs = await remote.proof(nonce, indices, BUNDLE_AUDIT_MS)
        const chunks = await shelf.read(entry, indices)
        return (
          proofs.length === chunks.length && chunks.every((chunk, i) => isSame(proofs[i]!, proofOf(nonce, chunk)))
        )
      } catch (error) {
        remote.abort(error as Error)
        if (error instanceof BundleError) return false
        throw error
      }
    },
    usage: shelf.usage,
    async [Symbol.asyncDispose]() {
      closing.abort(new BundleError('incomplete', 'The node is closing.'))
      await Promise.allSettled(pulls.values())
      await shelf.idle()
    },
  }
}
