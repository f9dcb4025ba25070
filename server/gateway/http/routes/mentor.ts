/** The mentor: asked, answered piece by piece, what it asks for allowed or denied, and one's own rules for its tools. */
import { z } from 'zod'
import type { MentorEvent, MentorService } from '../../../inference/mentor/types.ts'
import * as api from '../../../protocol/api-mentor.ts'
import { HttpProblem } from '../problem.ts'
import { ok, type Route, route } from '../route.ts'

export function mentorRoutes(mentor: MentorService): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/mentor',
      access: 'person',
      summary: 'What was said, what waits for one’s word, and whether the mentor answers or what would make it',
      answers: { 200: api.MentorAnswer },
      async run({ me, locale }) {
        const id = me.playerId
        const why = await mentor.unavailable(id, locale)
        const [history, pending, rules] = [
          await mentor.history(id, locale),
          await mentor.pending(id),
          await mentor.rules(id),
        ]
        return ok({
          history,
          pending: pending.map(shown),
          available: why === undefined,
          ...(why !== undefined && { why }),
          rules,
          standard: mentor.standard,
        })
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/mentor/ask',
      access: 'person',
      summary:
        'Ask the mentor; its answer is a stream of events: text, tool, approval, authored, refused, end, error',
      body: api.MentorAskBody,
      answers: { 200: 'text/event-stream' },
      run: ({ me, body, locale }) => ({
        status: 200,
        async *events(signal) {
          for await (const event of mentor.ask(me.playerId, locale, body.text, signal)) yield told(event)
        },
      }),
    }),
    route({
      method: 'post',
      path: '/api/v1/mentor/approvals/:id',
      access: 'person',
      summary: 'Allow or deny what the mentor asked for, once; what is allowed is done at once',
      body: api.MentorDecisionBody,
      answers: { 200: api.MentorDecisionAnswer },
      async run({ me, params, body, locale }) {
        const result = await mentor.decide(me.playerId, params.id!, body.approve, locale)
        if (result === undefined) throw new HttpProblem('not_found')
        return ok({ result })
      },
    }),
    route({
      method: 'put',
      path: '/api/v1/mentor/rules',
      access: 'person',
      summary: 'What the mentor may do by itself, must ask for, or never does; the strictest rule that fits holds',
      body: api.MentorRulesBody,
      answers: { 200: z.object({ rules: z.array(api.MentorRule) }) },
      async run({ me, body }) {
        await mentor.setRules(me.playerId, body.rules)
        return ok({ rules: body.rules })
      },
    }),
  ]
}

type Shown = Extract<MentorEvent, { type: 'approval' }>['approval']
/** The arguments stay here: what is run is what the row holds, whatever anybody sends back. */
const shown = ({ id, tool, shown: text, createdAtMs, expiresAtMs }: Shown) => ({
  id,
  tool,
  shown: text,
  createdAtMs,
  expiresAtMs,
})
const told = (event: MentorEvent): api.MentorEvent =>
  event.type === 'approval' ? { ...event, approval: shown(event.approval) } : event
