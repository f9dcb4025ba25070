/** Hear nothing more from somebody; the same again lets them be heard. */

import { personNamed } from '../person-named.ts'
import { no, reply } from '../reply.ts'
import type { SessionVerb } from '../session-verb.ts'

export const ignore: SessionVerb = {
  name: 'ignore',
  verbs: {
    en: ['ignore', 'block', 'unignore', 'unblock'],
    ru: ['игнорировать', 'игнор', 'заблокировать', 'разблокировать'],
  },
  async run(args, session) {
    const { accounts } = session.services
    if (!accounts) return no('not_here')
    const target = await personNamed(session, args)
    if ('refusal' in target) return target
    const me = session.person().id
    const on = !accounts.moderation.isBlocked(me, target.id)
    await accounts.moderation.block(me, target.id, on)
    return reply(session.words(on ? 'ignore.on' : 'ignore.off', { name: target.name }))
  },
}
