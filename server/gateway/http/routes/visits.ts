/** Visits: the islands in reach, the ticket for one's page, the way home; and the door for other nodes' people. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as api from '../../../protocol/api-visits.ts'
import type { Visits } from '../../../visits/types.ts'
import type { GatewayConfig } from '../../types.ts'
import { HttpProblem } from '../problem.ts'
import { ok, type Route, route } from '../route.ts'

/** A node without a network has no visits, and says so. */
export function visitRoutes(visits: Visits | undefined, config: Pick<GatewayConfig, 'clientDir'>): readonly Route[] {
  const now = route({
    method: 'get',
    path: '/api/v1/visit',
    access: 'person',
    summary: 'Where one is, while away',
    answers: { 200: api.VisitNow },
    run: ({ me }) => ok({ visit: visits?.away(me.playerId) ?? null }),
  })
  return visits ? [now, ...travelRoutes(visits, config)] : [now]
}

function travelRoutes(visits: Visits, { clientDir }: Pick<GatewayConfig, 'clientDir'>): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/islands',
      access: 'person',
      summary: 'The nodes that one could visit, and those where only agents can go',
      answers: { 200: api.IslandList },
      run: async () => ok({ islands: await visits.islands() }),
    }),
    route({
      method: 'post',
      path: '/api/v1/visit/claim',
      access: 'person',
      summary: 'For the page that takes its person there: a ticket, once for each visit',
      body: api.ClaimBody,
      answers: { 200: api.Claimed },
      run: async ({ me, body, from }) => {
        if (from.origin === undefined) throw new HttpProblem('bad_request')
        const claimed = await visits.claim(me.playerId, body.visit, from.origin)
        if (!claimed) throw new HttpProblem('not_found')
        return ok(claimed)
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/visit/return',
      access: 'person',
      summary: 'Come home from a visit',
      answers: { 200: api.Returning },
      run: async ({ me }) => ok({ returning: await visits.comeHome(me.playerId) }),
    }),
    route({
      method: 'post',
      path: '/visit/enter',
      access: 'public',
      summary: 'Exchange the ticket of a visit for a token that is good for it alone',
      body: api.TicketBody,
      answers: { 200: api.Admitted },
      run: async ({ body, from }) => {
        const admitted = await visits.redeem(body.ticket, from.origin)
        if (!admitted) throw new HttpProblem('forbidden')
        return ok(admitted)
      },
    }),
    route({
      method: 'get',
      path: '/portal/:key',
      access: 'public',
      summary: 'The frame of a visit: it may connect to that node, and to nothing else',
      answers: { 200: 'text/html' },
      run: async ({ params }) => {
        const to = visits.frameTo(params.key!)
        if (to === undefined || clientDir === undefined) throw new HttpProblem('not_found')
        const html = await readFile(join(clientDir, 'portal.html'), 'utf8')
        const headers = { 'content-security-policy': policyFor(to) }
        return { status: 200, text: { type: 'text/html; charset=utf-8', value: html }, headers }
      },
    }),
  ]
}

const policyFor = (origin: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `connect-src ${origin} ${origin.replace(/^http/, 'ws')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join(';')
