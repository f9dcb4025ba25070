/** Worker thread: PGlite behind a socket that speaks PostgreSQL's protocol, once it is told where. Started by embedded.ts only. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { parentPort } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { createPgliteServer } from './pglite-server.ts'
import { createSyncedPglite } from './pglite-sync.ts'

/** The first message to it; the second, whatever it is, ends it. */
export type PgliteWorkerOrder = {
  /** Absent: in memory. */
  readonly dataDir?: string
  /** For tests: an image of a data directory to start from, in memory. */
  readonly imageFile?: string
  /** Absent: a free port on loopback. */
  readonly socketPath?: string
}
export type PgliteWorkerMessage =
  | { readonly type: 'ready'; readonly port: number }
  | { readonly type: 'failed'; readonly message: string }

const say = (message: PgliteWorkerMessage) => parentPort!.postMessage(message)

async function main({ dataDir, imageFile, socketPath }: PgliteWorkerOrder) {
  const db = dataDir === undefined ? await PGlite.create(inMemory(imageFile)) : await createSyncedPglite(dataDir)
  const { server, close } = createPgliteServer(db, (error) => {
    // Thrown outside every promise, so that the thread ends and its starter hears why.
    setImmediate(() => {
      throw error
    })
  })
  server.listen(socketPath === undefined ? { host: '127.0.0.1', port: 0 } : { path: socketPath })
  await once(server, 'listening')
  parentPort!.once('message', async () => {
    await close()
    await db.close()
    parentPort!.close()
  })
  say({ type: 'ready', port: socketPath === undefined ? (server.address() as AddressInfo).port : 0 })
}

const inMemory = (imageFile: string | undefined) =>
  imageFile === undefined ? {} : { loadDataDir: new Blob([readFileSync(imageFile)], { type: 'application/x-gzip' }) }

parentPort!.once('message', (order: PgliteWorkerOrder) => {
  main(order).catch((error: unknown) =>
    say({ type: 'failed', message: error instanceof Error ? error.message : String(error) }),
  )
})
