/** What the browser has to load before the terminal plays, counted from the build's own manifest. `node client/testing/first-load.ts [DIR]` prints it. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { FIRST_LOAD_MAX_BYTES } from '../limits.ts'

type Manifest = Readonly<Record<string, { readonly file: string; readonly imports?: readonly string[] }>>

/** The page itself, and the screen that a desktop's terminal is drawn with. */
const FIRST = ['index.html', 'terminal/screen.ts']

export type FirstLoad = {
  readonly bytes: number
  readonly files: readonly { readonly file: string; readonly bytes: number }[]
}

export function measureFirstLoad(dir: string): FirstLoad {
  const manifest = JSON.parse(readFileSync(join(dir, '.vite/manifest.json'), 'utf8')) as Manifest
  const wanted = new Set<string>()
  const add = (key: string): void => {
    const chunk = manifest[key]
    if (!chunk) throw new Error(`${key} is not in the manifest of ${dir}`)
    if (wanted.has(chunk.file)) return
    wanted.add(chunk.file)
    for (const other of chunk.imports ?? []) add(other)
  }
  for (const key of FIRST) add(key)
  const files = [...wanted]
    .filter((file) => file.endsWith('.js'))
    .map((file) => ({ file, bytes: gzipSync(readFileSync(join(dir, file))).length }))
  return { bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), files }
}

if (import.meta.main) {
  const { bytes, files } = measureFirstLoad(
    resolve(process.argv[2] ?? join(import.meta.dirname, '../../dist/client')),
  )
  for (const { file, bytes } of files) console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KB  ${file}`)
  console.log(
    `${(bytes / 1024).toFixed(1).padStart(7)} KB  before the terminal plays; at most ${FIRST_LOAD_MAX_BYTES / 1024} KB`,
  )
  if (bytes > FIRST_LOAD_MAX_BYTES) process.exit(1)
}
