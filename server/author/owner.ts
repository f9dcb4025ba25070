/**
 * The one person of a node on the author's own machine. Whoever asks to come in as a guest is the author: their account has a
 * password that nobody knows, kept beside the node's data where only they can read it.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { Accounts, Origin, Person } from '../accounts/types.ts'
import type { Locale } from '../protocol/ids.ts'

const kept = z.object({ id: z.string(), password: z.string() })
const NODE: Origin = { address: 'local', requestId: 'sandbox' }

export type Owner = { readonly person: Person; guest: Accounts['guest'] }

export async function ownerOf(accounts: Accounts, file: string, locale: Locale): Promise<Owner> {
  const known = await read(file)
  const { id, password } = known && (await accounts.person(known.id)) ? known : await enrol(accounts, file, locale)
  const person = async () => (await accounts.person(id))!
  return {
    person: await person(),
    async guest({ locale: spoken }, from) {
      if (spoken !== undefined) await accounts.setLocale(id, spoken)
      return accounts.login({ name: (await person()).name, password }, from)
    },
  }
}

async function read(file: string): Promise<z.output<typeof kept> | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return kept.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

async function enrol(accounts: Accounts, file: string, locale: Locale): Promise<z.output<typeof kept>> {
  const password = randomBytes(24).toString('base64url')
  const { player } = await firstThatGoes([ownName(), 'Author', `Author ${randomBytes(3).toString('hex')}`], (name) =>
    accounts.register({ name, password, locale }, undefined, NODE),
  )
  await accounts.setRoles(player.id, ['admin'], 'node', NODE)
  const owner = { id: player.id, password }
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(`${file}.new`, JSON.stringify(owner), { mode: 0o600 })
  await rename(`${file}.new`, file)
  return owner
}

/** The name that this machine knows them by may be one that nobody may have here. */
async function firstThatGoes<T>(names: readonly string[], attempt: (name: string) => Promise<T>): Promise<T> {
  let failure: unknown
  for (const name of names)
    try {
      return await attempt(name)
    } catch (error) {
      failure = error
    }
  throw failure
}

function ownName(): string {
  try {
    const { username } = userInfo()
    return username === 'root' ? 'Author' : username.replace(/^./, (first) => first.toUpperCase())
  } catch {
    return 'Author'
  }
}
