/** Writes worlds/schema/*.json for editors, from the schemas the loader uses. With --check it only says whether they are up to date. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { editorSchemas } from '../server/world/editor-schemas.ts'

const dir = join(import.meta.dirname, '..', 'worlds', 'schema')
const onlyCheck = process.argv.includes('--check')

await mkdir(dir, { recursive: true })
for (const [name, text] of editorSchemas()) {
  const path = join(dir, `${name}.json`)
  const now = await readFile(path, 'utf8').catch(() => 'null')
  if (JSON.stringify(JSON.parse(now)) === JSON.stringify(JSON.parse(text))) continue
  if (onlyCheck) {
    console.error(`worlds/schema/${name}.json is out of date: run scripts/world-schema.ts`)
    process.exitCode = 1
  } else await writeFile(path, text)
}
