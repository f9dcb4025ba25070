/** The ferry office: the islands in reach, the boat that goes to one, and the way home. */
import { portalsIn } from '../../commands/index.ts'
import { isVisitor } from '../../protocol/ids.ts'
import { no, type Reply, reply, silence } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'

export const travel: SessionVerb = {
  name: 'travel',
  verbs: { en: ['travel', 'islands', 'sail'], ru: ['плыть', 'острова', 'отплыть'] },
  async run(args, session) {
    const { visits } = session.services
    if (!visits) return no('portal_nowhere')
    const away = visits.away(session.person().id)
    if (away) return no('away', { node: away.node })
    return args === '' ? listed(session) : aboard(session, args)
  },
}

export const comeBack: SessionVerb = {
  name: 'return',
  verbs: { en: ['return'], ru: ['вернуться', 'вернись', 'возврат'] },
  async run(_args, session) {
    const isAway = await session.services.visits?.comeHome(session.person().id)
    return isAway ? silence : no('not_away')
  },
}

async function listed(session: SessionContext): Promise<Reply> {
  const islands = await session.services.visits!.islands()
  if (islands.length === 0) return reply(session.words('portal.none'))
  const lines = islands.map(({ name, url, people = -1 }) =>
    session.words(url === undefined ? 'portal.closed' : 'portal.island', { name, people }),
  )
  const how = islands.some(({ url }) => url !== undefined) ? [session.words('portal.how')] : []
  return reply([session.words('portal.islands'), ...lines.map((line) => `  ${line}`), ...how].join('\n'))
}

async function aboard(session: SessionContext, to: string): Promise<Reply> {
  const [portal] = session.look((world, me) => portalsIn(world, me)) ?? []
  if (!portal) return reply(session.words('portal.no_boat', { place: elsewhere(session) ?? 'none' }))
  if (isVisitor(session.person().id)) return no('visitor_at_home')
  const { verdict } = await session.submit('enter', { what: portal.id, to })
  return verdict.ok ? silence : { refusal: verdict.refusal }
}

/** The name of a place of this world that has a portal. */
function elsewhere(session: SessionContext): string | undefined {
  const { places, things } = session.services.zones.world()
  const leadsOut = (thing: string | undefined) => thing !== undefined && things.get(thing)?.portal !== undefined
  for (const place of places.values())
    if (place.spawn.some(({ thing }) => leadsOut(thing))) return place.name[session.locale()]
  return undefined
}
