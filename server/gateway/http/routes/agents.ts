/** Agents: programs with a body. Each call names its owner, so nobody reaches another's. */
import type { Agents } from '../../../agents/types.ts'
import { HTTP_PAGE_MAX } from '../../../limits.ts'
import * as api from '../../../protocol/api.ts'
import { granted } from '../granted.ts'
import { created, ok, type Route, route } from '../route.ts'

const SUMMARIES = {
  pause: 'Keep it from having turns; its place, memory and awaits stay',
  step: 'Give a paused one its next turn',
  resume: 'Let a paused one have its turns again',
} as const

export function agentRoutes(agents: Agents): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/agents',
      access: 'person',
      summary: "One's agents",
      answers: { 200: api.AgentList },
      run: async ({ me }) => ok({ agents: await agents.list(me.playerId) }),
    }),
    route({
      method: 'post',
      path: '/api/v1/agents',
      access: 'person',
      summary: 'A new agent for a project',
      body: api.AgentBody,
      answers: { 201: api.Agent },
      run: async ({ me, body }) => created(granted(await agents.create(me.playerId, body))),
    }),
    route({
      method: 'get',
      path: '/api/v1/agents/:id',
      access: 'person',
      summary: 'One agent',
      answers: { 200: api.Agent },
      run: async ({ me, params }) => ok(granted(await agents.get(me.playerId, params.id!))),
    }),
    route({
      method: 'delete',
      path: '/api/v1/agents/:id',
      access: 'person',
      summary: 'Stop it and forget it, with its memory and its log; its project stays',
      answers: { 200: api.Agent },
      run: async ({ me, params }) => ok(granted(await agents.remove(me.playerId, params.id!))),
    }),
    route({
      method: 'post',
      path: '/api/v1/agents/:id/start',
      access: 'person',
      summary: "Run the project's present sources; memory is kept",
      answers: { 200: api.Agent },
      run: async ({ me, params }) => ok(granted(await agents.start(me.playerId, params.id!))),
    }),
    route({
      method: 'post',
      path: '/api/v1/agents/:id/stop',
      access: 'person',
      summary: 'Stop it',
      answers: { 200: api.Agent },
      run: async ({ me, params }) => ok(granted(await agents.stop(me.playerId, params.id!))),
    }),
    ...(['pause', 'step', 'resume'] as const).map((act) =>
      route({
        method: 'post',
        path: `/api/v1/agents/:id/${act}`,
        access: 'person',
        summary: SUMMARIES[act],
        answers: { 200: api.Agent },
        run: async ({ me, params }) =>
          ok(granted(await agents[act === 'resume' ? 'goOn' : act](me.playerId, params.id!))),
      }),
    ),
    route({
      method: 'post',
      path: '/api/v1/agents/:id/migrate',
      access: 'person',
      summary:
        'Take it to another node (a name or an id), or `home`; it goes on there in the middle of what it was at',
      body: api.MigrateBody,
      answers: { 200: api.Agent },
      run: async ({ me, params, body }) => ok(granted(await agents.migrate(me.playerId, params.id!, body.node))),
    }),
    route({
      method: 'post',
      path: '/api/v1/agents/:id/eval',
      access: 'person',
      summary: 'Run a line in its program, between its turns',
      body: api.EvalBody,
      answers: { 200: api.EvalAnswer },
      run: async ({ me, params, body }) => ok(granted(await agents.evaluate(me.playerId, params.id!, body.source))),
    }),
    route({
      method: 'get',
      path: '/api/v1/agents/:id/log',
      access: 'person',
      summary: 'What it has logged since',
      query: api.AfterQuery,
      answers: { 200: api.AgentLog },
      run: async ({ me, params, query }) => {
        const entries = granted(await agents.log(me.playerId, params.id!, query.after)).slice(0, HTTP_PAGE_MAX)
        return ok({ entries, next: entries.at(-1)?.id ?? query.after })
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/agents/:id/replay',
      access: 'person',
      summary: 'Its program, memory and turns since main last began, for replay',
      query: api.ReplayQuery,
      answers: { 200: api.AgentReplay },
      run: async ({ me, params, query }) =>
        ok(granted(await agents.replay(me.playerId, params.id!, query.from, query.to))),
    }),
  ]
}
