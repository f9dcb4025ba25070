/** Writes GGUF version 3, the file format of llama.cpp (ggml/docs/gguf.md): header, metadata, tensor table, aligned tensor data. */

const ALIGNMENT_BYTES = 32
const VALUE_TYPES = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const
type Scalar = Exclude<keyof typeof VALUE_TYPES, 'array'>

export type GgufValue =
  | { readonly type: 'u32' | 'f32'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'array'; readonly of: Scalar; readonly value: readonly (string | number)[] }

/** `shape` has the fastest dimension first, as ggml counts; data is F16 or F32 by its own kind. */
export type GgufTensor = {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float16Array | Float32Array
}

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
const u64 = (value: number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}
const string = (text: string) => {
  const bytes = Buffer.from(text)
  return Buffer.concat([u64(bytes.length), bytes])
}

function scalar(type: Scalar, value: string | number | boolean): Buffer {
  if (type === 'string') return string(String(value))
  if (type === 'bool') return Buffer.from([value ? 1 : 0])
  const bytes = Buffer.alloc(4)
  if (type === 'f32') bytes.writeFloatLE(Number(value))
  else if (type === 'i32') bytes.writeInt32LE(Number(value))
  else bytes.writeUInt32LE(Number(value))
  return bytes
}

function valueBytes(value: GgufValue): Buffer {
  if (value.type !== 'array') return Buffer.concat([u32(VALUE_TYPES[value.type]), scalar(value.type, value.value)])
  const items = value.value.map((item) => scalar(value.of, item))
  return Buffer.concat([u32(VALUE_TYPES.array), u32(VALUE_TYPES[value.of]), u64(items.length), ...items])
}

const padded = (length: number) => Math.ceil(length / ALIGNMENT_BYTES) * ALIGNMENT_BYTES
const padding = (length: number) => Buffer.alloc(padded(length) - length)

/** The whole file, in pieces to be written one after another. */
export function encodeGguf(
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: readonly GgufTensor[],
): readonly Uint8Array[] {
  const pairs = Object.entries(metadata).map(([key, value]) => Buffer.concat([string(key), valueBytes(value)]))
  let offset = 0
  const table = tensors.map(({ name, shape, data }) => {
    const at = offset
    offset = padded(offset + data.byteLength)
    const isHalf = data instanceof Float16Array
    return Buffer.concat([string(name), u32(shape.length), ...shape.map(u64), u32(isHalf ? 1 : 0), u64(at)])
  })
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    u32(3),
    u64(tensors.length),
    u64(pairs.length),
    ...pairs,
    ...table,
  ])
  return [
    head,
    padding(head.length),
    ...tensors.flatMap(({ data }) => [
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      padding(data.byteLength),
    ]),
  ]
}
