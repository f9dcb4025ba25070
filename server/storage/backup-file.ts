/**
 * The file of a backup: gzip'd lines of JSON. First `["academy-backup", header]`, then for each table `["table", name]` and
 * its rows as objects, last `["end", rows, sha256]` over every byte before it. It holds keys and password hashes.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import { BACKUP_LINE_MAX_CHARS } from '../limits.ts'
import { StorageError } from './errors.ts'

const BACKUP_MAGIC = 'academy-backup'
const BACKUP_VERSION = 1

const Header = z.object({
  version: z.literal(BACKUP_VERSION),
  createdAtMs: z.number(),
  migrations: z.array(z.object({ name: z.string(), checksum: z.string() })),
  /** Rows by table. */
  tables: z.record(z.string(), z.number().int().nonnegative()),
})
const HeaderLine = z.tuple([z.literal(BACKUP_MAGIC), Header])
const TableLine = z.tuple([z.literal('table'), z.string()])
const EndLine = z.tuple([z.literal('end'), z.number(), z.string()])

export type BackupHeader = z.infer<typeof Header>
export type BackupRow = { readonly table: string; readonly json: string }

/** Lines of a whole file around the rows that `rows` brings in runs of one table. */
export async function* backupLines(
  header: Omit<BackupHeader, 'version'>,
  rows: AsyncIterable<{ readonly table: string; readonly jsons: readonly string[] }>,
): AsyncGenerator<string> {
  const hash = createHash('sha256')
  const hashed = (text: string) => {
    hash.update(text)
    return text
  }
  yield hashed(lineOf([BACKUP_MAGIC, { version: BACKUP_VERSION, ...header }]))
  let table: string | undefined
  let count = 0
  for await (const run of rows) {
    if (run.table !== table) {
      table = run.table
      yield hashed(lineOf(['table', table]))
    }
    count += run.jsons.length
    if (run.jsons.length > 0) yield hashed(`${run.jsons.join('\n')}\n`)
  }
  yield lineOf(['end', count, hash.digest('hex')])
}

const lineOf = (value: unknown) => `${JSON.stringify(value)}\n`

/** Reads a file through. Rows are to be trusted only after the generator has ended: it throws when the end does not fit. */
export async function* readBackup(path: string, onHeader: (header: BackupHeader) => void): AsyncGenerator<BackupRow> {
  const hash = createHash('sha256')
  const counted = new Map<string, number>()
  let header: BackupHeader | undefined
  let table = ''
  let rows = 0
  let ended = false
  for await (const line of unzippedLines(path)) {
    if (ended) throw damaged(path, 'something follows its end')
    if (header === undefined) {
      header = parse(path, HeaderLine, line)[1]
      onHeader(header)
    } else if (line.startsWith('{')) {
      rows += 1
      counted.set(table, (counted.get(table) ?? 0) + 1)
      yield { table, json: line }
    } else if (line.startsWith('["table"')) {
      table = parse(path, TableLine, line)[1]
    } else {
      const [, total, sha256] = parse(path, EndLine, line)
      if (total !== rows || sha256 !== hash.digest('hex')) throw damaged(path, 'its checksum does not fit')
      ended = true
      continue
    }
    if (!ended) hash.update(`${line}\n`)
  }
  if (!ended || header === undefined) throw damaged(path, 'it is cut off')
  for (const [name, expected] of Object.entries(header.tables)) {
    if ((counted.get(name) ?? 0) !== expected) throw damaged(path, `it lacks rows of ${name}`)
  }
}

async function* unzippedLines(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  // Pieces of the line under way, joined once: it may be as long as a zone's snapshot.
  let pieces: string[] = []
  let chars = 0
  try {
    for await (const chunk of gunzip(path)) {
      const lines = decoder.decode(chunk, { stream: true }).split('\n')
      const rest = lines.pop()!
      for (const line of lines) {
        yield pieces.join('') + line
        pieces = []
        chars = 0
      }
      pieces.push(rest)
      chars += rest.length
      if (chars > BACKUP_LINE_MAX_CHARS) throw damaged(path, 'a line is too long')
    }
  } catch (error) {
    throw asDamage(path, error)
  }
  if (chars > 0) throw damaged(path, 'it is cut off')
}

async function* gunzip(path: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path)
  const gunzipped = createGunzip()
  file.on('error', (error) => gunzipped.destroy(error))
  try {
    yield* file.pipe(gunzipped)
  } finally {
    file.destroy()
    gunzipped.destroy()
  }
}

function parse<T>(path: string, schema: z.ZodType<T>, line: string): T {
  try {
    return schema.parse(JSON.parse(line))
  } catch (error) {
    throw damaged(path, 'it is not a backup that this program reads', error)
  }
}

/** What zlib and the decoder throw means damage; what the file system throws is said as it is. */
function asDamage(path: string, error: unknown): unknown {
  const code = (error as { code?: unknown }).code
  const isDamage = typeof code === 'string' && (code.startsWith('Z_') || code.startsWith('ERR_ENCODING'))
  return isDamage ? damaged(path, (error as Error).message, error) : error
}

export const damaged = (path: string, why: string, cause?: unknown) =>
  new StorageError('backup_damaged', `${path} cannot be used: ${why}. Nothing was changed.`, { cause })
