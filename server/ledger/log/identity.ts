/** Who signs: the log's name and keys, in a file beside the database and never in it, so that no backup carries them off. */
import { createHash, randomBytes } from 'node:crypto'
import { copyFile, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { syncFolder } from '../../lib/durable.ts'
import { signingKey } from '../../lib/ed25519.ts'
import { utf8 } from '../../protocol/tlog/bytes.ts'
import { cosignatureBytes, cosignedMessage } from '../../protocol/tlog/checkpoint.ts'
import { KEY_TYPE, type NoteKey, type NoteSignature, noteKey } from '../../protocol/tlog/note.ts'
import { beginGuard, createGuard, guardPath } from './guard.ts'

export type LogSigner = { readonly key: NoteKey; sign(text: string): NoteSignature }
export type WitnessSigner = { readonly key: NoteKey; cosign(text: string, atS: number): NoteSignature }
export type LogIdentity = {
  readonly origin: string
  readonly log: LogSigner
  readonly witness: WitnessSigner
}

const SEED_BYTES = 32
const BEGUN_TRIES = 100
const BEGUN_EVERY_MS = 100
const File = z.object({
  /** What comes before the number of the log; made once. */
  name: z.string().min(1).max(200),
  /** Goes up when a new log is begun in place of one that must not go on. */
  number: z.int().min(1),
  logSeed: z.base64url(),
  witnessSeed: z.base64url(),
})
type File = z.infer<typeof File>

export class IdentityError extends Error {
  readonly code = 'bad_log_identity'
}

export const logDirOf = (dataDir: string): string => join(dataDir, 'log')
const fileIn = (dir: string): string => join(dir, 'identity.json')

/** Read, or made on first use. `publicUrl` lends its host and path to the name of a log that is begun. */
export async function loadIdentity(dir: string, publicUrl?: string): Promise<LogIdentity> {
  return identityOf((await readIdentity(dir)) ?? (await begin(dir, publicUrl)))
}

/** The next log of this node, with another name: see `academy ledger new-log`. What the one before it signed last is kept beside it. */
export async function renewIdentity(dir: string): Promise<LogIdentity> {
  const now = await readIdentity(dir)
  if (!now) return identityOf(await begin(dir))
  const signed = guardPath(dir)
  await copyFile(signed, `${signed}-${now.number}`).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  return identityOf(await write(dir, { ...now, number: now.number + 1 }))
}

async function readIdentity(dir: string): Promise<File | undefined> {
  const text = await readFile(fileIn(dir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  try {
    return File.parse(JSON.parse(text))
  } catch (cause) {
    throw new IdentityError(
      `${fileIn(dir)} cannot be read: it names the node's transparency log and holds its keys. Put it back from a copy, or move it aside to begin a new log.`,
      { cause },
    )
  }
}

async function begin(dir: string, publicUrl?: string): Promise<File> {
  const seed = randomBytes(SEED_BYTES)
  const print = createHash('sha256').update(signingKey(seed).publicKey).digest('hex').slice(0, 12)
  const name = publicUrl
    ? `${new URL(publicUrl).host}${new URL(publicUrl).pathname}`.replace(/\/+$/, '')
    : `academy-${print}`
  const file = {
    name,
    number: 1,
    logSeed: seed.toString('base64url'),
    witnessSeed: randomBytes(SEED_BYTES).toString('base64url'),
  }
  return alone(dir, () => write(dir, file))
}

/** Processes that share the directory begin one log between them: who comes second waits for it, and goes on without after a while. */
async function alone(dir: string, make: () => Promise<File>): Promise<File> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const lock = `${fileIn(dir)}.begun`
  const taken = await open(lock, 'wx').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return undefined
    throw error
  })
  await taken?.close()
  for (let left = BEGUN_TRIES; !taken && left > 0; left--) {
    const theirs = await readIdentity(dir)
    if (theirs) return theirs
    await sleep(BEGUN_EVERY_MS)
  }
  try {
    return (await readIdentity(dir)) ?? (await make())
  } finally {
    await rm(lock, { force: true })
  }
}

/** The guard of the new log comes first: a log that has a name has a guard. */
async function write(dir: string, file: File): Promise<File> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await beginGuard(createGuard(dir), identityOf(file).log)
  // For this user's eyes alone, from the first byte on.
  const draft = `${fileIn(dir)}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true })
  await rename(draft, fileIn(dir))
  await syncFolder(dir)
  return file
}

function identityOf({ name, number, logSeed, witnessSeed }: File): LogIdentity {
  const origin = `${name}/tlog${number === 1 ? '' : `-${number}`}`
  return {
    origin,
    log: logSigner(origin, Buffer.from(logSeed, 'base64url')),
    witness: witnessSigner(`${name}/witness`, Buffer.from(witnessSeed, 'base64url')),
  }
}

export function logSigner(origin: string, seed: Uint8Array): LogSigner {
  const secret = signingKey(seed)
  const key = noteKey(origin, KEY_TYPE.ed25519, secret.publicKey)
  return { key, sign: (text) => ({ name: origin, id: key.id, bytes: secret.sign(utf8(text)) }) }
}

export function witnessSigner(name: string, seed: Uint8Array): WitnessSigner {
  const secret = signingKey(seed)
  const key = noteKey(name, KEY_TYPE.cosignature, secret.publicKey)
  return {
    key,
    cosign: (text, atS) => ({
      name,
      id: key.id,
      bytes: cosignatureBytes(atS, secret.sign(cosignedMessage(atS, text))),
    }),
  }
}
