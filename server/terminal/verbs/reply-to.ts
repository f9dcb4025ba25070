/** Answer whoever told you something last. */
import { no, silence } from '../reply.ts'
import type { SessionVerb } from '../session-verb.ts'

export const replyTo: SessionVerb = {
  name: 'reply',
  verbs: { en: ['reply', 'r'], ru: ['ответить', 'ответь', 'отв'] },
  async run(args, session) {
    const teller = session.lastTeller()
    if (!teller) return no('no_reply_target')
    if (args === '') return no('nothing_to_say')
    const { verdict } = await session.submit('tell', { to: teller.id, text: args, toName: teller.name })
    return verdict.ok ? silence : { refusal: verdict.refusal }
  },
}
