/** The bare library beside our backend: `infer-bare.ts FILE SEQUENCES TOKENS THREADS APART_MS`; prints tokens a second. */
import { setTimeout as sleep } from 'node:timers/promises'
import { getLlama, LlamaChat, LlamaLogLevel } from 'node-llama-cpp'

const [file = '', sequences = '1', tokens = '64', threads = '1', apartMs = '0'] = process.argv.slice(2)
const llama = await getLlama({
  gpu: false,
  build: 'never',
  skipDownload: true,
  ...(threads !== '0' && { maxThreads: Number(threads) }),
  logLevel: LlamaLogLevel.error,
})
const model = await llama.loadModel({ modelPath: file })
const count = Number(sequences)
const context = await model.createContext({ sequences: count, contextSize: { max: 1_024 } })
const chats = Array.from({ length: count }, () => new LlamaChat({ contextSequence: context.getSequence() }))
const speak = async (chat: LlamaChat, maxTokens: number) => {
  let spoken = 0
  await chat.generateResponse(
    [
      { type: 'user', text: 'hello' },
      { type: 'model', response: [] },
    ],
    {
      maxTokens,
      temperature: 0,
      onToken: (heard) => {
        spoken += heard.length
      },
    },
  )
  return spoken
}
await Promise.all(chats.map((chat) => speak(chat, 4)))
const startedAt = performance.now()
const spoken = await Promise.all(
  chats.map(async (chat, i) => {
    await sleep(i * Number(apartMs))
    return speak(chat, Number(tokens))
  }),
)
const seconds = (performance.now() - startedAt) / 1_000
process.stdout.write(`${spoken.reduce((sum, one) => sum + one, 0) / seconds}\n`)
process.exit(0)
