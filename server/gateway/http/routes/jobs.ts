/** The compute market: one's own jobs, and, for whoever looks after the node, what it works on and earns. */
import type { Jobs } from '../../../jobs/types.ts'
import * as api from '../../../protocol/jobs-api.ts'
import { granted } from '../granted.ts'
import { created, ok, type Route, route } from '../route.ts'

export function jobRoutes(jobs: Jobs): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/job-kinds',
      access: 'public',
      summary: 'Kinds of jobs, and what this node asks for them',
      answers: { 200: api.JobKinds },
      run: () => ok({ kinds: jobs.kinds() }),
    }),
    route({
      method: 'get',
      path: '/api/v1/jobs',
      access: 'person',
      summary: "One's jobs, the newest first",
      query: api.JobsQuery,
      answers: { 200: api.JobList },
      run: async ({ me, query }) => ok({ jobs: await jobs.list(me.playerId, query.limit) }),
    }),
    route({
      method: 'post',
      path: '/api/v1/jobs',
      access: 'person',
      summary: "Hand in a job; it is paid from one's own account",
      body: api.JobBody,
      answers: { 200: api.Job, 201: api.Job },
      async run({ me, body }) {
        const { limits, maxPriceMicro, privacy, replicas, strict, batched, ...wish } = body
        const asker = { id: me.playerId, account: `player:${me.playerId}` }
        const answer = granted(
          await jobs.submit(asker, {
            ...wish,
            maxPriceMicro: BigInt(maxPriceMicro),
            ...(privacy && { privacy }),
            ...(replicas !== undefined && { replicas }),
            ...(strict !== undefined && { strict }),
            ...(batched !== undefined && { batched }),
            ...(limits && { limits: limits as never }),
          }),
        )
        return answer.created ? created(answer.job) : ok(answer.job)
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/jobs/:id',
      access: 'person',
      summary: 'A job of one’s own: how far it is, what it cost, its result',
      query: api.JobQuery,
      answers: { 200: api.Job },
      async run({ me, params, query }) {
        if (query.waitMs > 0)
          return ok(granted(await jobs.ended(me.playerId, params.id!, AbortSignal.timeout(query.waitMs))))
        return ok(granted(await jobs.get(me.playerId, params.id!)))
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/jobs/:id/pieces',
      access: 'person',
      summary: 'Results of parts so far: a picture while it grows',
      query: api.PiecesQuery,
      answers: { 200: api.JobPieces },
      run: async ({ me, params, query }) => ok(granted(await jobs.pieces(me.playerId, params.id!, query.after))),
    }),
    route({
      method: 'get',
      path: '/api/v1/jobs/:id/evidence',
      access: 'person',
      summary: 'What each verdict rests on, and the payments that name it',
      answers: { 200: api.JobEvidence },
      run: async ({ me, params }) => ok(granted(await jobs.evidence(me.playerId, params.id!))),
    }),
    route({
      method: 'post',
      path: '/api/v1/jobs/:id/cancel',
      access: 'person',
      summary: 'Call a job off; what was done until then is paid',
      answers: { 200: api.Job },
      run: async ({ me, params }) => ok(granted(await jobs.cancel(me.playerId, params.id!))),
    }),
    route({
      method: 'get',
      path: '/api/v1/work',
      access: 'admin',
      summary: 'What this node offers, how busy it is, what it has earned',
      answers: { 200: api.Work },
      run: async () => ok(await shown()),
    }),
    route({
      method: 'patch',
      path: '/api/v1/work',
      access: 'admin',
      summary: 'Change what this node offers',
      body: api.WorkBody,
      answers: { 200: api.Work },
      async run({ body }) {
        const { quiet, ...rest } = body
        await jobs.host.change({ ...rest, ...('quiet' in body && { quiet: quiet ?? undefined }) } as never)
        return ok(await shown())
      },
    }),
  ]

  async function shown() {
    const { host } = jobs
    return {
      settings: host.settings(),
      kinds: jobs.kinds().map(({ name }) => name),
      load: host.load(),
      earnings: await host.earnings(),
    }
  }
}
