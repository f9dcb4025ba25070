/**
 * Modules in a project on disk: `lib/<name>/` and `library.lock.json`. What is to be done is written down first, then done file by file, then
 * the note is removed: whoever finds the note does the rest, so that a command that was killed leaves the old state or comes to the new one.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { manifestOf } from '../bundles/manifest.ts'
import { syncFolder, writeDurably } from '../lib/durable.ts'
import { packageRefusal } from '../library/check.ts'
import { unpackItem } from '../library/package.ts'
import { installing, LOCK_FILE, type LockChange, removing } from '../library/project-items.ts'
import { openRecord } from '../library/records.ts'
import type { FetchedItem, Files, Lock } from '../library/types.ts'
import type { Refusal } from '../protocol/refusals.ts'
import { message } from '../protocol/text/index.ts'
import { AuthorProblem } from './problem.ts'
import { KEPT_DIR, placeOnDisk, readSources } from './project.ts'

/** What is under way. */
const NOTE = 'library-change.json'
const note = z.object({ put: z.record(z.string(), z.string()), remove: z.array(z.string()) })

const said = ({ code, params }: Refusal): AuthorProblem =>
  new AuthorProblem(code, message('en', `refusal.${code}`, params as Record<string, string>))

/** An item as a node hands it over, in base64. */
export type Handed = {
  readonly record: { readonly body: string; readonly key: string; readonly sig: string }
  readonly bundle: string
}

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))

/** Checks signature and hash here: the node that was asked is not taken at its word. */
export function opened(name: string, { record, bundle }: Handed): FetchedItem {
  const signed = { body: bytes(record.body), key: bytes(record.key), sig: bytes(record.sig) }
  const item = openRecord('library-item', signed)
  if (item?.name !== name) throw said({ code: 'item_forged', params: { name, version: 'none', why: 'signature' } })
  const content = bytes(bundle)
  const files = manifestOf('item', content).cid === item.cid ? unpackItem(item.kind, content) : undefined
  if (!files || packageRefusal(item.kind, files))
    throw said({ code: 'item_forged', params: { name, version: item.version, why: 'package' } })
  return { version: { item, record: signed }, files, bundle: content }
}

async function sourcesOf(dir: string): Promise<Files> {
  const lock = await readFile(join(dir, LOCK_FILE), 'utf8').catch(() => undefined)
  return { ...(await readSources(dir)), ...(lock !== undefined && { [LOCK_FILE]: lock }) }
}

async function carryOut(dir: string, { put, remove }: z.output<typeof note>): Promise<void> {
  for (const path of remove) await rm(await placeOnDisk(dir, path), { force: true })
  // The lock last: as long as it says the old, the note says what is missing.
  for (const [path, text] of Object.entries(put).sort(
    ([a], [b]) => Number(a === LOCK_FILE) - Number(b === LOCK_FILE),
  )) {
    const file = await placeOnDisk(dir, path)
    await mkdir(dirname(file), { recursive: true })
    const beside = join(dirname(file), `.academy-${process.pid}.tmp`)
    await writeFile(beside, text)
    await rename(beside, file)
  }
}

/** Finishes what a command before this one began; true when there was something. */
export async function finishChange(dir: string): Promise<boolean> {
  const file = join(dir, KEPT_DIR, NOTE)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return false
  await carryOut(dir, note.parse(JSON.parse(text)))
  await rm(file)
  await syncFolder(dirname(file))
  return true
}

async function change(dir: string, { put, remove, lock }: LockChange): Promise<Lock> {
  const file = join(dir, KEPT_DIR, NOTE)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeDurably(file, `${JSON.stringify({ put, remove })}\n`)
  await finishChange(dir)
  return lock
}

export async function installInDir(dir: string, item: FetchedItem): Promise<Lock> {
  await finishChange(dir)
  const planned = installing(await sourcesOf(dir), item)
  if (!planned.ok) throw said(planned.refusal)
  return change(dir, planned.value)
}

export async function removeFromDir(dir: string, name: string): Promise<Lock> {
  await finishChange(dir)
  const planned = removing(await sourcesOf(dir), name)
  if (!planned.ok) throw said(planned.refusal)
  return change(dir, planned.value)
}
