/** Health, metrics, and the description of this surface. */

import * as api from '../../../protocol/api.ts'
import type { Ops } from '../../types.ts'
import { type Answer, ok, type Route, route } from '../route.ts'

/** Without an operations part the process is alive and ready as soon as it answers. */
const PLAIN: Pick<Ops, 'live' | 'ready'> = { live: () => ({ ok: true }), ready: () => ({ ok: true }) }

export function opsRoutes(ops: Ops | undefined, openapi: () => object, draining: () => boolean): readonly Route[] {
  const { live, ready } = ops ?? PLAIN
  const report = async (ask: Ops['live']): Promise<Answer> => {
    const { ok: fine, checks } = await ask()
    return { status: fine ? 200 : 503, body: { status: fine ? 'ok' : 'unavailable', checks } }
  }
  const answers = { 200: api.Health, 503: api.Health }
  const metrics: readonly Route[] = ops
    ? [
        route({
          method: 'get',
          path: '/metrics',
          access: 'public',
          unlimited: true,
          summary: 'Counters in the Prometheus exposition format',
          answers: { 200: 'text/plain' },
          run: async () => {
            const { contentType, text } = await ops.metrics()
            return { status: 200, text: { type: contentType, value: text } }
          },
        }),
      ]
    : []
  return [
    route({
      method: 'get',
      path: '/healthz/live',
      access: 'public',
      unlimited: true,
      summary: 'Whether the process lives',
      answers,
      run: () => report(live),
    }),
    route({
      method: 'get',
      path: '/healthz/ready',
      access: 'public',
      unlimited: true,
      summary: 'Whether it can serve people',
      answers,
      run: () =>
        draining() ? { status: 503, body: { status: 'unavailable', checks: { draining: true } } } : report(ready),
    }),
    ...metrics,
    route({
      method: 'get',
      path: '/openapi.json',
      access: 'public',
      unlimited: true,
      summary: 'This document',
      answers: { 200: api.OpenApi },
      run: () => ok(openapi()),
    }),
  ]
}
