/** What a program can do and what it costs, in the reader's language, from the same definition that the runtime uses. */
import { z } from 'zod'
import { AGENT_FUEL_BURST, AGENT_FUEL_PER_TURN, TIDE_EVERY_MS } from '../../../limits.ts'
import { academyDts, FUEL_PRICES, priceList } from '../../../protocol/agent-api/index.ts'
import * as api from '../../../protocol/api.ts'
import { LOCALES } from '../../../protocol/ids.ts'
import { ok, type Route, route } from '../route.ts'

const query = z.object({ locale: z.enum(LOCALES).optional().describe('the language of the words') })

export const agentApiRoutes = (): readonly Route[] => [
  route({
    method: 'get',
    path: '/api/v1/agent-api',
    access: 'public',
    summary: 'What each action of a program costs, in time and in fuel',
    query,
    answers: { 200: api.AgentApi },
    run: ({ query: { locale }, locale: theirs }) =>
      ok({
        actions: priceList(locale ?? theirs),
        fuel: { perTick: AGENT_FUEL_PER_TURN, burst: AGENT_FUEL_BURST, prices: FUEL_PRICES },
        tickMs: TIDE_EVERY_MS,
      }),
  }),
  route({
    method: 'get',
    path: '/api/v1/agent-api/academy.d.ts',
    access: 'public',
    summary: 'The declarations of the module that a program imports, for an editor',
    query,
    answers: { 200: 'text/plain' },
    run: ({ query: { locale }, locale: theirs }) => ({
      status: 200,
      text: { type: 'text/plain; charset=utf-8', value: academyDts(locale ?? theirs) },
    }),
  }),
]
