/**
 * Bundles on the disk: a folder for each, with `manifest`, `data`, `have` (a bit for each chunk that is there) and `about` (JSON).
 * A bit is set only after its chunk was synced, and a folder gets its name only after what is in it was: a crash leaves no lie.
 */
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type Step, syncFolder, writeDurably } from '../lib/durable.ts'
import { newId } from '../lib/ids.ts'
import type { Signed } from '../lib/signed.ts'
import { missingBits, newBitmap, setBit } from './bitmap.ts'
import { chunkSize, isCid, type NamedManifest, readManifest } from './manifest.ts'
import type { BundleManifest, Cid } from './types.ts'

export type About = {
  readonly pins: readonly string[]
  readonly owners: readonly string[]
  readonly usedMs: number
  readonly signature?: Signed
}

/** One bundle that is here, whole or in part. */
export type Entry = {
  readonly cid: Cid
  readonly manifest: BundleManifest
  readonly encoded: Uint8Array
  readonly have: Uint8Array
  missing: number
  about: About
}

const hex = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'hex')))
const aboutSchema = z.object({
  pins: z.array(z.string()),
  owners: z.array(z.string()),
  usedMs: z.number(),
  signature: z.object({ body: hex, key: hex, sig: hex }).optional(),
})
const asText = (about: About): string =>
  JSON.stringify(about, (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value))

export type BundleFiles = Awaited<ReturnType<typeof openBundleFiles>>

/** Opens the folder, making it if need be; what was begun and never named is cleared away. */
export async function openBundleFiles(dir: string, step?: Step) {
  const aside = join(dir, 'aside')
  await rm(aside, { recursive: true, force: true })
  await mkdir(aside, { recursive: true })
  const home = (cid: Cid, file = '') => join(dir, cid, file)

  async function read(cid: Cid): Promise<Entry | undefined> {
    try {
      const encoded = new Uint8Array(await readFile(home(cid, 'manifest')))
      const manifest = readManifest(cid, encoded)
      const have = new Uint8Array(await readFile(home(cid, 'have')))
      if (have.length !== newBitmap(manifest.chunks.length).length) return undefined
      const about = aboutSchema.parse(JSON.parse(await readFile(home(cid, 'about'), 'utf8')))
      return { cid, manifest, encoded, have, missing: missingBits(have, manifest.chunks.length).length, about }
    } catch {
      return undefined
    }
  }

  async function remove(cid: Cid): Promise<void> {
    const away = join(aside, newId('gone'))
    await rename(home(cid), away)
    await syncFolder(dir)
    await rm(away, { recursive: true, force: true })
  }

  async function writeChunks(data: FileHandle, { manifest }: Pick<Entry, 'manifest'>, chunks: Chunks): Promise<void> {
    for (const [index, bytes] of chunks) await writeAll(data, bytes, index * manifest.chunk)
    await step?.('before data sync')
    await data.datasync()
    await step?.('after data sync')
  }

  return {
    /** Every bundle that can be read; what cannot is removed. */
    async list(): Promise<Entry[]> {
      const entries: Entry[] = []
      for (const name of await readdir(dir)) {
        if (!isCid(name)) continue
        const entry = await read(name)
        if (entry) entries.push(entry)
        else await remove(name)
      }
      return entries
    },
    /** A new bundle, with all of its chunks or with none yet. */
    async create({ cid, manifest, encoded }: NamedManifest, about: About, chunks?: Chunks): Promise<Entry> {
      const draft = join(aside, newId('new'))
      await mkdir(draft)
      const have = newBitmap(manifest.chunks.length)
      const data = await open(join(draft, 'data'), 'w')
      try {
        await data.truncate(manifest.size)
        if (chunks) {
          await writeChunks(data, { manifest }, chunks)
          for (const [index] of chunks) setBit(have, index)
        }
      } finally {
        await data.close()
      }
      await writeDurably(join(draft, 'manifest'), encoded, step)
      await writeDurably(join(draft, 'have'), have, step)
      await writeDurably(join(draft, 'about'), asText(about), step)
      await rename(draft, home(cid))
      await step?.('before folder sync')
      await syncFolder(dir)
      await step?.('after folder sync')
      return { cid, manifest, encoded, have, missing: missingBits(have, manifest.chunks.length).length, about }
    },
    /** Chunks that were verified. */
    async write(entry: Entry, chunks: Chunks): Promise<void> {
      const data = await open(home(entry.cid, 'data'), 'r+')
      try {
        await writeChunks(data, entry, chunks)
      } finally {
        await data.close()
      }
      for (const [index] of chunks) setBit(entry.have, index)
      entry.missing = missingBits(entry.have, entry.manifest.chunks.length).length
      await writeDurably(home(entry.cid, 'have'), entry.have, step)
    },
    async read({ cid, manifest }: Entry, indices: readonly number[]): Promise<Uint8Array[]> {
      const data = await open(home(cid, 'data'), 'r')
      try {
        const chunks: Uint8Array[] = []
        for (const index of indices) {
          const bytes = new Uint8Array(chunkSize(manifest, index))
          await readAll(data, bytes, index * manifest.chunk)
          chunks.push(bytes)
        }
        return chunks
      } finally {
        await data.close()
      }
    },
    /** Chunks that turned out to be wrong count as missing again. */
    async forget(entry: Entry, indices: readonly number[]): Promise<void> {
      for (const index of indices) setBit(entry.have, index, false)
      entry.missing = missingBits(entry.have, entry.manifest.chunks.length).length
      await writeDurably(home(entry.cid, 'have'), entry.have, step)
    },
    async setAbout(entry: Entry, about: About): Promise<void> {
      await writeDurably(home(entry.cid, 'about'), asText(about), step)
      entry.about = about
    },
    remove,
  }
}

export type Chunks = ReadonlyMap<number, Uint8Array>

async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done)
    done += bytesWritten
  }
}

/** What is past the end of a cut file reads as zeros, and is found out by its hash. */
async function readAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, at + done)
    if (bytesRead === 0) return
    done += bytesRead
  }
}
