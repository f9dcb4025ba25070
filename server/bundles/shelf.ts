/** What is kept and for whom: pins, owners, quotas, and what goes when there is no room. */
import type { Clock } from '../lib/clock.ts'
import { createInTurn } from '../lib/in-turn.ts'
import {
  BUNDLE_PIN_MAX_CHARS,
  BUNDLE_PINS_MAX,
  BUNDLE_USED_EVERY_MS,
  BUNDLES_MAX_BYTES,
  BUNDLES_OWNER_MAX_BYTES,
} from '../limits.ts'
import { BundleError } from './errors.ts'
import type { About, BundleFiles, Chunks, Entry } from './files.ts'
import { isSame, type NamedManifest, sha256 } from './manifest.ts'
import type { Cid } from './types.ts'

export type Quotas = { readonly maxBytes?: number; readonly ownerMaxBytes?: number }
export type Keeping = Partial<Pick<About, 'signature'>> & { readonly pin?: string; readonly owner?: string }
export type Shelf = Awaited<ReturnType<typeof createShelf>>

const add = (list: readonly string[], one: string | undefined): readonly string[] =>
  one === undefined || list.includes(one) ? list : [...list, one]

export async function createShelf(
  { files, clock }: { readonly files: BundleFiles; readonly clock: Clock },
  { maxBytes = BUNDLES_MAX_BYTES, ownerMaxBytes = BUNDLES_OWNER_MAX_BYTES }: Quotas = {},
) {
  const entries = new Map<Cid, Entry>((await files.list()).map((entry) => [entry.cid, entry]))
  /** Being read or fetched now: these stay. */
  const held = new Map<Cid, number>()
  const inTurn = createInTurn<Cid>()
  const makingRoom = createInTurn<'room'>()

  const bytesOf = (owner?: string) =>
    [...entries.values()].reduce(
      (sum, { manifest, about }) => (owner && !about.owners.includes(owner) ? sum : sum + manifest.size),
      0,
    )

  const mayGo = (entry: Entry) => entry.about.pins.length === 0 && !held.has(entry.cid)

  async function makeRoom(bytes: number, limit: number, owner?: string): Promise<boolean> {
    const oldest = [...entries.values()]
      .filter((entry) => mayGo(entry) && (owner === undefined || entry.about.owners.includes(owner)))
      .sort((a, b) => a.about.usedMs - b.about.usedMs)
    for (const entry of oldest) {
      if (bytesOf(owner) + bytes <= limit) break
      if (mayGo(entry)) await drop(entry)
    }
    return bytesOf(owner) + bytes <= limit
  }

  async function drop(entry: Entry): Promise<void> {
    entries.delete(entry.cid)
    await files.remove(entry.cid)
  }

  async function reserve(size: number, owner: string | undefined): Promise<void> {
    if (owner !== undefined && !(await makeRoom(size, ownerMaxBytes, owner)))
      throw new BundleError(
        'owner_quota',
        `${owner} keeps at most ${ownerMaxBytes} bytes here; unpin or remove something.`,
      )
    if (!(await makeRoom(size, maxBytes)))
      throw new BundleError('node_quota', `This node keeps at most ${maxBytes} bytes, and all of them are in use.`)
  }

  async function change(entry: Entry, changes: Partial<About>): Promise<void> {
    await files.setAbout(entry, { ...entry.about, usedMs: clock.now(), ...changes })
  }

  function named(pin: string | undefined): void {
    if (pin !== undefined && (pin === '' || pin.length > BUNDLE_PIN_MAX_CHARS))
      throw new BundleError('bad_name', `A pin's name has 1 to ${BUNDLE_PIN_MAX_CHARS} characters.`)
  }

  /** Its entry, begun if it is new, with the pin and the owner that are asked for. */
  async function ensure(made: NamedManifest, keeping: Keeping, chunks?: Chunks): Promise<Entry> {
    named(keeping.pin)
    const known = entries.get(made.cid)
    if (!known) {
      return makingRoom('room', async () => {
        await reserve(made.manifest.size, keeping.owner)
        const about: About = {
          pins: add([], keeping.pin),
          owners: add([], keeping.owner),
          usedMs: clock.now(),
          ...(keeping.signature && { signature: keeping.signature }),
        }
        const entry = await files.create(made, about, chunks)
        entries.set(made.cid, entry)
        return entry
      })
    }
    const pins = add(known.about.pins, keeping.pin)
    const owners = add(known.about.owners, keeping.owner)
    const signature = keeping.signature ?? known.about.signature
    if (pins.length > BUNDLE_PINS_MAX)
      throw new BundleError('bad_name', `A bundle has at most ${BUNDLE_PINS_MAX} pins.`)
    if (owners !== known.about.owners) {
      await hold(made.cid, () =>
        makingRoom('room', async () => {
          const { size } = made.manifest
          if (keeping.owner && !(await makeRoom(size, ownerMaxBytes, keeping.owner)))
            throw new BundleError('owner_quota', `${keeping.owner} keeps at most ${ownerMaxBytes} bytes here.`)
        }),
      )
    }
    if (pins !== known.about.pins || owners !== known.about.owners || signature !== known.about.signature)
      await change(known, { pins, owners, ...(signature && { signature }) })
    if (chunks && known.missing > 0) await files.write(known, chunks)
    return known
  }

  /** While `work` goes on, this bundle is not thrown out. */
  async function hold<T>(cid: Cid, work: () => Promise<T>): Promise<T> {
    held.set(cid, (held.get(cid) ?? 0) + 1)
    try {
      return await work()
    } finally {
      const left = held.get(cid)! - 1
      if (left > 0) held.set(cid, left)
      else held.delete(cid)
    }
  }

  async function used(entry: Entry): Promise<void> {
    if (clock.now() - entry.about.usedMs >= BUNDLE_USED_EVERY_MS) await inTurn(entry.cid, () => change(entry, {}))
  }

  return {
    inTurn,
    hold,
    ensure,
    entry: (cid: Cid): Entry | undefined => entries.get(cid),
    usage: (owner?: string) => ({
      bytes: bytesOf(owner),
      bundles: [...entries.values()].filter(({ about }) => !owner || about.owners.includes(owner)).length,
    }),
    write: (entry: Entry, chunks: Chunks) => inTurn(entry.cid, () => files.write(entry, chunks)),
    read: (entry: Entry, indices: readonly number[]) => hold(entry.cid, () => files.read(entry, indices)),
    /** The whole of it, each chunk held against its hash; a chunk that is wrong is forgotten, so that a pull can mend it. */
    async whole(entry: Entry): Promise<Uint8Array | undefined> {
      if (entry.missing > 0) return undefined
      return hold(entry.cid, async () => {
        const { manifest } = entry
        const chunks = await files.read(entry, [...manifest.chunks.keys()])
        const wrong = chunks.flatMap((bytes, i) => (isSame(sha256(bytes), manifest.chunks[i]!) ? [] : [i]))
        if (wrong.length > 0) {
          await inTurn(entry.cid, () => files.forget(entry, wrong))
          return undefined
        }
        await used(entry)
        const bytes = new Uint8Array(manifest.size)
        for (const [i, chunk] of chunks.entries()) bytes.set(chunk, i * manifest.chunk)
        return bytes
      })
    },
    async pin(entry: Entry, name: string): Promise<void> {
      named(name)
      const pins = add(entry.about.pins, name)
      if (pins.length > BUNDLE_PINS_MAX)
        throw new BundleError('bad_name', `A bundle has at most ${BUNDLE_PINS_MAX} pins.`)
      if (pins !== entry.about.pins) await change(entry, { pins })
    },
    async unpin(entry: Entry, name: string): Promise<void> {
      const pins = entry.about.pins.filter((pin) => pin !== name)
      if (pins.length < entry.about.pins.length) await change(entry, { pins })
    },
    idle: async () => {
      await inTurn.idle()
      await makingRoom.idle()
    },
  }
}
