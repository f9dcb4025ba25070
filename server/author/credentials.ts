/** Who the author is on each node: tokens in one file of theirs that nobody else may read. */
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'

const kept = z.object({
  player: z.object({ id: z.string(), name: z.string(), guest: z.boolean() }),
  accessToken: z.string(),
  refreshToken: z.string(),
  expiresAtMs: z.number(),
})
export type Kept = z.output<typeof kept>
const file = z.record(z.string(), kept)

export type Credentials = {
  readonly path: string
  read(url: string): Promise<Kept | undefined>
  write(url: string, value: Kept): Promise<void>
  forget(url: string): Promise<void>
}

/** Where programs of this person keep their settings. */
export function credentialsPath(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const own = process.platform === 'win32' ? env.APPDATA : env.XDG_CONFIG_HOME
  return join(own || join(homedir(), '.config'), 'codecraft-academy', 'credentials.json')
}

export function createCredentials(path: string = credentialsPath()): Credentials {
  async function all(): Promise<z.output<typeof file>> {
    const text = await readFile(path, 'utf8').catch(() => '{}')
    try {
      return file.parse(JSON.parse(text))
    } catch {
      return {}
    }
  }

  /** Whole or not at all: half a file would sign the author out everywhere. */
  async function save(value: z.output<typeof file>): Promise<void> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const beside = `${path}.${randomBytes(6).toString('hex')}`
    await writeFile(beside, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    await chmod(beside, 0o600)
    await rename(beside, path)
  }

  return {
    path,
    read: async (url) => (await all())[url],
    write: async (url, value) => save({ ...(await all()), [url]: value }),
    async forget(url) {
      const { [url]: _, ...rest } = await all()
      await save(rest)
    },
  }
}
