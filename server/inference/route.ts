/**
 * One request on its way through the candidates: the first that says something has it; a slow one gets a rival before the
 * first token; one that dies in the middle is followed by another from the text so far.
 */
import { INFER_ATTEMPTS_MAX, INFER_HEDGE_FACTOR, INFER_HEDGE_MIN_MS, INFER_SILENCE_MAX_MS } from '../limits.ts'
import type { BackendRequest, SignedMeter } from './backend.ts'
import type { Candidate } from './candidates.ts'
import { InferError, isWorthRetrying } from './errors.ts'
import type { Measurements } from './measurements.ts'
import type { Finish, Run, ToolCall } from './types.ts'

/** What one candidate did of the answer: what it is paid for. */
export type Part = {
  readonly candidate: Candidate
  inTokens: number
  outTokens: number
  ms: number
  receipt?: SignedMeter
}
export type RouteSink = {
  /** The one that has it; again when another goes on. */
  started(candidate: Candidate): void
  /** `tokens` is how many came with the text. */
  text(text: string, tokens: number): void
  tool(call: ToolCall): void
  end(finish: Finish, parts: readonly Part[]): void
  fail(error: InferError, parts: readonly Part[]): void
}
export type RouteParts = {
  readonly measured: Measurements
  /** Sets aside what the candidate may cost; throws `InferError` when that cannot be paid. A promise only when somebody must be asked. */
  readonly hold: (candidate: Candidate) => Promise<void> | undefined
}

type Attempt = { readonly part: Part; readonly run: Run; readonly startedAt: number; firstAt?: number; over: boolean }

export function route(
  { measured, hold }: RouteParts,
  candidates: readonly Candidate[],
  request: Omit<BackendRequest, 'model'>,
  sink: RouteSink,
): Run & { parts(): readonly Part[] } {
  const waiting = [...candidates]
  const active = new Set<Attempt>()
  const parts: Part[] = []
  let winner: Attempt | undefined
  let said = ''
  let saidTokens = 0
  let attempts = 0
  let holding = 0
  let over = false
  let paused = false
  let lastError: InferError | undefined
  let hedge: NodeJS.Timeout | undefined
  const silence = setTimeout(silent, INFER_SILENCE_MAX_MS)
  next()

  /** Sends it to the next candidate; false when there is none left that could go on. */
  function next(): boolean {
    const i = waiting.findIndex(({ model }) => said === '' || model.resumes)
    const [candidate] = i < 0 ? [] : waiting.splice(i, 1)
    if (!candidate || attempts >= INFER_ATTEMPTS_MAX) return false
    attempts++
    holding++
    let held: Promise<void> | undefined
    try {
      held = hold(candidate)
    } catch (error) {
      holding--
      refused(error as InferError)
      return true
    }
    if (!held) {
      begin(candidate)
      return true
    }
    held.then(
      () => begin(candidate),
      (error: InferError) => {
        holding--
        refused(error)
      },
    )
    return true
  }

  function begin(candidate: Candidate): void {
    holding--
    if (over) return
    const { backend, model } = candidate
    const startedAt = performance.now()
    const part: Part = { candidate, inTokens: 0, outTokens: 0, ms: 0 }
    const attempt = { part, startedAt, over: false } as Attempt & { run: Run }
    active.add(attempt)
    const run = backend.run(
      {
        ...request,
        model: model.id,
        ...(said !== '' && { textSoFar: said }),
        ...(request.maxTokens !== undefined && { maxTokens: Math.max(1, request.maxTokens - saidTokens) }),
      },
      {
        started: ({ inTokens }) => {
          part.inTokens = inTokens ?? part.inTokens
        },
        text(text, tokens) {
          if (attempt.over || !claim(attempt)) return
          part.outTokens += tokens
          saidTokens += tokens
          said += text
          sink.text(text, tokens)
        },
        tool(call) {
          if (attempt.over || !claim(attempt)) return
          sink.tool(call)
        },
        end(finish, usage) {
          if (attempt.over || !claim(attempt)) return
          attempt.over = true
          Object.assign(part, usage)
          measured.done(backend.id, model.id, usage.outTokens, performance.now() - (attempt.firstAt ?? startedAt))
          finishUp()
          sink.end(finish, parts)
        },
        fail(error) {
          if (attempt.over) return
          attempt.over = true
          active.delete(attempt)
          part.ms = Math.round(performance.now() - startedAt)
          failed(attempt, error)
        },
      },
    )
    attempt.run = run
    if (attempt.over) run.cancel()
    else if (paused) run.pause()
    if (!winner && waiting.length > 0 && !over) armHedge(candidate)
  }

  /** The first to say something has the request; the others are let go. */
  function claim(attempt: Attempt): boolean {
    silence.refresh()
    if (winner === attempt) return true
    if (winner) return false
    winner = attempt
    clearTimeout(hedge)
    attempt.firstAt = performance.now()
    const { backend, model } = attempt.part.candidate
    measured.first(backend.id, model.id, attempt.firstAt - attempt.startedAt)
    const rivals = [...active].filter((other) => other !== attempt)
    for (const rival of rivals) drop(rival)
    // They did nothing wrong: the first to be asked should this one die.
    waiting.unshift(...rivals.map(({ part }) => part.candidate))
    parts.push(attempt.part)
    sink.started(attempt.part.candidate)
    return !over
  }

  function drop(attempt: Attempt): void {
    attempt.over = true
    active.delete(attempt)
    attempt.run?.cancel()
  }

  function failed(attempt: Attempt, error: InferError): void {
    const { backend, model } = attempt.part.candidate
    if (error.code !== 'overloaded') measured.failed(backend.id, model.id)
    lastError = error
    if (winner && winner !== attempt) return
    winner = undefined
    if (!isWorthRetrying(error)) {
      giveUp(error)
      return
    }
    // A model of our own comes back by itself: the last resort.
    if (model.resumes && backend.node === 'here' && waiting.length === 0) waiting.push(attempt.part.candidate)
    if (active.size === 0 && !next() && holding === 0) giveUp(error)
  }

  function refused(error: InferError): void {
    lastError = lastError ?? error
    if (over || active.size > 0) return
    if (!next() && holding === 0) giveUp(lastError)
  }

  function armHedge({ backend, model }: Candidate): void {
    clearTimeout(hedge)
    const usual = measured.of(backend.id, model.id).firstTokenMs ?? 0
    hedge = setTimeout(() => !over && !winner && next(), Math.max(INFER_HEDGE_MIN_MS, usual * INFER_HEDGE_FACTOR))
  }

  function silent(): void {
    if (paused) {
      silence.refresh()
      return
    }
    const error = new InferError('timeout', `No model said anything for ${INFER_SILENCE_MAX_MS / 1000} s.`)
    for (const attempt of active) drop(attempt)
    giveUp(error)
  }

  function giveUp(error: InferError): void {
    if (over) return
    finishUp()
    sink.fail(error, parts)
  }

  function finishUp(): void {
    over = true
    clearTimeout(hedge)
    clearTimeout(silence)
    for (const attempt of [...active]) if (!attempt.over) drop(attempt)
  }

  return {
    cancel() {
      if (!over) finishUp()
    },
    pause() {
      paused = true
      for (const { run } of active) run?.pause()
    },
    resume() {
      paused = false
      silence.refresh()
      for (const { run } of active) run?.resume()
    },
    parts: () => parts,
  }
}
