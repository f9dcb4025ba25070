/** Texts on the distributed hash table, from the prompt: everybody has words of their own and reads everybody's. */
import { firstWord } from '../../commands/index.ts'
import { onNetwork } from '../across.ts'
import { mutedRefusal } from '../guard-talk.ts'
import { no, type Reply, reply } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'
import { subcommand } from '../subcommand.ts'
import type { TerminalNetwork } from '../types.ts'

const ACTS = {
  put: ['put', 'положить'],
  get: ['get', 'взять'],
  find: ['find', 'найти'],
  provide: ['provide', 'предложить'],
  providers: ['providers', 'у-кого'],
  republish: ['republish', 'обновить'],
} as const
type Act = keyof typeof ACTS
/** Said in the name of the node, so for those who look after it. */
const STAFF_ONLY = new Set<Act>(['provide', 'republish'])

export const dht: SessionVerb = {
  name: 'dht',
  verbs: { en: ['dht'], ru: ['таблица'] },
  async run(args, session) {
    const act = subcommand(args, ACTS)
    if (!act || (act[1] === '' && act[0] !== 'republish')) return reply(session.words('network.dht.how'))
    if (STAFF_ONLY.has(act[0]) && !session.person().roles.includes('admin')) return no('forbidden')
    return onNetwork(session, act[1], (network) => DO[act[0]](network, act[1], session))
  },
}

const DO: Readonly<Record<Act, (network: TerminalNetwork, rest: string, session: SessionContext) => Promise<Reply>>> =
  {
    async put({ desk }, rest, session) {
      const [word, text] = firstWord(rest)
      if (text === '') return no('nothing_to_say')
      const { accounts } = session.services
      const me = session.person().id
      const muted = mutedRefusal(session.services, me)
      if (muted) return { refusal: muted }
      const { key, nodes } = await desk.dht.put(me, word, accounts?.moderation.cleanTalk(text) ?? text)
      return reply(session.words('network.dht.put', { key, nodes }), 'system', { key, nodes })
    },
    async get({ desk }, key, session) {
      const found = await desk.dht.get(session.person().id, key)
      return found ? reply(found.value, 'system', { key: found.key }) : reply(session.words('network.dht.none'))
    },
    async find(network, text, session) {
      const { node } = await network.resolve(text)
      const found = await network.desk.dht.find(node)
      if (!found) return reply(session.words('network.dht.notFound'))
      const isStaff = session.person().roles.includes('admin')
      return reply(session.words('network.dht.found', { node, address: (isStaff && found.addresses[0]) || 'none' }))
    },
    async provide({ desk }, key, session) {
      return reply(session.words('network.dht.provided', { ...(await desk.dht.provide(key)) }))
    },
    async providers({ desk }, key, session) {
      const found = await desk.dht.providers(key)
      return reply(
        [session.words('network.dht.providers', { count: found.length }), ...found.map((n) => `  ${n}`)].join('\n'),
      )
    },
    async republish({ desk }, _rest, session) {
      return reply(session.words('network.dht.republished', { count: await desk.dht.republish() }))
    },
  }
