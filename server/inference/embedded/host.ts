/** The process that holds one model. It may die of a bad file or of the memory; the node starts it again. */
import {
  getLlama,
  type LlamaContextSequence,
  type LlamaEmbeddingContext,
  LlamaLogLevel,
  resolveChatWrapper,
} from 'node-llama-cpp'
import { InferError } from '../errors.ts'
import { generate } from './generate.ts'
import type { FromHost, HostSettings, ToHost } from './messages.ts'
import { score } from './score.ts'
import { takeTurns } from './turns.ts'
import { createVoice, type Words } from './voice.ts'

const settings = JSON.parse(process.argv[2] ?? '{}') as HostSettings
const send = (message: FromHost): void => void process.send?.(message)
process.on('disconnect', () => process.exit(0))

const running = new Map<number, AbortController>()
type Slot = { readonly sequence: LlamaContextSequence; tenant: string }
const free: Slot[] = []
const { wants, flush } = createVoice((said) => send({ type: 'text', said }))

async function load() {
  const llama = await getLlama({
    gpu: settings.gpu === 'off' ? false : 'auto',
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.error,
    ...(settings.threads > 0 && { maxThreads: settings.threads }),
  })
  const model = await llama.loadModel({
    modelPath: settings.file,
    onLoadProgress: (loaded) => send({ type: 'progress', loaded }),
  })
  const chatWrapper = resolveChatWrapper(model)
  const context = await model.createContext({
    sequences: settings.sequences,
    contextSize: { max: Math.min(settings.contextTokens, model.trainContextSize) },
  })
  for (let i = 0; i < context.totalSequences; i++) free.push({ sequence: context.getSequence(), tenant: '' })
  takeTurns(context, free[0]!.sequence)
  send({
    type: 'ready',
    name: model.fileInfo.metadata.general.name ?? '',
    contextTokens: context.contextSize,
    gpu: llama.gpu === false ? 'off' : llama.gpu,
    sequences: context.totalSequences,
  })
  return { llama, model, chatWrapper }
}

/** A free sequence, best the tenant's own last one; what another has left in it is wiped. The node sends no more than fit. */
async function take(tenant: string): Promise<Slot> {
  const i = free.findLastIndex((slot) => slot.tenant === tenant)
  const [slot] = free.splice(Math.max(i, 0), 1)
  if (!slot) throw new InferError('overloaded', 'Every sequence of the model is taken. Try again in a moment.')
  if (slot.tenant !== tenant) {
    slot.tenant = tenant
    await slot.sequence.clearHistory()
  }
  return slot
}

async function attend(id: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const abort = new AbortController()
  running.set(id, abort)
  try {
    await work(abort.signal)
  } catch (error) {
    flush()
    if (abort.signal.aborted) send({ type: 'fail', id, code: 'canceled', message: 'It was cancelled.' })
    else if (error instanceof InferError)
      send({ type: 'fail', id, code: error.code, message: error.message, ...(error.param && { param: error.param }) })
    else send({ type: 'fail', id, code: 'backend_failed', message: `The model failed: ${(error as Error).message}` })
  } finally {
    running.delete(id)
  }
}

async function withSlot(tenant: string, use: (slot: Slot) => Promise<void>): Promise<void> {
  const slot = await take(tenant)
  try {
    await use(slot)
  } finally {
    free.push(slot)
  }
}

const loaded = await load().catch((error: Error) => {
  send({ type: 'unusable', message: error.message })
  return undefined
})
if (!loaded) {
  process.disconnect?.()
  process.exit(1)
}
const { model } = loaded
let embedding: Promise<LlamaEmbeddingContext> | undefined

process.on('message', (message: ToHost) => {
  const startedAt = performance.now()
  const ms = () => Math.round(performance.now() - startedAt)
  switch (message.type) {
    case 'cancel':
      running.get(message.id)?.abort()
      return
    case 'run':
      void attend(message.id, (signal) =>
        withSlot(message.tenant, async ({ sequence }) => {
          const { id } = message
          const speech = {
            started: (inTokens: number) => send({ type: 'started', id, inTokens }),
            wants: (words: Words) => wants(id, words),
            tool: (call: Parameters<Parameters<typeof generate>[3]['tool']>[0]) => {
              flush()
              send({ type: 'tool', id, call })
            },
          }
          const answered = await generate(loaded, sequence, message, speech, signal)
          flush()
          send({ type: 'end', id, ...answered, ms: ms() })
        }),
      )
      return
    case 'score':
      void attend(message.id, () =>
        withSlot('', async ({ sequence }) =>
          send({
            type: 'score',
            id: message.id,
            score: await score(loaded, sequence, message.request, message.answer),
          }),
        ),
      )
      return
    case 'embed':
      void attend(message.id, async (signal) => {
        embedding ??= model.createEmbeddingContext({ contextSize: { max: settings.contextTokens } })
        const context = await embedding
        const vectors: (readonly number[])[] = []
        let inTokens = 0
        for (const text of message.texts) {
          signal.throwIfAborted()
          inTokens += context.calculateInputLength(text)
          vectors.push((await context.getEmbeddingFor(text)).vector)
        }
        send({ type: 'vectors', id: message.id, vectors, inTokens, ms: ms() })
      })
  }
})
