import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { signingKey } from '../lib/ed25519.ts'
import { nodeIdOf } from '../lib/node-id.ts'
import { INFER_HEDGE_MIN_MS } from '../limits.ts'
import { createMemoryNetwork } from '../link/memory-wire.ts'
import type { Frame } from '../link/types.ts'
import type { Candidate } from './candidates.ts'
import { candidatesFor } from './candidates.ts'
import { InferError } from './errors.ts'
import { createMeasurements } from './measurements.ts'
import { createRemoteBackend } from './remote/backend.ts'
import { INFER_PROTOCOL } from './remote/frames.ts'
import { digestOf, openMeter } from './remote/meter.ts'
import { serveInference } from './remote/serve.ts'
import { type Part, route } from './route.ts'
import { type HandBackend, handBackend, speak } from './testing/hand-backend.ts'
import { until } from './testing/until.ts'

const TEXT = 'one two three four five six seven eight nine ten'
const failed = () => new InferError('backend_failed', 'gone')

function ask(
  backends: readonly HandBackend[] | readonly Candidate[],
  hold = (_: Candidate): Promise<void> | undefined => undefined,
) {
  const candidates = backends.map((each) => ('backend' in each ? each : { backend: each, model: each.models()[0]! }))
  const heard = {
    text: '',
    started: [] as string[],
    error: undefined as InferError | undefined,
    parts: [] as readonly Part[],
    ends: 0,
  }
  const run = route(
    { measured: createMeasurements(), hold },
    candidates,
    { messages: [{ role: 'user', content: 'hi' }], tenant: 't', maxTokens: 100 },
    {
      started: ({ backend }) => void heard.started.push(backend.id),
      text: (text) => {
        heard.text += text
      },
      tool() {},
      end(_, parts) {
        heard.ends++
        heard.parts = parts
      },
      fail(error, parts) {
        heard.error = error
        heard.parts = parts
      },
    },
  )
  return { heard, run }
}

describe('one request and its candidates', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('I30 the first candidate answers, and no other is asked', () => {
    const [a, b] = [handBackend('a'), handBackend('b')]
    const { heard } = ask([a, b])
    speak(a.runs[0]!, TEXT)
    expect(heard).toMatchObject({ text: TEXT, started: ['a'], ends: 1 })
    expect(b.runs).toEqual([])
  })

  test('I31 a rival is asked when the first token is late; the first to speak has it and the other is let go', () => {
    const [a, b] = [handBackend('a'), handBackend('b')]
    const { heard } = ask([a, b])
    vi.advanceTimersByTime(INFER_HEDGE_MIN_MS)
    expect(b.runs.length).toBe(1)
    speak(b.runs[0]!, TEXT, 8)
    expect(a.runs[0]!.cancelled).toBe(true)
    speak(a.runs[0]!, TEXT)
    speak({ ...b.runs[0]!, request: { ...b.runs[0]!.request, textSoFar: TEXT.slice(0, 8) } }, TEXT)
    expect(heard).toMatchObject({ text: TEXT, started: ['b'], ends: 1 })
    expect(heard.parts.map(({ candidate }) => candidate.backend.id)).toEqual(['b'])
  })

  test.each([0, 4, 8, 14, 28])(
    'I32 one that dies after %d letters is followed from there, nothing doubled or lost, and both are paid',
    (until) => {
      const [a, b] = [handBackend('a'), handBackend('b')]
      const { heard } = ask([a, b])
      speak(a.runs[0]!, TEXT, until)
      a.runs[0]!.sink.fail(failed())
      expect(b.runs[0]!.request.textSoFar ?? '').toBe(TEXT.slice(0, until))
      speak(b.runs[0]!, TEXT)
      expect(heard).toMatchObject({ text: TEXT, ends: 1 })
      expect(heard.parts.map(({ candidate, outTokens }) => [candidate.backend.id, outTokens > 0])).toEqual(
        until === 0
          ? [['b', true]]
          : [
              ['a', true],
              ['b', true],
            ],
      )
    },
  )

  test('I31 I32 a rival that was let go is asked again when the one that has the request dies', () => {
    const [a, b] = [handBackend('a'), handBackend('b')]
    const { heard } = ask([a, b])
    vi.advanceTimersByTime(INFER_HEDGE_MIN_MS)
    speak(b.runs[0]!, TEXT, 8)
    b.runs[0]!.sink.fail(failed())
    expect(a.runs.map(({ cancelled }) => cancelled)).toEqual([true, false])
    speak(a.runs[1]!, TEXT)
    expect(heard).toMatchObject({ text: TEXT, started: ['b', 'a'], ends: 1 })
    expect(heard.parts.map(({ candidate, outTokens }) => [candidate.backend.id, outTokens])).toEqual([
      ['b', 2],
      ['a', 10],
    ])
  })

  test('I32 one that cannot go on from a text is passed over; without any other the failure is told', () => {
    const [a, b] = [handBackend('a'), handBackend('b', { model: { resumes: false } })]
    const { heard } = ask([a, b])
    speak(a.runs[0]!, TEXT, 8)
    a.runs[0]!.sink.fail(failed())
    expect(b.runs).toEqual([])
    expect(heard.error).toMatchObject({ code: 'backend_failed' })
    expect(heard.text).toBe(TEXT.slice(0, 8))
  })

  test('I33 a request that is wrong is not tried elsewhere', () => {
    const [a, b] = [handBackend('a'), handBackend('b')]
    const { heard } = ask([a, b])
    a.runs[0]!.sink.fail(new InferError('bad_request', 'no'))
    expect(b.runs).toEqual([])
    expect(heard.error?.code).toBe('bad_request')
  })

  test('I34 a cancel reaches every backend at once, also while the ledger is asked', async () => {
    const [a, b] = [handBackend('a'), handBackend('b')]
    const { run, heard } = ask([a, b])
    vi.advanceTimersByTime(INFER_HEDGE_MIN_MS)
    run.cancel()
    expect([a.runs[0]!.cancelled, b.runs[0]!.cancelled]).toEqual([true, true])
    a.runs[0]!.sink.text('late', 1)
    expect(heard.text).toBe('')
    const asking = Promise.withResolvers<void>()
    const c = handBackend('c')
    ask([c], () => asking.promise).run.cancel()
    asking.resolve()
    await asking.promise
    expect(c.runs).toEqual([])
  })

  test('I35 what cannot be paid is refused before any backend hears of it', async () => {
    const a = handBackend('a')
    const { heard } = ask([a], () => {
      throw new InferError('insufficient_funds', 'too poor')
    })
    expect(heard.error?.code).toBe('insufficient_funds')
    expect(a.runs).toEqual([])
  })
})

describe('who may answer', () => {
  const measured = createMeasurements()

  test('I36 a personal prompt goes to the own ground only, and the refusal says the way out', () => {
    const [own, foreign] = [handBackend('own'), handBackend('foreign', { ownGround: false })]
    const personal = { model: 'm', privacy: 'personal', use: 'chat' } as const
    expect(candidatesFor([foreign, own], personal, measured).map(({ backend }) => backend.id)).toEqual(['own'])
    expect(() => candidatesFor([foreign], personal, measured)).toThrow(
      expect.objectContaining({ code: 'privacy_no_node' }),
    )
    expect(candidatesFor([foreign], { ...personal, privacy: 'open' }, measured)).toHaveLength(1)
  })

  test('I37 the quicker, the cheaper and the more reliable come first; what is down is left out', () => {
    const backends = ['slow', 'dear', 'shaky', 'good', 'gone'].map((name) =>
      handBackend(name, {
        model: { tokensPerS: name === 'slow' ? 2 : 50, priceOutMicro: name === 'dear' ? 500_000_000_000n : 0n },
      }),
    )
    backends[4]!.down = true
    const seen = createMeasurements()
    for (let i = 0; i < 5; i++) seen.failed('shaky', 'm')
    const order = candidatesFor(backends, { privacy: 'open', use: 'chat' }, seen).map(({ backend }) => backend.id)
    expect(order[0]).toBe('good')
    expect(order).not.toContain('gone')
  })

  test('I38 without any model the error says what would make one available', () => {
    expect(() => candidatesFor([], { privacy: 'open', use: 'chat' }, measured)).toThrow(
      expect.objectContaining({ code: 'no_model', message: expect.stringMatching(/--model FILE/) }),
    )
    expect(() => candidatesFor([handBackend('a')], { model: 'x', privacy: 'open', use: 'chat' }, measured)).toThrow(
      expect.objectContaining({ code: 'model_not_found' }),
    )
  })
})

describe('over the wire between nodes', () => {
  function lab() {
    const network = createMemoryNetwork()
    const asker = network.join({ id: 'asker' })
    const nodes = ['b', 'c'].map((name) => {
      const key = signingKey(Buffer.alloc(32, name))
      const id = nodeIdOf(key.publicKey)
      const backend = handBackend('here')
      const wire = network.join({ id })
      const work: [string, number][] = []
      wire.serveStream(
        INFER_PROTOCOL,
        serveInference({
          backends: () => [backend],
          measured: createMeasurements(),
          key,
          now: () => 1,
          done: (node, _, __, out) => work.push([node, out]),
        }),
      )
      const remote = createRemoteBackend(asker, id, () => ({
        node: id,
        isOwnGround: false,
        isTrusted: true,
        models: backend.models(),
        slots: 4,
        trust: 1,
      }))
      return { id, backend, wire, remote, work, candidate: { backend: remote, model: backend.models()[0]! } }
    })
    return { network, nodes, b: nodes[0]!, c: nodes[1]! }
  }

  test('I39 an answer crosses whole, in numbered pieces with a digest', async () => {
    const { b } = lab()
    const { heard } = ask([b.candidate])
    await until(() => expect(b.backend.runs.length).toBe(1))
    speak(b.backend.runs[0]!, TEXT)
    await until(() => expect(heard.ends).toBe(1))
    expect(heard.text).toBe(TEXT)
    expect(b.work).toEqual([['asker', 10]])
  })

  test('I44 a node signs for what its answer took; without that, or for another answer, it is a failure', async () => {
    const { b, c } = lab()
    const { heard } = ask([b.candidate])
    await until(() => expect(b.backend.runs.length).toBe(1))
    speak(b.backend.runs[0]!, TEXT)
    await until(() => expect(heard.ends).toBe(1))
    const [{ receipt }] = heard.parts as [Part]
    const meter = openMeter(b.id, receipt!)!
    expect(meter).toMatchObject({ asker: 'asker', model: 'm', inTokens: 5, outTokens: 10, id: receipt!.id })
    expect(meter.text).toBe(digestOf(Buffer.from(TEXT)))
    expect(openMeter(c.id, receipt!)).toBeUndefined()
    expect(
      openMeter(b.id, { ...receipt!, body: receipt!.body.map((byte, i) => (i === 9 ? byte ^ 1 : byte)) }),
    ).toBeUndefined()
  })

  test('I44 I74 tokens are counted, not pieces nor frames: of an answer that broke off as they were heard, of a whole one as the backend says', async () => {
    const { b } = lab()
    const { heard, run } = ask([b.candidate])
    await until(() => expect(b.backend.runs.length).toBe(1))
    const { sink } = b.backend.runs[0]!
    sink.started({})
    sink.text('one two three ', 3)
    sink.text('four ', 1)
    sink.text('five six seven eight ', 4)
    await until(() => expect(heard.text).toBe('one two three four five six seven eight '))
    expect(run.parts().map(({ outTokens }) => outTokens)).toEqual([8])
    sink.end('stop', { inTokens: 5, outTokens: 9, ms: 1 })
    await until(() => expect(heard.ends).toBe(1))
    const [{ outTokens, receipt }] = heard.parts as [Part]
    expect([outTokens, openMeter(b.id, receipt!)?.outTokens]).toEqual([9, 9])
    expect(b.work).toEqual([['asker', 9]])
  })

  test.each([
    ['more tokens than were signed for', (frame: Frame) => ({ ...frame, outTokens: 999 })],
    ['the signature of another answer', (frame: Frame, before?: Frame) => ({ ...frame, signed: before!.signed })],
    ['no signature', ({ signed: _, ...frame }: Frame) => frame],
  ])('I44 an answer that ends with %s is not taken for one', async (_, change) => {
    const { network, b } = lab()
    let before: Frame | undefined
    const first = ask([b.candidate])
    network.onPassage(({ frame }) => {
      if (frame.t === 'end') before = { ...frame }
      return { copies: 1, delayMs: 0 }
    })
    await until(() => expect(b.backend.runs.length).toBe(1))
    speak(b.backend.runs[0]!, TEXT)
    await until(() => expect(first.heard.ends).toBe(1))
    network.onPassage(({ frame }) => {
      if (frame.t !== 'end') return { copies: 1, delayMs: 0 }
      const changed = change(frame, before) as Record<string, unknown>
      for (const name of Object.keys(frame)) delete (frame as Record<string, unknown>)[name]
      Object.assign(frame, changed)
      return { copies: 1, delayMs: 0 }
    })
    const second = ask([b.candidate])
    await until(() => expect(b.backend.runs.length).toBe(2))
    speak(b.backend.runs[1]!, TEXT)
    await until(() => expect(second.heard.error ?? b.backend.runs[2]).toBeDefined())
    expect(second.heard.ends).toBe(0)
    second.run.cancel()
  })

  test('I39 frames that come twice are heard once', async () => {
    const { network, b } = lab()
    network.onPassage(({ frame }) => ({ copies: frame.t === 'tokens' ? 2 : 1, delayMs: 0 }))
    const { heard } = ask([b.candidate])
    await until(() => expect(b.backend.runs.length).toBe(1))
    speak(b.backend.runs[0]!, TEXT)
    await until(() => expect(heard.ends).toBe(1))
    expect(heard.text).toBe(TEXT)
  })

  test('I40 a lost frame is noticed, and another node goes on from what was heard', async () => {
    const { network, b, c } = lab()
    network.onPassage(({ frame, from }) => ({
      copies: from === b.id && frame.t === 'tokens' && frame.seq === 1 ? 0 : 1,
      delayMs: 0,
    }))
    const { heard } = ask([b.candidate, c.candidate])
    await until(() => expect(b.backend.runs.length).toBe(1))
    const said = b.backend.runs[0]!
    said.sink.started({})
    for (const word of TEXT.split(/(?<= )/)) {
      said.sink.text(word, 1)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    await until(() => expect(c.backend.runs.length).toBe(1))
    expect(c.backend.runs[0]!.request.textSoFar).toBe('one ')
    speak(c.backend.runs[0]!, TEXT)
    await until(() => expect(heard.ends).toBe(1))
    expect(heard.text).toBe(TEXT)
  })

  test('I40 the node that answers is cut off in the middle, and another goes on', async () => {
    const { b, c } = lab()
    const { heard } = ask([b.candidate, c.candidate])
    await until(() => expect(b.backend.runs.length).toBe(1))
    speak(b.backend.runs[0]!, TEXT, 14)
    await until(() => expect(heard.text).toBe(TEXT.slice(0, 14)))
    // The stream breaks, as when the process of the node is killed.
    await b.remote[Symbol.asyncDispose]()
    await until(() => expect(c.backend.runs.length).toBe(1))
    speak(c.backend.runs[0]!, TEXT)
    await until(() => expect(heard.ends).toBe(1))
    expect(heard.text).toBe(TEXT)
    expect(heard.parts.map(({ candidate }) => candidate.backend.id)).toEqual([b.remote.id, c.remote.id])
  })

  test('I41 a cancel crosses before the first token and in the middle', async () => {
    const { b } = lab()
    const first = ask([b.candidate])
    await until(() => expect(b.backend.runs.length).toBe(1))
    first.run.cancel()
    await until(() => expect(b.backend.runs[0]!.cancelled).toBe(true))
    const second = ask([b.candidate])
    await until(() => expect(b.backend.runs.length).toBe(2))
    speak(b.backend.runs[1]!, TEXT, 8)
    await until(() => expect(second.heard.text).not.toBe(''))
    second.run.cancel()
    await until(() => expect(b.backend.runs[1]!.cancelled).toBe(true))
  })

  test('I42 a reader that has stopped makes the backend stop', async () => {
    const { b } = lab()
    const { run } = ask([b.candidate])
    await until(() => expect(b.backend.runs.length).toBe(1))
    run.pause()
    const { sink } = b.backend.runs[0]!
    sink.started({})
    await vi.waitFor(
      async () => {
        sink.text('word ', 1)
        await new Promise((resolve) => setTimeout(resolve, 21))
        expect(b.backend.runs[0]!.paused).toBe(true)
      },
      { timeout: 20_000, interval: 0 },
    )
    run.resume()
    await until(() => expect(b.backend.runs[0]!.paused).toBe(false))
  })

  test('I43 refusals keep their code, and a request longer than a frame crosses', async () => {
    const { b } = lab()
    const messages = [{ role: 'user', content: 'x'.repeat(600_000) }] as const
    const error = Promise.withResolvers<InferError>()
    b.remote.run(
      { model: 'm', messages, tenant: 't' },
      { started() {}, text() {}, tool() {}, end() {}, fail: error.resolve },
    )
    await until(() => expect(b.backend.runs.length).toBe(1))
    expect(b.backend.runs[0]!.request.messages).toEqual(messages)
    b.backend.runs[0]!.sink.fail(new InferError('context_too_long', 'too long'))
    expect((await error.promise).code).toBe('context_too_long')
  })
})
