/** Leave: the character falls asleep where it stands; the page ends the connection. */
import { reply } from '../reply.ts'
import type { SessionVerb } from '../session-verb.ts'

export const quit: SessionVerb = {
  name: 'quit',
  verbs: { en: ['quit', 'logout'], ru: ['выход', 'покинуть', 'конец'] },
  run: (_args, session) => reply(session.words('quit.bye'), 'system', { action: 'quit' }),
}
