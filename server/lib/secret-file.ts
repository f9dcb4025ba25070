/** 32 secret bytes in a file that only its user reads, in base64url: a secret of the node, or the seed of a key. */
import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

const SECRET_BYTES = 32

/** The bytes, or undefined when there is no such file. `damaged` makes the error for a file that holds anything else. */
export async function readSecretFile(path: string, damaged: () => Error): Promise<Uint8Array | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const secret = Buffer.from(text.trim(), 'base64url')
  if (secret.length !== SECRET_BYTES) throw damaged()
  return secret
}

/** Made on first use. Safe when two processes start at once: the first file to be linked into place is everybody's. */
export async function loadSecretFile(path: string, damaged: () => Error): Promise<Uint8Array> {
  return (await readSecretFile(path, damaged)) ?? (await makeSecretFile(path, damaged))
}

async function makeSecretFile(path: string, damaged: () => Error): Promise<Uint8Array> {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`, {
    mode: 0o600,
    flag: 'wx',
    flush: true,
  })
  try {
    await link(draft, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  } finally {
    await rm(draft, { force: true })
  }
  return (await readSecretFile(path, damaged))!
}
