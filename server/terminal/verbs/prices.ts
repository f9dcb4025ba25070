/** What each action of a program costs, in time and in fuel. */
import { AGENT_FUEL_BURST, AGENT_FUEL_PER_TURN } from '../../limits.ts'
import { priceList } from '../../protocol/agent-api/index.ts'
import { type Reply, reply } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'

export function pricesOf(session: SessionContext): Reply {
  const lines = priceList(session.locale()).map(({ action, text }) => `  me.${action}: ${text}`)
  const about = session.words('prices.about', { perTick: AGENT_FUEL_PER_TURN, burst: AGENT_FUEL_BURST })
  return reply([session.words('prices.head'), ...lines, about].join('\n'), 'help')
}

export const prices: SessionVerb = {
  name: 'costs',
  // «Цены» are a shop's.
  verbs: { en: ['costs', 'prices'], ru: ['расценки'] },
  run: (_args, session) => pricesOf(session),
}
