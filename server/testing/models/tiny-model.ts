/**
 * A small llama with a tokenizer of its own, made from a seed: for tests and benchmarks, where no real model can be had.
 *
 * Its output matrix holds, for each token, the embeddings of those that come before it, so that it says one sentence, the
 * same for everybody; the layers between are small noise, computed in full like a real model's.
 */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { nextUint32, type RandomState, seedRandom } from '../../lib/random.ts'
import { encodeGguf, type GgufTensor } from './gguf.ts'

export type TinyModelOptions = {
  readonly seed?: string
  /** Width; a multiple of 64. */
  readonly width?: number
  readonly layers?: number
  readonly contextTokens?: number
  /** Never ends by itself: the last word is followed by the first. */
  readonly endless?: boolean
}

const WORDS =
  'the tide turns slowly and a lantern keeps its light while grey boats come home over dark water past old stones under seven quiet stars where nobody sleeps before dawn brings bread from every warm oven in town'.split(
    ' ',
  )
/** What follows what in JSON, so that answers under a grammar end: strings are closed at once. */
const JSON_PAIRS: readonly (readonly [string, string, number])[] = [
  ['"', '"', 1],
  ['"', ':', 0.7],
  ['"', ',', 0.7],
  ['"', '}', 0.7],
  [':', '"', 0.9],
  [':', '1', 0.8],
  ['1', '}', 0.8],
  ['1', ',', 0.8],
  ['1', ']', 0.7],
  ['[', ']', 1],
  [']', '}', 0.8],
  [']', ',', 0.7],
]
const TEMPLATE =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

const KIND = { normal: 1, unknown: 2, control: 3, byte: 6 } as const
type Token = { readonly text: string; readonly score: number; readonly kind: number }

/** Control tokens, bytes, letters, and every word with all its beginnings: SentencePiece joins two pieces at a time. */
function vocabulary(): readonly Token[] {
  const tokens: Token[] = [
    { text: '<unk>', score: 0, kind: KIND.unknown },
    { text: '<s>', score: 0, kind: KIND.control },
    { text: '<|im_end|>', score: 0, kind: KIND.control },
    { text: '<|im_start|>', score: 0, kind: KIND.control },
  ]
  for (let byte = 0; byte < 256; byte++)
    tokens.push({ text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, score: 0, kind: KIND.byte })
  const pieces = new Set<string>(['▁'])
  for (let code = 33; code < 127; code++) pieces.add(String.fromCharCode(code))
  for (const word of WORDS) for (let end = 1; end <= word.length; end++) pieces.add(`▁${word.slice(0, end)}`)
  for (const text of pieces) tokens.push({ text, score: text.length - 100, kind: KIND.normal })
  return tokens
}

function createNumbers(seed: string) {
  let state: RandomState = seedRandom(seed)
  const next = () => {
    const drawn = nextUint32(state)
    state = drawn.state
    return drawn.value / 2 ** 32
  }
  return { sign: () => (next() < 0.5 ? -1 : 1), around: (size: number) => (next() * 2 - 1) * size, next }
}

export function tinyModel(options: TinyModelOptions = {}): readonly Uint8Array[] {
  const { seed = 'tide', width = 128, layers = 1, contextTokens = 2048, endless = false } = options
  const heads = Math.max(2, width / 64)
  const hidden = width
  const vocab = vocabulary()
  const numbers = createNumbers(seed)
  const idOf = new Map(vocab.map(({ text }, id) => [text, id]))

  const embedding = new Float16Array(vocab.length * width).map(() => numbers.sign())
  const output = new Float32Array(vocab.length * width)
  const follow = (before: string, after: string, strength = 1) => {
    const from = idOf.get(before)! * width
    const to = idOf.get(after)! * width
    for (let i = 0; i < width; i++) output[to + i]! += (embedding[from + i]! * strength * 16) / width
  }
  const words = seed === 'tide' ? WORDS : shuffled(WORDS, numbers.next)
  follow('<0x0A>', `▁${words[0]}`)
  words.forEach((word, i) => {
    follow(`▁${word}`, words[i + 1] ? `▁${words[i + 1]}` : endless ? `▁${words[0]}` : '.')
  })
  follow('.', '<|im_end|>')
  for (const [before, after, strength] of JSON_PAIRS) follow(before, after, strength)

  const ones = () => new Float32Array(width).fill(1)
  const noise = (rows: number, columns: number) =>
    new Float16Array(rows * columns).map(() => numbers.around(0.3 / columns))
  const tensors: GgufTensor[] = [
    { name: 'token_embd.weight', shape: [width, vocab.length], data: embedding },
    { name: 'output_norm.weight', shape: [width], data: ones() },
    { name: 'output.weight', shape: [width, vocab.length], data: new Float16Array(output) },
  ]
  for (let layer = 0; layer < layers; layer++) {
    const add = (name: string, shape: readonly number[], data: GgufTensor['data']) =>
      tensors.push({ name: `blk.${layer}.${name}.weight`, shape, data })
    add('attn_norm', [width], ones())
    for (const name of ['attn_q', 'attn_k', 'attn_v', 'attn_output']) add(name, [width, width], noise(width, width))
    add('ffn_norm', [width], ones())
    add('ffn_gate', [width, hidden], noise(hidden, width))
    add('ffn_up', [width, hidden], noise(hidden, width))
    add('ffn_down', [hidden, width], noise(width, hidden))
  }
  const u32 = (value: number) => ({ type: 'u32', value }) as const
  return encodeGguf(
    {
      'general.architecture': { type: 'string', value: 'llama' },
      'general.name': { type: 'string', value: `tiny ${seed}` },
      'general.file_type': u32(1),
      'llama.context_length': u32(contextTokens),
      'llama.embedding_length': u32(width),
      'llama.block_count': u32(layers),
      'llama.feed_forward_length': u32(hidden),
      'llama.attention.head_count': u32(heads),
      'llama.attention.head_count_kv': u32(heads),
      'llama.rope.dimension_count': u32(width / heads),
      'llama.attention.layer_norm_rms_epsilon': { type: 'f32', value: 1e-5 },
      'llama.vocab_size': u32(vocab.length),
      'tokenizer.ggml.model': { type: 'string', value: 'llama' },
      'tokenizer.ggml.tokens': { type: 'array', of: 'string', value: vocab.map(({ text }) => text) },
      'tokenizer.ggml.scores': { type: 'array', of: 'f32', value: vocab.map(({ score }) => score) },
      'tokenizer.ggml.token_type': { type: 'array', of: 'i32', value: vocab.map(({ kind }) => kind) },
      'tokenizer.ggml.unknown_token_id': u32(0),
      'tokenizer.ggml.bos_token_id': u32(1),
      'tokenizer.ggml.eos_token_id': u32(2),
      'tokenizer.ggml.add_bos_token': { type: 'bool', value: true },
      'tokenizer.chat_template': { type: 'string', value: TEMPLATE },
    },
    tensors,
  )
}

function shuffled(words: readonly string[], next: () => number): readonly string[] {
  const all = [...words]
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1))
    ;[all[i], all[j]] = [all[j]!, all[i]!]
  }
  return all
}

/** What the model of a seed says after any prompt, at temperature 0. */
export const TIDE_SENTENCE = `${WORDS.join(' ')}.`

/** The file of these options, made once for each machine; its name is its options. */
export async function tinyModelFile(options: TinyModelOptions = {}): Promise<string> {
  const name = createHash('sha256')
    .update(`4 ${JSON.stringify(options)}`)
    .digest('hex')
    .slice(0, 16)
  const dir = join(tmpdir(), 'academy-models')
  const path = join(dir, `tiny-${name}.gguf`)
  if (await stat(path).catch(() => undefined)) return path
  const draft = `${path}.${randomUUID()}`
  await writeTinyModel(draft, options)
  await rename(draft, path)
  return path
}

export async function writeTinyModel(path: string, options: TinyModelOptions = {}): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true })
  await pipeline(tinyModel(options), createWriteStream(path))
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('hex')
}
