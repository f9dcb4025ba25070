/**
 * Makes the embedded database wait for the disk. PGlite starts PostgreSQL without fsync and its file system has no fsync to
 * call: a killed process loses nothing, a power cut may lose everything. Here both are put back.
 */
import { closeSync, fdatasyncSync, fsyncSync, openSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'

/** What is used of Emscripten's NODEFS. `nfd` is the open file; directories have none. */
type Stream = { readonly nfd?: number; readonly node: unknown }
type NodeFs = { readonly stream_ops: { fsync?: (stream: Stream) => void }; realPath(node: unknown): string }
type Emscripten = {
  readonly FS: { readonly filesystems: { readonly NODEFS: NodeFs }; ErrnoError: new (errno: number) => Error }
}

/** Emscripten's number for an input/output error. */
const EIO = 29

/** Opens a data directory so that a commit returns when it is on the disk. */
export async function createSyncedPglite(dataDir: string): Promise<PGlite> {
  // -F turns fsync off; fdatasync is a stub in the WebAssembly build and fsync is not.
  const startParams = [...PGlite.defaultStartParams.filter((param) => param !== '-F'), '-c', 'wal_sync_method=fsync']
  const db = await PGlite.create(dataDir, { startParams })
  const { FS } = (db as unknown as { Module: Emscripten }).Module
  const nodeFs = FS.filesystems.NODEFS
  let syncs = 0
  nodeFs.stream_ops.fsync = (stream) => {
    syncs += 1
    try {
      sync(stream, nodeFs)
    } catch {
      throw new FS.ErrnoError(EIO)
    }
  }
  await db.exec('CREATE TEMP TABLE synced (); DROP TABLE synced; CHECKPOINT')
  if (syncs === 0) throw new Error('commits do not reach the disk: the file system took no fsync')
  return db
}

function sync({ nfd, node }: Stream, nodeFs: NodeFs): void {
  if (nfd !== undefined) {
    fdatasyncSync(nfd)
    return
  }
  if (process.platform === 'win32') return
  const dir = openSync(nodeFs.realPath(node), 'r')
  try {
    fsyncSync(dir)
  } finally {
    closeSync(dir)
  }
}
