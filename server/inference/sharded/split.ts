/** How a model is spread: what stays here, and how much each node takes. */
import { type FileHandle, open } from 'node:fs/promises'
import { InferError } from '../errors.ts'

export type Split = {
  /** llama.cpp's `--gpu-layers`: layers that go to the nodes, counted from the end, the output layer among them. */
  readonly remoteLayers: number
  /** By node, in their order. */
  readonly shares: readonly number[]
  readonly remoteBytes: number
}

/** Throws `InferError` when it does not fit. */
export function splitOf(
  { layers, bytes }: { readonly layers: number; readonly bytes: number },
  localMb: number,
  nodesMb: readonly number[],
): Split {
  const mb = (of: number) => Math.ceil(of / 1024 ** 2)
  const local = Math.min(layers, Math.floor((localMb * 1024 ** 2 * layers) / bytes))
  const remoteBytes = Math.ceil((bytes * (layers - local)) / layers)
  const lent = nodesMb.reduce((sum, one) => sum + one, 0)
  if (local === layers)
    throw new InferError(
      'bad_request',
      `All ${mb(bytes)} MiB of it fit on this node. Load it with "academy model add".`,
    )
  if (mb(remoteBytes) > lent)
    throw new InferError(
      'backend_failed',
      `${mb(remoteBytes)} MiB of the model are to lie on other nodes, and they lend ${lent} MiB. Keep more of it here, or ask for more.`,
    )
  return { remoteLayers: layers - local + 1, shares: nodesMb, remoteBytes }
}

/** Bytes of each scalar type of GGUF's metadata, by its number (ggml/docs/gguf.md). */
const SIZES: Readonly<Record<number, number>> = {
  0: 1,
  1: 1,
  2: 2,
  3: 2,
  4: 4,
  5: 4,
  6: 4,
  7: 1,
  10: 8,
  11: 8,
  12: 8,
}
const U32 = 4
const STRING = 8
const ARRAY = 9
const KEYS_MAX = 10_000
const STRING_MAX_BYTES = 64 * 1024 * 1024

/** Layers of a GGUF file, `<architecture>.block_count`, and its length. Throws `InferError` when it is none. */
export async function readLayers(file: string): Promise<{ readonly layers: number; readonly bytes: number }> {
  await using handle = await open(file, 'r')
  const { size } = await handle.stat()
  const reader = createReader(handle)
  const none = (why: string) => new InferError('bad_request', `${file} is no GGUF file that can be spread: ${why}.`)
  if ((await reader.text(4)) !== 'GGUF') throw none('it does not begin as one')
  await reader.skip(4 + 8)
  const keys = await reader.u64()
  if (keys > KEYS_MAX) throw none(`${keys} entries`)
  for (let i = 0; i < keys; i++) {
    const key = await reader.text(await reader.u64())
    const type = await reader.u32()
    if (key.endsWith('.block_count') && type === U32) return { layers: await reader.u32(), bytes: size }
    await skipValue(reader, type, none)
  }
  throw none('it says no number of layers')
}

async function skipValue(reader: Reader, type: number, none: (why: string) => Error): Promise<void> {
  if (type === STRING) await reader.skip(await reader.u64())
  else if (type === ARRAY) {
    const of = await reader.u32()
    const count = await reader.u64()
    if (of === STRING) for (let i = 0; i < count; i++) await reader.skip(await reader.u64())
    else if (SIZES[of]) await reader.skip(count * SIZES[of])
    else throw none(`a list of type ${of}`)
  } else if (SIZES[type]) await reader.skip(SIZES[type])
  else throw none(`a value of type ${type}`)
}

type Reader = ReturnType<typeof createReader>
const WINDOW_BYTES = 256 * 1024

/** From the beginning on, through a window. */
function createReader(handle: FileHandle) {
  let window = Buffer.alloc(0)
  let at = 0
  let next = 0
  async function take(count: number): Promise<Buffer> {
    if (count > STRING_MAX_BYTES) throw new InferError('bad_request', 'The file is no GGUF file: a text without end.')
    if (window.length - at < count) {
      const more = Buffer.alloc(Math.max(count, WINDOW_BYTES))
      const { bytesRead } = await handle.read(more, 0, more.length, next)
      next += bytesRead
      window = Buffer.concat([window.subarray(at), more.subarray(0, bytesRead)])
      at = 0
      if (window.length < count) throw new InferError('bad_request', 'The file ends in the middle of its head.')
    }
    at += count
    return window.subarray(at - count, at)
  }
  return {
    text: async (bytes: number) => (await take(bytes)).toString(),
    u32: async () => (await take(4)).readUInt32LE(),
    u64: async () => Number((await take(8)).readBigUInt64LE()),
    async skip(bytes: number) {
      const here = Math.min(bytes, window.length - at)
      at += here
      next += bytes - here
    },
  }
}
