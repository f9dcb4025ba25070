/** One node asked for one bundle over one stream. What it says is parsed, silence has an end, and a wrong chunk is the end of it. */
import { BUNDLE_STALL_MS } from '../limits.ts'
import type { Frame, NodeId, Wire } from '../link/types.ts'
import { BundleError } from './errors.ts'
import { BUNDLE_PROTOCOL, type BundleAnswer, type BundleRequest, bundleAnswer, rangesOf } from './frames.ts'
import { isSame, type NamedManifest, readManifest, sha256 } from './manifest.ts'
import type { BundleManifest, Cid } from './types.ts'

/** It sent what is not what it was asked for: nothing more is taken from it in this pull. */
export class WrongBytes extends BundleError {}

export type Remote = Awaited<ReturnType<typeof openRemote>>
type Answer<T extends BundleAnswer['type']> = Extract<BundleAnswer, { type: T }>

export async function openRemote(
  { wire, node, cid }: { readonly wire: Pick<Wire, 'open'>; readonly node: NodeId; readonly cid: Cid },
  {
    stallMs = BUNDLE_STALL_MS,
    signal,
    protocol = BUNDLE_PROTOCOL.protocol,
  }: { readonly stallMs?: number; readonly signal?: AbortSignal; readonly protocol?: string } = {},
) {
  const stream = await wire.open(node, protocol, { ...(signal && { signal }) })
  const frames = stream.frames[Symbol.asyncIterator]()
  const stop = () => stream.abort(new BundleError('incomplete', 'No longer wanted.'))
  signal?.addEventListener('abort', stop, { once: true })

  async function next<T extends BundleAnswer['type']>(type: T, withinMs = stallMs): Promise<Answer<T>> {
    let timer: NodeJS.Timeout | undefined
    const stalled = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const error = new BundleError('incomplete', `${node} has sent nothing for ${withinMs} ms.`)
        stream.abort(error)
        reject(error)
      }, withinMs)
    })
    const { done, value } = await Promise.race([frames.next(), stalled]).finally(() => clearTimeout(timer))
    if (done) throw new BundleError('incomplete', `${node} ended the stream.`)
    const parsed = bundleAnswer.safeParse(value)
    if (!parsed.success) throw new WrongBytes('damaged', `${node} sent something that is no answer.`)
    const answer = parsed.data
    if (answer.type === 'ERROR') throw new BundleError('not_found', `${node}: ${answer.msg ?? answer.code}`)
    if (answer.type !== type) throw new WrongBytes('damaged', `${node} answered ${answer.type} for ${type}.`)
    return answer as Answer<T>
  }

  const ask = (request: BundleRequest) => stream.send(request as Frame)

  return {
    node,
    async manifest(): Promise<NamedManifest & { readonly signature?: Answer<'MANIFEST'>['sig'] }> {
      await ask({ type: 'GET_MANIFEST', cid })
      const { manifest: encoded, sig } = await next('MANIFEST')
      try {
        return { cid, manifest: readManifest(cid, encoded), encoded, ...(sig && { signature: sig }) }
      } catch (cause) {
        throw new WrongBytes('damaged', `${node} sent another manifest.`, { cause })
      }
    },
    /** Which chunks it has. */
    async have(): Promise<Uint8Array> {
      await ask({ type: 'HAVE', cid })
      return (await next('HAVE')).bitmap
    },
    /** Those chunks one by one, each held against its hash. */
    async *chunks({ chunks }: BundleManifest, indices: readonly number[]): AsyncGenerator<[number, Uint8Array]> {
      await ask({ type: 'GET', cid, ranges: rangesOf(indices) })
      for (const wanted of indices) {
        const { i, data } = await next('CHUNK')
        if (i !== wanted || !isSame(sha256(data), chunks[i]!))
          throw new WrongBytes('damaged', `${node} sent a chunk ${i} of ${cid} that is not it.`)
        yield [i, data]
      }
    },
    async proof(nonce: Uint8Array, indices: readonly number[], deadlineMs: number): Promise<readonly Uint8Array[]> {
      await ask({ type: 'AUDIT', cid, nonce, indices: [...indices], deadlineMs })
      return (await next('PROOF', deadlineMs)).hmac
    },
    /** Everything that was asked for has come. */
    async close(): Promise<void> {
      signal?.removeEventListener('abort', stop)
      await stream.close()
    },
    abort(error: Error): void {
      signal?.removeEventListener('abort', stop)
      stream.abort(error)
    },
  }
}
