/** For whoever runs the node, on the page of the network: its newest log lines, and its settings to look at. */
import { HTTP_PAGE_MAX } from '../../../limits.ts'
import * as api from '../../../protocol/api.ts'
import type { OperatorView } from '../../types.ts'
import { ok, type Route, route } from '../route.ts'

export function networkAdminRoutes({ log, settings }: OperatorView): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/network/log',
      access: 'staff',
      summary: 'The newest log lines of the network and of travel, kept in memory',
      answers: { 200: api.NetworkLog },
      run: () => ok({ lines: log(HTTP_PAGE_MAX) }),
    }),
    route({
      method: 'get',
      path: '/api/v1/network/settings',
      access: 'staff',
      summary: 'Settings of the network as this node was started with, without secrets',
      answers: { 200: api.NetworkSettings },
      run: () => ok({ settings: settings() }),
    }),
  ]
}
