/** One person's open terminal: lines in, one after the other; what they come to out. */
import { setTimeout as sleepFor } from 'node:timers/promises'
import type { Person } from '../accounts/types.ts'
import { type AnyCommand, findCharacterHere, firstWord, type ParsedLine, parseLine } from '../commands/index.ts'
import type { ZoneView } from '../engine/types.ts'
import {
  SESSION_HISTORY_MAX,
  SESSION_RECENT_LINES_MAX,
  SLOWED_NOTICE_EVERY_MS,
  TERMINAL_CHANGES_BURST,
  TERMINAL_CHANGES_PER_S,
  TERMINAL_QUEUE_MAX,
} from '../limits.ts'
import type { CharacterRecord, WorldEvent } from '../protocol/events.ts'
import { type CharacterId, isVisitor, type Json, type Locale, type Params } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import type { LineAck, OutputDraft } from '../protocol/terminal.ts'
import { describeRefusal, render } from '../voice/index.ts'
import { placeOf, tellAcross } from './across.ts'
import { createBucket } from './bucket.ts'
import { cleanLine } from './clean-line.ts'
import { completeLine } from './complete.ts'
import { findElsewhere } from './elsewhere.ts'
import { expandLine } from './expand.ts'
import { replyToError } from './failed.ts'
import { guardPortal } from './guard-portal.ts'
import { guardTalk } from './guard-talk.ts'
import type { Keeper } from './kept.ts'
import { no, type Reply, silence } from './reply.ts'
import { type Listener, speakerOf } from './route.ts'
import type { People, SessionContext } from './session-verb.ts'
import type { Preferences, Session, TerminalOptions, TerminalServices } from './types.ts'
import { allVerbs, sessionVerbs } from './verbs/index.ts'
import { forMentor } from './verbs/mentor.ts'
import { mayVisitor } from './visitor.ts'

export type SessionParts = {
  readonly services: TerminalServices
  readonly options: TerminalOptions
  readonly people: People
  readonly keeper: Keeper
  readonly person: Person
  readonly locale: Locale
  readonly preferences: Preferences
  readonly send: (drafts: readonly OutputDraft[]) => void
  readonly onClose: () => Promise<void>
}

export type LiveSession = Session &
  Listener & { readonly person: () => Person; readonly preferences: () => Preferences }

export function createSession(parts: SessionParts): LiveSession {
  const { services, options, people, keeper } = parts
  const { zones } = services
  const { id } = parts.person
  const now = () => services.clock?.now() ?? Date.now()
  const sleep = options.sleep ?? sleepFor
  const changes = createBucket(
    options.changesPerSecond ?? TERMINAL_CHANGES_PER_S,
    options.changesBurst ?? TERMINAL_CHANGES_BURST,
    now(),
  )
  const history: string[] = []
  const recent: string[] = []
  let { person, locale, preferences } = parts
  let lastTeller: { id: CharacterId; name: string } | undefined
  let slowedAtMs = Number.NEGATIVE_INFINITY
  let isOpen = true
  let waiting = 0
  let tail: Promise<unknown> | undefined

  const look = <T>(read: (world: ZoneView, me: CharacterRecord) => T) => zones.read(id, read)

  function send(drafts: readonly OutputDraft[]): void {
    if (!isOpen || drafts.length === 0) return
    for (const { text } of drafts) recent.push(text)
    if (recent.length > 2 * SESSION_RECENT_LINES_MAX) recent.splice(0, recent.length - SESSION_RECENT_LINES_MAX)
    parts.send(drafts)
  }

  const context: SessionContext = {
    services,
    people,
    keeper,
    words: (key, params) => render(locale, key, params),
    person: () => person,
    locale: () => locale,
    nowMs: now,
    preferences: () => preferences,
    async setPreferences(change) {
      preferences = { ...preferences, ...change }
      await keeper.change(id, (kept) => ({ ...kept, ...change }))
    },
    async setLocale(to) {
      locale = to
      await services.accounts?.setLocale(id, to)
      await zones.change(id, { locale: to })
    },
    become(to) {
      person = to
    },
    look,
    async submit(command, input) {
      const guarded = guardTalk(services, id, command, input)
      const refused = (refusal: Refusal) =>
        ({ seq: 0, tick: 0, verdict: { ok: false, refusal }, events: [] }) as const
      if ('refusal' in guarded) return refused(guarded.refusal)
      const shut = await guardPortal(services, look, id, command, guarded.input)
      if (shut) return refused(shut)
      return zones.submit(id, command, guarded.input)
    },
    history: () => history,
    lastTeller: () => lastTeller,
    recentLines: () => recent.slice(-SESSION_RECENT_LINES_MAX),
    isVerb(word) {
      const hit = allVerbs.find(word)
      return hit.kind === 'found' && hit.verb === word
    },
    verbNamed(word) {
      const hit = allVerbs.find(word)
      return hit.kind === 'found' ? hit.name : undefined
    },
  }

  // --- what one line means and does ------------------------------------------------------------------------------------

  /** Between two zones only the session's own verbs are understood. */
  function understand(line: string): ParsedLine {
    const question = services.mentor && mentorQuestion(line)
    if (question !== undefined) return { kind: 'other', name: 'mentor', verb: 'ask', args: `ask ${question}` }
    const inWorld = look((world, me) => parseLine(line, locale, { world, me }, allVerbs))
    if (inWorld) return inWorld
    const [word, ...rest] = line.split(/\s+/)
    const hit = allVerbs.find(word!)
    if (hit.kind === 'found' && sessionVerbs.has(hit.name))
      return { kind: 'other', name: hit.name, verb: hit.verb, args: rest.join(' ') }
    const away = services.visits?.away(id)
    return {
      kind: 'refusal',
      refusal: away ? { code: 'away', params: { node: away.node } } : { code: 'not_in_world' },
    }
  }

  /** `ask mentor …` is for the mentor, unless somebody of that name stands here. */
  function mentorQuestion(line: string): string | undefined {
    const [word, args] = firstWord(line)
    const hit = allVerbs.find(word)
    const asked = hit.kind === 'found' && hit.name === 'ask' ? forMentor(args) : undefined
    if (!asked || look((world, me) => findCharacterHere(world, me, asked.name).ok)) return undefined
    return asked.question
  }

  function run(line: string, lineId?: string): Reply | Promise<Reply> {
    const meant = understand(line)
    if (meant.kind === 'empty') return silence
    if (meant.kind === 'refusal') return { refusal: meant.refusal }
    if (isVisitor(id)) {
      if (!services.visits?.mayAct(id)) return no('not_in_world')
      if (!mayVisitor(meant)) return no('visitor_at_home')
    }
    if (meant.kind === 'command')
      return meant.command.show
        ? show(meant.command, meant.input)
        : change(meant.command, meant.input as Json, lineId)
    const verb = sessionVerbs.get(meant.name)
    if (!verb) return no('unknown_command', { word: meant.verb })
    if (verb.roles && !verb.roles.some((role) => person.roles.includes(role))) return no('forbidden')
    const answer = () => verb.run(meant.args, context, meant.verb)
    return changes.take(now()) ? answer() : slowly(answer)
  }

  function show(command: AnyCommand, input: unknown): Reply {
    const shown = look((world, me) => command.show!(world, me, input, { locale, asList: preferences.reader }))
    if (!shown) return no('not_in_world')
    return 'refusal' in shown ? { refusal: shown.refusal } : { out: [shown] }
  }

  const change = (command: AnyCommand, input: Json, lineId?: string): Promise<Reply> =>
    changes.take(now()) ? submit(command.name, input, lineId) : slowly(() => submit(command.name, input, lineId))

  async function submit(command: string, typed: Json, lineId?: string): Promise<Reply> {
    const away = command === 'tell' ? placeOf((typed as Params).to) : undefined
    const across = away && (await tellAcross(context, away, typed, lineId))
    if (across) return across
    const near = away ? { ...(typed as Params), to: away.name } : typed
    const input = command === 'tell' ? findElsewhere(services.zones, near, look) : near
    const guarded = guardTalk(services, id, command, input)
    if ('refusal' in guarded) return guarded
    const shut = await guardPortal(services, look, id, command, guarded.input)
    if (shut) return { refusal: shut }
    const { verdict } = await zones.submit(id, command, guarded.input, lineId)
    return verdict.ok ? silence : { refusal: verdict.refusal }
  }

  /** Too fast: this line waits for its turn, and those behind it wait with it. The person is told now and then. */
  async function slowly(work: () => Reply | Promise<Reply>): Promise<Reply> {
    if (now() - slowedAtMs >= SLOWED_NOTICE_EVERY_MS) {
      slowedAtMs = now()
      send([{ kind: 'system', text: render(locale, 'session.slowed') }])
    }
    while (isOpen && !changes.take(now())) await sleep(changes.waitMs(now()))
    return isOpen ? work() : silence
  }

  // --- answers ---------------------------------------------------------------------------------------------------------

  function deliver(reply: Reply): LineAck {
    if ('out' in reply) {
      send(reply.out)
      return { ok: true }
    }
    const { refusal } = reply
    const text = look((world) => describeRefusal(refusal, locale, world)) ?? describeRefusal(refusal, locale)
    send([{ kind: 'refusal', text, data: { code: refusal.code } }])
    return { ok: false, code: refusal.code }
  }

  function failed(error: unknown): LineAck {
    const { code, text, isOurs } = replyToError(error, locale)
    if (isOurs) services.report?.(error, 'terminal line')
    send([{ kind: 'refusal', text, data: { code } }])
    return { ok: false, code }
  }

  function one(line: string, lineId?: string): LineAck | Promise<LineAck> {
    try {
      const reply = run(line, lineId)
      return reply instanceof Promise ? reply.then(deliver).catch(failed) : deliver(reply)
    } catch (error) {
      return failed(error)
    }
  }

  /** An alias of several commands stops at the first that is refused. */
  async function several(lines: readonly string[], lineId?: string): Promise<LineAck> {
    for (const [i, line] of lines.entries()) {
      const ack = await one(line, lineId && `${lineId}.${i}`)
      if (!ack.ok) return ack
    }
    return { ok: true }
  }

  function handle(text: string, lineId?: string): LineAck | Promise<LineAck> {
    const line = cleanLine(text)
    if (line === undefined) return deliver(no('line_too_long'))
    if (line === '') return { ok: true }
    const expanded = expandLine(line, history, preferences.aliases)
    if ('refusal' in expanded) return deliver(expanded)
    if (history.at(-1) !== expanded.typed) history.push(expanded.typed)
    if (history.length > SESSION_HISTORY_MAX) history.shift()
    return expanded.lines.length === 1 ? one(expanded.lines[0]!, lineId) : several(expanded.lines, lineId)
  }

  /** Lines are done in the order they came; one that only reads, with nothing before it, is answered at once. */
  function inOrder(work: () => LineAck | Promise<LineAck>): LineAck | Promise<LineAck> {
    if (waiting >= TERMINAL_QUEUE_MAX) return deliver(no('busy'))
    const result = tail ? tail.then(work) : work()
    if (!(result instanceof Promise)) return result
    waiting++
    const mine = result.finally(() => {
      waiting--
      if (tail === mine) tail = undefined
    })
    tail = mine
    return mine
  }

  return {
    id,
    locale: () => locale,
    person: () => person,
    preferences: () => preferences,
    brief: () => preferences.brief,
    send,
    hears(event: WorldEvent, world: ZoneView) {
      const speaker = speakerOf(event, world)
      if (speaker !== undefined && speaker !== id && services.accounts?.moderation.isBlocked(id, speaker))
        return false
      if (event.type === 'told' && event.to === id)
        lastTeller = { id: event.who, name: world.state.characters.get(event.who)?.name ?? '' }
      return true
    },
    line: (text, lineId) => (isOpen ? inOrder(() => handle(text, lineId)) : { ok: false, code: 'not_in_world' }),
    complete: (prefix) => completeLine(prefix, allVerbs, look, locale),
    setLocale(to) {
      locale = to
    },
    refresh(to) {
      // The terminal may speak another language than the account: only a changed account changes that.
      if (to.locale !== person.locale) locale = to.locale
      person = to
    },
    async close() {
      if (!isOpen) return
      isOpen = false
      await parts.onClose()
    },
  }
}
