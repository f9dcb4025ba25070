/** Zones, seats in their rooms, and the nodes of the network. */

import { HTTP_PAGE_MAX } from '../../../limits.ts'
import * as api from '../../../protocol/api.ts'
import type { GatewayParts } from '../../types.ts'
import { HttpProblem, RefusalProblem } from '../problem.ts'
import { ok, type Route, route } from '../route.ts'

export type WorldParts = Pick<GatewayParts, 'zones'> & { readonly enter: (id: string) => Promise<void> }

export function worldRoutes({ zones, enter }: WorldParts): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/zones',
      access: 'person',
      summary: 'The zones of this node',
      answers: { 200: api.ZoneList },
      run: () => {
        const names = zones.world().zones
        return ok({
          zones: zones.list().map(({ id, characters, ready }) => ({
            id,
            characters,
            ready,
            name: names.get(id)?.name ?? { en: id, ru: id },
          })),
        })
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/awake',
      access: 'person',
      summary: 'Who is awake, people and agents, and where',
      answers: { 200: api.AwakeList },
      run: () => ok(awakeList(zones)),
    }),
    route({
      method: 'post',
      path: '/api/v1/zones/enter',
      access: 'person',
      visitors: true,
      summary: "Wake one's character and get a seat in the room of its zone",
      body: api.EnterBody,
      bodyOptional: true,
      answers: { 200: api.Seat },
      run: async ({ me, body }) => {
        await enter(me.playerId)
        const at = zones.whereIs(me.playerId)
        if (!at) throw new RefusalProblem({ code: 'zone_unavailable' })
        if (body.zone !== undefined && body.zone !== at.zone)
          throw new HttpProblem('wrong_zone', { params: { zone: at.zone } })
        const seat = await zones.seats.reserve(me)
        if (!seat) throw new RefusalProblem({ code: 'zone_unavailable' })
        return ok(seat)
      },
    }),
    route({
      method: 'post',
      path: '/matchmake/reconnect/:roomId',
      access: 'public',
      summary: 'The Colyseus SDK takes its seat again after a broken connection',
      body: api.ReconnectBody,
      answers: { 200: api.Seat },
      run: async ({ params, body }) => {
        const seat = await zones.seats.reclaim(params.roomId!, body.reconnectionToken)
        if (!seat) throw new HttpProblem('not_found')
        return ok(seat)
      },
    }),
  ]
}

/** People first, then agents; a bounded number of both. */
function awakeList(zones: WorldParts['zones']): api.AwakeList {
  const { places, zones: names } = zones.world()
  const awake = zones.awake()
  const people = new Map(
    awake.flatMap((one) => (one.kind === 'player' ? [[one.id as string, one.name] as const] : [])),
  )
  const shown = [...awake.filter((one) => one.kind === 'player'), ...awake.filter((one) => one.kind === 'agent')]
  const unnamed = (id: string) => ({ en: id, ru: id })
  return {
    awake: shown.slice(0, HTTP_PAGE_MAX).map(({ id, name, kind, owner, place }) => {
      const found = places.get(place)
      const ownerName = owner === undefined ? undefined : people.get(owner)
      return {
        id,
        name,
        kind: kind as 'player' | 'agent',
        ...(ownerName !== undefined && { owner: ownerName }),
        place,
        placeName: found?.name ?? unnamed(place),
        zoneName: (found && names.get(found.zone)?.name) ?? unnamed(place),
      }
    }),
    more: Math.max(0, shown.length - HTTP_PAGE_MAX),
  }
}
