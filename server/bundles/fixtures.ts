/** Nodes in memory with bundles in folders that are gone after the test. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMemoryNetwork } from '../link/memory-wire.ts'
import { type BundlesOptions, createBundles } from './bundles.ts'

export async function createBundleLab() {
  const root = await mkdtemp(join(tmpdir(), 'academy-bundles-'))
  const net = createMemoryNetwork()
  const open: AsyncDisposable[] = []
  const wires = new Map<string, ReturnType<typeof net.join>>()
  return {
    net,
    root,
    /** Opening one of the same name again is a restart: same folder, the wire joins anew. */
    async node(id: string, options: Partial<BundlesOptions> = {}) {
      wires.get(id)?.leave()
      const wire = net.join({ id })
      wires.set(id, wire)
      const bundles = await createBundles({ dir: join(root, id), wire, ...options })
      open.push(bundles)
      return Object.assign(bundles, { wire })
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(open.map((one) => one[Symbol.asyncDispose]()))
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** Bytes that look like nothing, the same for the same seed. */
export function noise(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length)
  let state = seed >>> 0 || 1
  for (let i = 0; i < length; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[i] = state & 255
  }
  return bytes
}
