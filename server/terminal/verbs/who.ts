/** Who is awake in the world, whichever zone they are in. */
import { WHO_MAX } from '../../limits.ts'
import { placeName } from '../../voice/index.ts'
import { reply } from '../reply.ts'
import type { SessionVerb } from '../session-verb.ts'

export const who: SessionVerb = {
  name: 'who',
  verbs: { en: ['who'], ru: ['кто'] },
  run(_args, session) {
    const awake = session.services.zones.awake().filter((c) => c.kind === 'player')
    const lines = awake.slice(0, WHO_MAX).map((c) => {
      const place = session.look((world) => placeName(world, c.place, session.locale())) ?? ''
      return `  ${session.words('who.line', { name: c.name, where: place })}`
    })
    const more =
      awake.length > WHO_MAX ? [`  ${session.words('place.more_people', { count: awake.length - WHO_MAX })}`] : []
    return reply([session.words('who.head', { count: awake.length }), ...lines, ...more].join('\n'))
  },
}
