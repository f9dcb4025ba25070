/** One question and its answer: what is known goes in, what the ladder allows comes out, and the talk is kept. Rules in SPEC.md. */

import type { Clock } from '../../lib/clock.ts'
import { newId } from '../../lib/ids.ts'
import {
  MENTOR_ANSWER_MAX_TOKENS,
  MENTOR_CALLS_PER_ROUND_MAX,
  MENTOR_LINES_KEPT,
  MENTOR_LINES_SUMMED,
  MENTOR_QUESTION_MAX_CHARS,
  MENTOR_ROUNDS_MAX,
  MENTOR_SUMMARY_TIMEOUT_MS,
  MENTOR_TOKENS_PER_DAY,
} from '../../limits.ts'
import type { Json, Locale, PlayerId } from '../../protocol/ids.ts'
import { InferError } from '../errors.ts'
import type { ChatMessage, Inference, InferPrincipal, ToolCall } from '../types.ts'
import type { Approvals } from './approvals.ts'
import { createCleaner } from './clean-stream.ts'
import { climb, codeLinesAllowed, rungOf, stepsAllowed } from './ladder.ts'
import { isTool, STANDARD } from './policy.ts'
import { systemPrompt } from './prompt.ts'
import { secretSteps } from './steps.ts'
import { modelDigest, plainDigest, windowStart } from './summary.ts'
import { CHANGED, MENTOR_TOOLS, type Outcome, type Toolbox } from './toolbox.ts'
import type {
  Dialogue,
  DialogueLine,
  DialogueStore,
  MentorDesk,
  MentorEvent,
  MentorNews,
  MentorService,
  OpenLesson,
  RuleStore,
  Rung,
  Sources,
} from './types.ts'
import { createWithholder } from './withhold.ts'

export type MentorWords = (locale: Locale, key: string, params?: Readonly<Record<string, Json>>) => string

export type MentorParts = {
  readonly inference: Pick<Inference, 'stream' | 'complete' | 'availability'>
  readonly desk: MentorDesk
  readonly toolbox: Toolbox
  readonly approvals: Approvals
  readonly dialogues: DialogueStore
  readonly rules: RuleStore
  readonly principal: (player: PlayerId) => InferPrincipal | Promise<InferPrincipal>
  /** As people's talk is filtered. */
  readonly clean: (text: string) => string
  readonly words: MentorWords
  readonly clock: Clock
  readonly log: { warn(fields: object, message: string): void }
}

/** What goes along whole, and what is summed up when the window moves on. */
const LINES_READ = MENTOR_LINES_KEPT + 2 * MENTOR_LINES_SUMMED

type Talk = { dialogue: Dialogue; lines: DialogueLine[]; next: number }

export function createMentor(parts: MentorParts): MentorService & AsyncDisposable & { settled(): Promise<void> } {
  const { inference, desk, toolbox, approvals, dialogues, clock, words } = parts
  const busy = new Set<PlayerId>()
  const listeners = new Set<(news: MentorNews) => void>()
  const tell = (news: MentorNews) => {
    for (const listener of listeners) listener(news)
  }
  const summing = new Set<Promise<void>>()
  const closing = new AbortController()
  const today = () => new Date(clock.now()).toISOString().slice(0, 10)

  async function open(player: PlayerId): Promise<Talk> {
    const found = await dialogues.open(player)
    const dialogue = found ?? {
      id: newId('dialogue', clock.now()),
      player,
      summary: '',
      tokens: 0,
      day: today(),
      ladders: {},
    }
    const lines = found ? [...(await dialogues.last(found.id, LINES_READ))] : []
    const fresh = dialogue.day === today() ? dialogue : { ...dialogue, day: today(), tokens: 0 }
    return { dialogue: fresh, lines, next: (lines.at(-1)?.seq ?? -1) + 1 }
  }

  /** Passes what may be said on, and remembers what may not. */
  function voice(
    lesson: OpenLesson | undefined,
    rung: Rung | undefined,
    { shown, locale, written }: { shown: readonly string[]; locale: Locale; written: Sources },
  ) {
    if (!lesson || !rung) return undefined
    const told = [lesson.title, lesson.text, ...lesson.tasks.map(({ text }) => text)].join('\n')
    const steps = secretSteps(lesson.solution, lesson.starter, { told, written }, desk.namesOf)
    return createWithholder({
      steps: { ...steps, ...stepsAllowed(rung, steps.secret.length) },
      solution: lesson.solution,
      starter: lesson.starter,
      codeLines: codeLinesAllowed(rung),
      shown,
      notice: words(locale, 'mentor.kept_back'),
      wouldPass: (code) => desk.wouldPass(lesson, { [Object.keys(lesson.solution)[0] ?? 'main.ts']: code }),
    })
  }

  async function* answer(
    player: PlayerId,
    locale: Locale,
    question: string,
    signal?: AbortSignal,
  ): AsyncGenerator<MentorEvent> {
    const talk = await open(player)
    const principal = await parts.principal(player)
    const lesson = await desk.lesson(player, locale)
    if (talk.dialogue.tokens >= MENTOR_TOKENS_PER_DAY) {
      yield { type: 'refused', why: words(locale, 'mentor.budget') }
      return
    }
    const available = inference.availability(principal, principal.minor ? 'personal' : undefined)
    if (!available.ok) {
      yield* authored(player, locale, lesson, words(locale, `mentor.${available.why}`))
      return
    }
    const ladder = lesson && climb(talk.dialogue.ladders[lesson.id], lesson)
    const rung = ladder && rungOf(ladder)
    const { text: facts, written } = await toolbox.survey({ player, locale })
    const filter = voice(lesson, rung, { shown: ladder?.shown ?? [], locale, written })
    const cleaner = createCleaner(parts.clean)
    const messages: ChatMessage[] = [
      {
        role: 'system',
        content: systemPrompt({
          locale,
          lesson,
          rung,
          facts,
          summary: talk.dialogue.summary,
        }),
      },
      ...talk.lines.filter(({ seq }) => seq >= windowStart(talk.next)).flatMap(asMessage),
      { role: 'user', content: question },
    ]
    let said = ''
    let tokens = 0
    let brokeOff = false
    try {
      for (let round = 0; round < MENTOR_ROUNDS_MAX; round++) {
        const calls: ToolCall[] = []
        let text = ''
        const tools = round < MENTOR_ROUNDS_MAX - 1 ? { tools: MENTOR_TOOLS } : {}
        const request = {
          messages,
          maxTokens: MENTOR_ANSWER_MAX_TOKENS,
          ...tools,
          ...(principal.minor && { privacy: 'personal' as const }),
        }
        for await (const event of inference.stream(request, principal, {
          ...(signal && { signal }),
          noCache: true,
        })) {
          if (event.type === 'text') {
            text += event.text
            const passed = cleaner.push(filter ? await filter.push(event.text) : event.text)
            said += passed
            if (passed !== '') yield { type: 'text', text: passed }
          } else if (event.type === 'tool') calls.push(event.call)
          else if (event.type === 'end') tokens += event.usage.inTokens + event.usage.outTokens
        }
        if (calls.length === 0) break
        messages.push({ role: 'assistant', content: text, toolCalls: calls })
        for (const [n, call] of calls.entries()) {
          const outcome: Outcome =
            n < MENTOR_CALLS_PER_ROUND_MAX
              ? await toolbox.call({ player, locale, dialogue: talk.dialogue.id, ...(lesson && { lesson }) }, call)
              : { text: 'Too many calls at once.' }
          messages.push({ role: 'tool', toolCallId: call.id, content: outcome.text })
          // A tool that there is not is nothing that it looks at.
          if (isTool(call.name)) yield { type: 'tool', tool: call.name }
          if (outcome.approval) {
            yield { type: 'approval', approval: outcome.approval }
            tell({ player, approval: outcome.approval })
          }
        }
      }
    } catch (error) {
      if (!(error instanceof InferError) || error.code === 'canceled') throw error
      parts.log.warn({ err: error, player }, 'the mentor had no answer from a model')
      if (said === '') {
        yield* authored(player, locale, lesson, words(locale, 'mentor.failed'))
        return
      }
      brokeOff = true
    }
    const rest = await filter?.end()
    const last = cleaner.push(rest?.text ?? '') + cleaner.end()
    said += last
    if (last !== '') yield { type: 'text', text: last }
    if (brokeOff) yield { type: 'text', text: `\n${words(locale, 'mentor.broke_off')}` }
    const ladders =
      lesson && ladder
        ? { ...talk.dialogue.ladders, [lesson.id]: { ...ladder, shown: rest?.shown ?? ladder.shown } }
        : talk.dialogue.ladders
    await keep(talk, { ...talk.dialogue, tokens: talk.dialogue.tokens + tokens, ladders }, [
      ['learner', question],
      ['mentor', said],
    ])
    yield { type: 'end', ...(rung && { rung }) }
  }

  async function* authored(
    player: PlayerId,
    locale: Locale,
    lesson: OpenLesson | undefined,
    why: string,
  ): AsyncGenerator<MentorEvent> {
    const hint = lesson && (await desk.authoredHint(player, lesson.slug, locale))
    yield { type: 'authored', ...(hint !== undefined && { hint }), why }
    yield { type: 'end' }
  }

  /** Keeps what was said; what falls out of the window is summed up, plainly at once and better by a model afterwards. */
  async function keep(
    talk: Talk,
    dialogue: Dialogue,
    said: readonly (readonly [DialogueLine['role'], string])[],
  ): Promise<void> {
    const atMs = clock.now()
    const lines = said.map(([role, text], n) => ({ seq: talk.next + n, role, text, atMs }))
    const [from, to] = [windowStart(talk.next), windowStart(talk.next + lines.length)]
    const leaving = talk.lines.filter(({ seq }) => seq >= from && seq < to)
    const plain = leaving.length === 0 ? dialogue.summary : plainDigest(dialogue.summary, leaving)
    await dialogues.save({ ...dialogue, summary: plain }, lines)
    if (leaving.length === 0) return
    const work = sumUp(dialogue, leaving, plain)
      .catch((err: unknown) =>
        parts.log.warn({ err, player: dialogue.player }, 'the talk was not summed up by a model'),
      )
      .finally(() => summing.delete(work))
    summing.add(work)
  }

  /** Only where nothing else has changed it meanwhile does the model's summary take the plain one's place. */
  async function sumUp(dialogue: Dialogue, leaving: readonly DialogueLine[], plain: string): Promise<void> {
    const principal = await parts.principal(dialogue.player)
    if (!inference.availability(principal, principal.minor ? 'personal' : undefined).ok) return
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(MENTOR_SUMMARY_TIMEOUT_MS)])
    const { text, tokens } = await modelDigest(inference, principal, { before: dialogue.summary, leaving, signal })
    if (text !== '') await dialogues.sumUp(dialogue.id, { before: plain, after: text, tokens })
  }

  /** What tools say is for the model; a person is told in their language where it is said in so many words. */
  function doneInWords(tool: string, done: string, locale: Locale): string {
    if (tool === 'propose_change' && done === CHANGED) return words(locale, 'mentor.changed')
    const [, name, status] = (tool === 'run_agent' && /^(.+): (\w+)$/.exec(done)) || []
    return name && status ? words(locale, 'agent.now', { name, status }) : done
  }

  return {
    /** Streams the answer. One question at a time for each person; leaving the loop early cancels. */
    async *ask(
      player: PlayerId,
      locale: Locale,
      question: string,
      signal?: AbortSignal,
    ): AsyncGenerator<MentorEvent> {
      const text = question.trim().slice(0, MENTOR_QUESTION_MAX_CHARS)
      if (text === '') return yield { type: 'refused', why: words(locale, 'mentor.empty') }
      if (busy.has(player)) return yield { type: 'refused', why: words(locale, 'mentor.busy') }
      busy.add(player)
      try {
        yield* answer(player, locale, text, signal)
      } finally {
        busy.delete(player)
      }
    },
    /** Gives a person's word; what they allowed runs at once. Undefined when it was not theirs, decided before, or too late. */
    async decide(player: PlayerId, id: string, isApproved: boolean, locale: Locale): Promise<string | undefined> {
      if (!(await approvals.decide(id, player, isApproved))) return undefined
      const approval = await approvals.find(id)
      const done = isApproved && approval ? await toolbox.runApproved(approval, locale) : undefined
      if (!approval || (isApproved && done === undefined)) return undefined
      if (done !== undefined) {
        const talk = await open(player)
        await keep(talk, talk.dialogue, [['tool', `${approval.tool}: ${done}`]])
      }
      const result = done === undefined ? words(locale, 'mentor.denied') : doneInWords(approval.tool, done, locale)
      tell({ player, approval, decided: { isApproved, result } })
      return result
    },
    pending: (player: PlayerId) => approvals.pending(player),
    onNews(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async history(player: PlayerId, locale: Locale): Promise<readonly DialogueLine[]> {
      return (await open(player)).lines.slice(-MENTOR_LINES_KEPT).map((line) => {
        const [, tool = '', done = ''] = (line.role === 'tool' && /^(\w+): ([\s\S]*)$/.exec(line.text)) || []
        return isTool(tool) ? { ...line, text: doneInWords(tool, done, locale) } : line
      })
    },
    async unavailable(player, locale) {
      const principal = await parts.principal(player)
      const available = inference.availability(principal, principal.minor ? 'personal' : undefined)
      return available.ok ? undefined : words(locale, `mentor.${available.why}`)
    },
    standard: STANDARD,
    rules: (player) => parts.rules.read(player),
    setRules: (player, rules) => parts.rules.write(player, rules),
    /** Waits for the summaries that are being made. */
    async settled() {
      await Promise.all(summing)
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      await Promise.all(summing)
    },
  }
}

const asMessage = ({ role, text }: DialogueLine): ChatMessage[] =>
  role === 'learner'
    ? [{ role: 'user', content: text }]
    : role === 'mentor'
      ? [{ role: 'assistant', content: text }]
      : [{ role: 'user', content: `<data name="tool">\n${text}\n</data>` }]
