/** What the tests of the author's tools share: a project in a folder that is gone afterwards. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export type Folder = { readonly dir: string; put(path: string, text: string): Promise<void> } & AsyncDisposable

export async function folder(files: Readonly<Record<string, string>> = {}): Promise<Folder> {
  const dir = await mkdtemp(join(tmpdir(), 'academy-author-'))
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(dir, path)), { recursive: true })
    await writeFile(join(dir, path), text)
  }
  for (const [path, text] of Object.entries(files)) await put(path, text)
  return { dir, put, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) }
}

export const project = (main: string, rest: Readonly<Record<string, string>> = {}) =>
  folder({ 'agent.json': '{ "name": "Wick" }', 'main.ts': main, ...rest })
