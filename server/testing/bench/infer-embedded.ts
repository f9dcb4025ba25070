/** Tokens a second of our backend in percent of the bare library's, in turn on the same file. */
import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createEmbeddedBackend } from '../../inference/embedded/backend.ts'
import { hear } from '../../inference/testing/collect.ts'
import { INFER_ONE_THREAD_MAX_BYTES } from '../../limits.ts'
import { sha256Of, tinyModelFile } from '../models/tiny-model.ts'
import { percentile } from './figures.ts'

const run = promisify(execFile)
const quiet = { info() {}, warn() {} }

type Case = {
  readonly file: string
  readonly sequences: number
  readonly tokens: number
  /** Time between two requests: people do not all ask at once. */
  readonly apartMs: number
}

async function bare({ file, sequences, tokens, apartMs }: Case): Promise<number> {
  const script = join(import.meta.dirname, 'infer-bare.ts')
  const threads = (await stat(file)).size < INFER_ONE_THREAD_MAX_BYTES ? 1 : 0
  const { stdout } = await run(process.execPath, [script, file, ...[sequences, tokens, threads, apartMs].map(String)])
  return Number(stdout)
}

async function ours({ file, sequences, tokens, apartMs }: Case): Promise<number> {
  const sha256 = await sha256Of(file)
  await using backend = await createEmbeddedBackend(
    { id: 'm', file, sha256, gpu: 'off', sequences, contextTokens: 1_024, priceInMicro: 0n, priceOutMicro: 0n },
    quiet,
  )
  const all = async (maxTokens: number) => {
    const spoken = await Promise.all(
      Array.from({ length: sequences }, async (_, i) => {
        await sleep(i * apartMs)
        const heard = hear(backend, { model: 'm', maxTokens })
        await heard.over
        return heard.usage?.outTokens ?? 0
      }),
    )
    return spoken.reduce((sum, one) => sum + one, 0)
  }
  await all(4)
  const startedAt = performance.now()
  const spoken = await all(tokens)
  return spoken / ((performance.now() - startedAt) / 1_000)
}

/** Two sizes: 25 million parameters, whose token takes two milliseconds of a core, and 74 million, nearer to what a host has. */
const MODELS = { small: { width: 768, layers: 6 }, large: { width: 1_024, layers: 10 } } as const

export async function embeddedPct(
  model: keyof typeof MODELS,
  rounds: number,
  measured: Pick<Case, 'sequences' | 'tokens' | 'apartMs'>,
) {
  const file = await tinyModelFile({ ...MODELS[model], endless: true, contextTokens: 1_024 })
  const pct: number[] = []
  const speeds: number[] = []
  for (let i = 0; i < rounds; i++) {
    const theirs = await bare({ file, ...measured })
    const own = await ours({ file, ...measured })
    pct.push((own / theirs) * 100)
    speeds.push(own)
  }
  return { pct, perS: percentile(speeds, 50) }
}
