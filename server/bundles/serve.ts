/** The serving side of the bundle protocol: manifests, chunks, which chunks are here, proofs that they are. */
import { createHmac } from 'node:crypto'
import type { Caller, Frame, FrameStream } from '../link/types.ts'
import { hasBit } from './bitmap.ts'
import type { Entry } from './files.ts'
import { type BundleAnswer, type BundleRequest, bundleRequest, indicesOf } from './frames.ts'
import type { Shelf } from './shelf.ts'
import type { BundleKind, Cid } from './types.ts'

/** Whether a node may have it. Whoever knows a name may have what it names, unless told otherwise. */
export type MayServe = (
  caller: Caller,
  bundle: { readonly cid: Cid; readonly kind: BundleKind },
) => boolean | Promise<boolean>

const no = (code: string, msg: string): BundleAnswer => ({ type: 'ERROR', code, msg })

export const proofOf = (nonce: Uint8Array, chunk: Uint8Array): Uint8Array =>
  new Uint8Array(createHmac('sha256', nonce).update(chunk).digest())

export function createServer(shelf: Shelf, mayServe: MayServe) {
  async function* answers(request: BundleRequest, entry: Entry): AsyncGenerator<BundleAnswer> {
    switch (request.type) {
      case 'GET_MANIFEST': {
        const { signature } = entry.about
        yield { type: 'MANIFEST', manifest: entry.encoded, ...(signature && { sig: signature }) }
        return
      }
      case 'HAVE':
        yield { type: 'HAVE', bitmap: entry.have }
        return
      case 'GET':
        for (const i of indicesOf(request.ranges)) {
          if (!hasBit(entry.have, i)) return void (yield no('E_NOT_FOUND', `Chunk ${i} is not here.`))
          const [data] = await shelf.read(entry, [i])
          yield { type: 'CHUNK', i, data: data! }
        }
        return
      case 'AUDIT': {
        const { indices, nonce } = request
        if (!indices.every((i) => hasBit(entry.have, i)))
          return void (yield no('E_NOT_FOUND', 'Not all of it is here.'))
        const hmac: Uint8Array[] = []
        for (const i of indices) hmac.push(proofOf(nonce, (await shelf.read(entry, [i]))[0]!))
        yield { type: 'PROOF', hmac }
      }
    }
  }

  async function entryFor(caller: Caller, cid: Cid): Promise<Entry | undefined> {
    const entry = shelf.entry(cid)
    return entry && (await mayServe(caller, { cid, kind: entry.manifest.kind })) ? entry : undefined
  }

  return async function take(stream: FrameStream): Promise<void> {
    for await (const frame of stream.frames) {
      const parsed = bundleRequest.safeParse(frame)
      if (!parsed.success) {
        await stream.send(no('E_MALFORMED', 'This is no request of the bundle protocol.') as Frame)
        return
      }
      const entry = await entryFor(stream.peer, parsed.data.cid)
      if (!entry) await stream.send(no('E_NOT_FOUND', 'There is no such bundle here.') as Frame)
      else
        await shelf.hold(entry.cid, async () => {
          for await (const answer of answers(parsed.data, entry)) await stream.send(answer as Frame)
        })
    }
  }
}
