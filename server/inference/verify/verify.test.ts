import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256Of, tinyModelFile } from '../../testing/models/tiny-model.ts'
import { createEmbeddedBackend } from '../embedded/backend.ts'
import type { InferOrder } from '../types.ts'
import { runOrder, verifyAnswer } from './job.ts'
import { plausibleCount, plausibleSpeed, verdictOf } from './verify.ts'

const quiet = { info() {}, warn() {} }
type Model = Awaited<ReturnType<typeof load>>
let honest: Model
let smaller: Model
let referee: Model
const never = new AbortController().signal
const order = (sha256: string, more: Partial<InferOrder> = {}): InferOrder => ({
  sha256,
  messages: [{ role: 'user', content: 'what does the tide do?' }],
  maxTokens: 36,
  temperature: 0,
  ...more,
})

async function load(options: Parameters<typeof tinyModelFile>[0]) {
  const file = await tinyModelFile(options)
  const sha256 = await sha256Of(file)
  const backend = await createEmbeddedBackend(
    { id: 'm', file, sha256, gpu: 'off', sequences: 2, contextTokens: 512, priceInMicro: 0n, priceOutMicro: 0n },
    quiet,
  )
  return { sha256, backend }
}

beforeAll(async () => {
  ;[honest, referee, smaller] = await Promise.all([load({}), load({}), load({ seed: 'impostor', width: 64 })])
}, 120_000)
afterAll(async () => {
  await Promise.all([honest, referee, smaller].map((model) => model?.backend[Symbol.asyncDispose]()))
})

const askedBefore = [
  { role: 'user', content: 'what does the tide do?' },
  { role: 'assistant', content: 'the tide turns slowly' },
  { role: 'user', content: 'and the stars?' },
] as const

describe('inference as a job', () => {
  test.each([
    [0, false],
    [0, true],
    [0.8, false],
    [1.5, false],
  ])('I60 an honest answer at temperature %d stands, asked before: %s', async (temperature, isKnown) => {
    const asked = order(honest.sha256, { temperature, seed: 3, messages: askedBefore })
    const answer = await runOrder([honest.backend], asked, never)
    const verdict = await verifyAnswer(referee.backend, asked, answer, { isKnown, signal: never })
    expect(verdict).toMatchObject({ ok: true, doubt: 0 })
  })

  test.each([
    [0, false, 'rescored'],
    [0.8, false, 'rescored'],
    [0, true, 'canary'],
  ])(
    'I61 I62 a node that swaps the model for a smaller one is found, at temperature %d, asked before: %s',
    async (temperature, isKnown, by) => {
      const asked = order(honest.sha256, { temperature, seed: 3 })
      const answer = await runOrder([smaller.backend], { ...asked, sha256: smaller.sha256 }, never)
      const verdict = await verifyAnswer(referee.backend, asked, answer, { tookMs: 60_000, isKnown, signal: never })
      expect(verdict.ok).toBe(false)
      expect(verdict.findings.find(({ kind }) => kind === by)!.ok).toBe(false)
    },
  )

  test('I63 a speed that the model cannot have, and more tokens than bytes, count against a node', () => {
    const given = {
      request: { model: 'm', messages: [], tenant: 'x' },
      answer: 'word '.repeat(20),
      outTokens: 20,
      ms: 1_000,
    }
    const slow = { meanLogProb: -1, firstChoice: 1, tokensPerS: 10 }
    expect(plausibleSpeed(given, slow).ok).toBe(true)
    expect(plausibleSpeed({ ...given, ms: 10 }, slow)).toMatchObject({ ok: false, doubt: 0.5 })
    expect(plausibleCount(given).ok).toBe(true)
    expect(plausibleCount({ ...given, outTokens: 500 }).ok).toBe(false)
    expect(verdictOf([plausibleSpeed({ ...given, ms: 10 }, slow)]).ok).toBe(true)
    expect(verdictOf([plausibleCount({ ...given, outTokens: 500 })]).ok).toBe(false)
  })

  test('I64 a model that is not loaded is not done with another', () => {
    expect(() => runOrder([honest.backend], order('0'.repeat(64)), never)).toThrow(
      expect.objectContaining({ code: 'model_not_found' }),
    )
  })
})
