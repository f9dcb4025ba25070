/** Builds the page into a folder of its own, for tests that need it as it is now. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'

export type BuiltPage = { readonly dir: string; [Symbol.asyncDispose](): Promise<void> }

export async function buildPage(): Promise<BuiltPage> {
  const dir = mkdtempSync(join(tmpdir(), 'academy-page-'))
  const configFile = join(import.meta.dirname, '../vite.config.ts')
  await build({ configFile, logLevel: 'error', build: { outDir: dir, emptyOutDir: true } })
  return { dir, [Symbol.asyncDispose]: async () => rmSync(dir, { recursive: true, force: true }) }
}
