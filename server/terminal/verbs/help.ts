/** Help: an index by topic, and a page for each command with an example. */
import { COMMAND_TOPICS, normalise, type VerbEntry } from '../../commands/index.ts'
import { no, type Reply, reply } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'
import { pricesOf } from './prices.ts'

/** Session verbs by topic, given by the table of all of them, which knows this one too. */
export type Topics = Readonly<Record<string, readonly (VerbEntry & Pick<SessionVerb, 'roles'>)[]>>

export function createHelp(sessionTopics: () => Topics): readonly [help: SessionVerb, commands: SessionVerb] {
  const topics = (): Topics => ({ ...COMMAND_TOPICS, ...sessionTopics() })
  const mayUse = (session: SessionContext, entry: Pick<SessionVerb, 'roles'>): boolean =>
    !entry.roles || entry.roles.some((r) => session.person().roles.includes(r))
  const shown = (session: SessionContext, topic: string) =>
    (topics()[topic] ?? []).filter((entry) => mayUse(session, entry))

  const index = (session: SessionContext): Reply => {
    const lines = Object.keys(topics()).flatMap((topic) => {
      const entries = shown(session, topic)
      return entries.length
        ? [`  ${session.words(`help.topic.${topic}`)}: ${entries.map((e) => wordOf(session, e)).join(', ')}`]
        : []
    })
    return reply([session.words('help.index'), ...lines, session.words('help.how')].join('\n'), 'help')
  }

  const aboutTopic = (session: SessionContext, topic: string): Reply =>
    reply(
      [
        session.words(`help.topic.${topic}`),
        ...shown(session, topic).map((e) => `  ${session.words(`help.${e.name}`).split('\n', 1)[0]}`),
      ].join('\n'),
      'help',
    )

  const help: SessionVerb = {
    name: 'help',
    verbs: { en: ['help', '?', 'h'], ru: ['помощь', 'справка', 'помоги'] },
    run(args, session) {
      if (args === '') return index(session)
      const name = session.verbNamed(args)
      const entry =
        name === undefined
          ? undefined
          : Object.values(topics())
              .flat()
              .find((e) => e.name === name)
      if (name === 'costs') return pricesOf(session)
      if (entry) return reply(page(session, entry), 'help')
      const wanted = normalise(args)
      const topic = Object.keys(topics()).find(
        (t) => t === wanted || normalise(session.words(`help.topic.${t}`)).startsWith(wanted),
      )
      return topic ? aboutTopic(session, topic) : no('no_help', { word: args.slice(0, 40) })
    },
  }
  const commands: SessionVerb = {
    name: 'commands',
    verbs: { en: ['commands'], ru: ['команды'] },
    run: (_args, session) => index(session),
  }
  return [help, commands]
}

const wordOf = (session: SessionContext, { verbs }: VerbEntry): string => verbs[session.locale()][0]!

function page(session: SessionContext, entry: VerbEntry): string {
  const others = entry.verbs[session.locale()]
  const also = others.length > 1 ? [session.words('help.also', { words: others.join(', ') })] : []
  return [session.words(`help.${entry.name}`), ...also].join('\n')
}
