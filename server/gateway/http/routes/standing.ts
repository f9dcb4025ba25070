/** Reports and blocks by anyone; mutes, kicks, bans and roles by those who may. The accounts part judges who may do it to whom. */
import type { Accounts } from '../../../accounts/types.ts'
import * as api from '../../../protocol/api.ts'
import { type Answer, created, ok, type Route, route } from '../route.ts'

/** What is left to say when the work is done. */
const done = (_: unknown): Answer => ok({ ok: true })
const doneAnswer = { 200: api.Done }

export function standingRoutes(accounts: Pick<Accounts, 'moderation' | 'setRoles'>): readonly Route[] {
  const { moderation } = accounts
  return [
    route({
      method: 'post',
      path: '/api/v1/reports',
      access: 'person',
      summary: 'Report somebody or something to the staff',
      body: api.ReportBody,
      answers: { 201: api.ReportAnswer },
      run: async ({ me, body }) =>
        created({ id: await moderation.report(me.playerId, body.target, body.text, body.context) }),
    }),
    route({
      method: 'get',
      path: '/api/v1/reports',
      access: 'staff',
      summary: 'Reports, open or closed',
      query: api.ReportsQuery,
      answers: { 200: api.ReportList },
      run: async ({ me, query }) => ok({ reports: await moderation.reports(query.state, query.after, me.playerId) }),
    }),
    route({
      method: 'post',
      path: '/api/v1/reports/:id/close',
      access: 'staff',
      summary: 'Close a report with a note',
      body: api.CloseReportBody,
      answers: doneAnswer,
      run: async ({ me, params, body }) => done(await moderation.closeReport(params.id!, me.playerId, body.note)),
    }),
    route({
      method: 'post',
      path: '/api/v1/blocks',
      access: 'person',
      summary: 'Stop hearing somebody, or hear them again',
      body: api.BlockBody,
      answers: doneAnswer,
      run: async ({ me, body }) => done(await moderation.block(me.playerId, body.target, body.on)),
    }),
    route({
      method: 'get',
      path: '/api/v1/players/:id/sanctions',
      access: 'staff',
      summary: 'Sanctions in force',
      answers: { 200: api.SanctionList },
      run: async ({ params }) => ok({ sanctions: await moderation.sanctions(params.id!) }),
    }),
    route({
      method: 'post',
      path: '/api/v1/moderation/mute',
      access: 'staff',
      summary: 'Mute for a while or for good',
      body: api.SanctionBody,
      answers: doneAnswer,
      run: async ({ me, body }) => done(await moderation.mute(body.target, me.playerId, body.reason, body.forMs)),
    }),
    route({
      method: 'post',
      path: '/api/v1/moderation/ban',
      access: 'staff',
      summary: 'Ban for a while or for good',
      body: api.SanctionBody,
      answers: doneAnswer,
      run: async ({ me, body }) => done(await moderation.ban(body.target, me.playerId, body.reason, body.forMs)),
    }),
    route({
      method: 'post',
      path: '/api/v1/moderation/lift',
      access: 'staff',
      summary: 'Lift a mute or a ban',
      body: api.LiftBody,
      answers: doneAnswer,
      run: async ({ me, body }) => done(await moderation.lift(body.target, me.playerId, body.kind)),
    }),
    route({
      method: 'post',
      path: '/api/v1/moderation/kick',
      access: 'staff',
      summary: "End somebody's connections",
      body: api.KickBody,
      answers: doneAnswer,
      run: async ({ me, body }) => done(await moderation.kick(body.target, me.playerId, body.reason)),
    }),
    route({
      method: 'post',
      path: '/api/v1/moderation/roles',
      access: 'admin',
      summary: "Set somebody's roles",
      body: api.RolesBody,
      answers: doneAnswer,
      run: async ({ me, body, from }) => done(await accounts.setRoles(body.target, body.roles, me.playerId, from)),
    }),
  ]
}
