/** People's terminals: opens sessions, and hands each what its person perceives of every turn of the zones. */
import { TERMINAL_SESSIONS_PER_PERSON_MAX } from '../limits.ts'
import type { CharacterId } from '../protocol/ids.ts'
import type { OutputDraft } from '../protocol/terminal.ts'
import { render } from '../voice/index.ts'
import { createKeeper, memoryPreferences } from './kept.ts'
import { stoppedLine, tellAgentNews, tellFileNews, tellLessonNews, tellLogStopped } from './news.ts'
import { routeTurn } from './route.ts'
import { createSession, type LiveSession } from './session.ts'
import type { People, Words } from './session-verb.ts'
import type { OpenInput, Terminal, TerminalOptions, TerminalServices } from './types.ts'
import { tellMentorNews } from './verbs/mentor.ts'
import { greet } from './welcome.ts'

export function createTerminal(services: TerminalServices, options: TerminalOptions = {}): Terminal {
  const { zones, accounts, lessons, agents, projects, tlog } = services
  const keeper = createKeeper(services.preferences ?? memoryPreferences())
  const sessions = new Map<CharacterId, Set<LiveSession>>()
  const everyone = (): readonly LiveSession[] => [...sessions.values()].flatMap((mine) => [...mine])

  const sendTo = (session: LiveSession, draft: (words: Words) => OutputDraft): void =>
    session.send([draft((key, params) => render(session.locale(), key, params))])
  const people: People = {
    tell(id, draft) {
      const mine = sessions.get(id)
      for (const session of mine ?? []) sendTo(session, draft)
      return mine !== undefined
    },
    broadcast(channel, from, draft) {
      for (const session of everyone()) {
        const isBlocked = accounts?.moderation.isBlocked(session.person().id, from)
        if (!isBlocked && session.preferences().channels.includes(channel)) sendTo(session, draft)
      }
    },
  }

  const stops = [
    zones.onTurn((turn, world) => {
      try {
        routeTurn(turn, world, (id) => sessions.get(id))
      } catch (error) {
        services.report?.(error, 'terminal routing')
      }
    }),
    ...(lessons ? [tellLessonNews(lessons, people)] : []),
    ...(agents ? [tellAgentNews(agents, people)] : []),
    ...(services.mentor ? [tellMentorNews(services.mentor, people)] : []),
    ...(services.network
      ? [
          services.network.desk.onBroadcast(({ name, text }) => {
            for (const session of everyone())
              sendTo(session, (words) => ({ kind: 'system', text: words('network.broadcast.heard', { name, text }) }))
          }),
        ]
      : []),
    ...(projects?.onOutside ? [tellFileNews(projects.onOutside, people)] : []),
    ...(tlog
      ? [
          tellLogStopped(tlog, (draft) => {
            for (const session of everyone()) sendTo(session, draft)
          }),
        ]
      : []),
  ]

  /** More sessions than a person may have: the oldest makes room. */
  async function seat(session: LiveSession): Promise<void> {
    const mine = sessions.get(session.id) ?? new Set()
    sessions.set(session.id, mine.add(session))
    if (mine.size > TERMINAL_SESSIONS_PER_PERSON_MAX) await [...mine][0]!.close()
  }

  function unseat(session: LiveSession): void {
    const mine = sessions.get(session.id)
    mine?.delete(session)
    if (mine?.size === 0) sessions.delete(session.id)
  }

  async function open({ person, locale, send }: OpenInput): Promise<LiveSession> {
    const now = () => services.clock?.now() ?? Date.now()
    const kept = await keeper.read(person.id)
    const beSeen = () => keeper.change(person.id, (last) => ({ ...last, lastSeenMs: now() }))
    /** What happens while they come in is told after the greeting. */
    let before: OutputDraft[] | undefined = []
    const session: LiveSession = createSession({
      services,
      options,
      people,
      keeper,
      person,
      locale,
      preferences: kept,
      send: (drafts) => (before ? void before.push(...drafts) : send(drafts)),
      async onClose() {
        unseat(session)
        await beSeen()
      },
    })
    await seat(session)
    try {
      await zones.enter({ id: person.id, kind: 'player', name: person.name, locale, roles: person.roles })
      await beSeen()
    } catch (error) {
      unseat(session)
      throw error
    }
    const greeting = await greet(services, session, kept, before.splice(0))
    const meanwhile = before
    before = undefined
    session.send([...greeting, ...meanwhile])
    await services.network?.messages.awake(person.id).catch((error: unknown) => services.report?.(error, 'messages'))
    const posts = tlog?.mayPost()
    if (posts?.ok === false) sendTo(session, (words) => stoppedLine(posts.code, words))
    return session
  }

  return {
    open,
    tell: (id, key, params, data) =>
      people.tell(id, (words) => ({
        kind: data === undefined ? 'speech' : 'system',
        text: words(key, params),
        ...(data !== undefined && { data }),
      })),
    sessions: () => everyone().length,
    async [Symbol.asyncDispose]() {
      for (const stop of stops) stop()
      await Promise.all(everyone().map((session) => session.close()))
    },
  }
}

export type { Terminal, TerminalServices } from './types.ts'
