/** Tell the moderators about somebody, or about something that is broken. */
import { firstWord } from '../../commands/index.ts'
import { REPORT_TEXT_MAX_CHARS } from '../../limits.ts'
import { personNamed } from '../person-named.ts'
import { no, type Reply, reply } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'

export const report: SessionVerb = {
  name: 'report',
  verbs: { en: ['report'], ru: ['жалоба', 'пожаловаться', 'донести'] },
  async run(args, session) {
    const [name, text] = firstWord(args)
    if (text === '') return no('nothing_to_say')
    const target = await personNamed(session, name)
    return 'refusal' in target ? target : file(session, text, target.id)
  },
}

export const bug: SessionVerb = {
  name: 'bug',
  verbs: { en: ['bug', 'typo'], ru: ['ошибка', 'баг', 'опечатка'] },
  run: async (args, session) => (args === '' ? no('nothing_to_say') : file(session, args)),
}

/** With the last lines that the person was shown. */
async function file(session: SessionContext, text: string, target?: string): Promise<Reply> {
  const { accounts } = session.services
  if (!accounts) return no('not_here')
  const id = await accounts.moderation.report(
    session.person().id,
    target,
    text.slice(0, REPORT_TEXT_MAX_CHARS),
    session.recentLines(),
  )
  return reply(session.words(target === undefined ? 'report.bug' : 'report.filed', { id }))
}
