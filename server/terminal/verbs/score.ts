/** How you stand: name, place, credits, lessons, badges. */
import { placeName } from '../../voice/index.ts'
import { reply } from '../reply.ts'
import type { SessionVerb } from '../session-verb.ts'

export const score: SessionVerb = {
  name: 'score',
  verbs: { en: ['score', 'status'], ru: ['счёт', 'статус', 'я'] },
  async run(_args, session) {
    const { ledger, lessons } = session.services
    const { id, name, guest } = session.person()
    const locale = session.locale()
    const place = session.look((world, me) => placeName(world, me.place, locale)) ?? ''
    const [balance, list, badges] = await Promise.all([
      ledger?.balance(`player:${id}`),
      lessons?.list(id, locale),
      lessons?.badges(id, locale),
    ])
    const passed = list?.filter((l) => l.status === 'passed').length
    return reply(
      [
        session.words('score.name', { name, guest: guest ? 'yes' : 'no' }),
        ...(place ? [session.words('score.place', { where: place })] : []),
        ...(balance === undefined ? [] : [session.words('score.balance', { balanceMicro: String(balance) })]),
        ...(list ? [session.words('score.lessons', { passed: passed ?? 0, all: list.length })] : []),
        ...(badges?.length ? [session.words('score.badges', { badges: badges.map((b) => b.name) })] : []),
      ].join('\n'),
    )
  },
}
