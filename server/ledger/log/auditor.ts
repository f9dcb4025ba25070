/** Replays a whole log from what it publishes: every leaf, every tile, the root, the signatures; and the entries by the ledger's own rules. */
import { decodeEntry } from '../../protocol/ledger-entry.ts'
import { sameBytes, toBase64 } from '../../protocol/tlog/bytes.ts'
import { parseCheckpoint, signedBy } from '../../protocol/tlog/checkpoint.ts'
import { parseKey } from '../../protocol/tlog/note.ts'
import { type Policy, type Sighting, sightings } from '../../protocol/tlog/policy.ts'
import { decodeBundle, TILE_WIDTH, tilesOf, widthIn } from '../../protocol/tlog/tiles.ts'
import { createReplay } from '../replay.ts'
import { EMPTY_EDGE, grow, rootOf } from './edge.ts'

/** Where a log is read from: its own store, or its addresses. */
export type LogSource = {
  checkpoint(): Promise<string | undefined>
  tile(level: number, index: number, width: number): Promise<Uint8Array | undefined>
  bundle(index: number, width: number): Promise<Uint8Array | undefined>
}

export type LogAudit = {
  readonly ok: boolean
  readonly origin?: string
  readonly entries: number
  /** Base64. */
  readonly root?: string
  readonly seenBy: readonly Sighting[]
  readonly accounts: number
  readonly pending: number
  readonly problems: readonly string[]
}

/** `policy`: whose log it should be. `progress` hears of entries done. */
export async function auditLog(
  source: LogSource,
  policy: Policy,
  progress: (done: number, of: number) => void = () => {},
): Promise<LogAudit> {
  const replay = createReplay({ rememberIds: true })
  const { report } = replay
  const note = await source.checkpoint()
  const head = note === undefined ? undefined : parseCheckpoint(note)
  const key = parseKey(policy.log)
  const result = (more: Partial<LogAudit> = {}): LogAudit => ({
    entries: replay.entries(),
    seenBy: head ? sightings(head, policy) : [],
    accounts: replay.accounts().size,
    pending: replay.pending().size,
    ...more,
    ok: replay.problems().length === 0,
    problems: replay.problems(),
  })
  if (!head || !key) {
    report(head ? 'the key of the log cannot be read' : 'the log has published no checkpoint that can be read')
    return result()
  }
  if (head.origin !== key.name || !signedBy(head, key)) report(`the checkpoint is not signed by ${policy.log}`)
  if (sightings(head, policy).length < policy.quorum)
    report(`${sightings(head, policy).length} witnesses cosigned the checkpoint where ${policy.quorum} are due`)

  let edge = EMPTY_EDGE
  const full = new Map<string, Uint8Array>()
  for (let index = 0; index * TILE_WIDTH < head.size; index++) {
    const width = widthIn(0, index, head.size)
    const entries = await read(source, index, width, report)
    if (!entries) return result({ origin: head.origin })
    for (const [i, leaf] of entries.entries()) {
      const entry = decodeEntry(leaf)
      if (entry) replay.take(entry)
      else report(`leaf ${index * TILE_WIDTH + i} is no entry of the ledger`)
    }
    const grown = grow(edge, entries)
    edge = grown.edge
    for (const tile of grown.change.tiles) full.set(`${tile.level}/${tile.index}`, tile.hashes)
    await compareTiles(source, full, head.size, report)
    progress(Math.min(head.size, (index + 1) * TILE_WIDTH), head.size)
  }
  if (!sameBytes(await rootOf(edge), head.root)) report('the entries do not come to the root that was signed')
  for (const { level, index, width } of tilesOf(head.size)) {
    const open = full.get(`${level}/${index}`)
    if (open) await compareTile(source, { level, index, width }, open, report)
  }
  return result({ origin: head.origin, root: toBase64(head.root) })
}

type Report = (problem: string) => void

async function read(source: LogSource, index: number, width: number, report: Report) {
  const bundle = await source.bundle(index, width)
  try {
    if (bundle) return decodeBundle(bundle, width)
    report(`the entries ${index * TILE_WIDTH} to ${index * TILE_WIDTH + width - 1} are not published`)
  } catch (error) {
    report(`bundle ${index}: ${(error as Error).message}`)
  }
  return undefined
}

/** Tiles that are full are compared as soon as they are, and let go. */
async function compareTiles(source: LogSource, tiles: Map<string, Uint8Array>, size: number, report: Report) {
  for (const [name, hashes] of tiles) {
    const [level, index] = name.split('/').map(Number) as [number, number]
    const width = widthIn(level, index, size)
    if (hashes.length !== TILE_WIDTH * 32) continue
    tiles.delete(name)
    await compareTile(source, { level, index, width }, hashes, report)
  }
}

async function compareTile(
  source: LogSource,
  { level, index, width }: { level: number; index: number; width: number },
  due: Uint8Array,
  report: Report,
): Promise<void> {
  const published = await source.tile(level, index, width)
  if (!published) report(`tile ${level}/${index} is not published`)
  else if (!sameBytes(published, due)) report(`tile ${level}/${index} is not that of the entries`)
}
