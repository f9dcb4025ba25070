/** A node's disk in the chaos harness: real files, each sync a place where the process may be killed. Nothing here is done behind the harness's back. */

import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { BundleError } from '../../bundles/errors.ts'
import type { Bundles } from '../../bundles/types.ts'
import type { MigrationParts } from '../../migration/parts.ts'
import { parseRow, type Row, type RowStore } from '../../migration/rows.ts'
import type { Inside } from './inside.ts'

export type Disk = ReturnType<typeof createDisk>

export function createDisk(dir: string, pass: Inside['pass']) {
  mkdirSync(dir, { recursive: true })
  return {
    dir,
    async write(path: string, bytes: string | Uint8Array, what: string): Promise<void> {
      const aside = join(dir, `${path}.new`)
      const file = openSync(aside, 'w')
      writeSync(file, typeof bytes === 'string' ? Buffer.from(bytes) : bytes)
      await pass(`before syncing ${what}`)
      fsyncSync(file)
      closeSync(file)
      await pass(`after syncing ${what}`)
      renameSync(aside, join(dir, path))
      await pass(`after naming ${what}`)
    },
    async remove(path: string, what: string): Promise<void> {
      await pass(`before removing ${what}`)
      rmSync(join(dir, path), { force: true })
      await pass(`after removing ${what}`)
    },
    read: (path: string): Buffer | undefined =>
      existsSync(join(dir, path)) ? readFileSync(join(dir, path)) : undefined,
    list: (start: string): string[] =>
      readdirSync(dir)
        .filter((name) => name.startsWith(start) && !name.endsWith('.new'))
        .sort(),
  }
}

export function chaosRows(disk: Disk): RowStore {
  const rows = new Map<string, Row>(
    disk.list('row-').map((name) => {
      const row = parseRow(disk.read(name)!.toString())
      return [row.agentId, row]
    }),
  )
  return {
    all: () => [...rows.values()],
    get: (agentId) => rows.get(agentId),
    async put(row) {
      await disk.write(`row-${row.agentId}`, JSON.stringify(row), `row ${row.status}`)
      rows.set(row.agentId, row)
    },
    async remove(agentId) {
      await disk.remove(`row-${agentId}`, 'row')
      rows.delete(agentId)
    },
  }
}

const PART_BYTES = 1_024

/** Bundles in one file each, fetched in small parts over the harness's network. */
export function chaosBundles(disk: Disk, wire: Inside['wire']): MigrationParts['bundles'] {
  const nameOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
  const pins = (cid: string): string[] => JSON.parse(disk.read(`pins-${cid}`)?.toString() ?? '[]')
  const setPins = (cid: string, next: readonly string[]) => disk.write(`pins-${cid}`, JSON.stringify(next), 'pins')

  const get: Bundles['get'] = async (cid) => {
    const bytes = disk.read(`bundle-${cid}`)
    return bytes && new Uint8Array(bytes)
  }
  async function pin(cid: string, name: string): Promise<void> {
    if (!pins(cid).includes(name)) await setPins(cid, [...pins(cid), name])
  }
  wire.serve(
    { protocol: 'bundle', maxStreams: 1, perMinute: 1, perHour: 1, overRelay: true, admittedOnly: true },
    async ({ cid, offset }) => {
      const bytes = await get(String(cid))
      if (!bytes) return { code: 'E_NOT_FOUND', msg: 'It is not here.' }
      return { size: bytes.length, data: bytes.slice(Number(offset), Number(offset) + PART_BYTES) }
    },
  )
  return {
    async put(_kind, bytes, options) {
      const cid = nameOf(bytes)
      if (!disk.read(`bundle-${cid}`)) await disk.write(`bundle-${cid}`, bytes, 'bundle')
      if (options?.pin) await pin(cid, options.pin)
      return cid
    },
    get,
    async pull(cid, [from], options) {
      const here = await get(cid)
      const parts: Uint8Array[] = []
      for (let offset = 0, size = here ? 0 : 1; offset < size; ) {
        const answer = await wire.request(from!, 'bundle', { cid, offset }, {})
        const data = answer.data as Uint8Array
        size = answer.size as number
        offset += data.length
        parts.push(data)
      }
      const bytes = here ?? new Uint8Array(Buffer.concat(parts))
      if (nameOf(bytes) !== cid) throw new BundleError('damaged', 'The bytes are not what their name says.')
      if (!here) await disk.write(`bundle-${cid}`, bytes, 'bundle')
      if (options?.pin) await pin(cid, options.pin)
      return bytes
    },
    pin,
    async unpin(cid, name) {
      const left = pins(cid).filter((one) => one !== name)
      if (left.length === pins(cid).length) return
      await setPins(cid, left)
      if (left.length === 0) await disk.remove(`bundle-${cid}`, 'bundle')
    },
  }
}
