/** Replays in the page: the frame that a recording runs in, cut off from everything, and its program made ready for it. */
import * as api from '../../../protocol/api.ts'
import type { Replays } from '../../../sandbox/types.ts'
import { ok, type Route, route } from '../route.ts'

export function replayRoutes(replays: Replays): readonly Route[] {
  const { html, policy } = replays.frame
  return [
    route({
      method: 'get',
      path: '/replay/frame.html',
      access: 'public',
      unlimited: true,
      summary: 'The frame that replays run in: an origin of its own, and no network',
      answers: { 200: 'text/html' },
      run: () => ({
        status: 200,
        text: { type: 'text/html; charset=utf-8', value: html },
        headers: { 'content-security-policy': policy },
      }),
    }),
    route({
      method: 'post',
      path: '/api/v1/replays',
      access: 'person',
      summary: "A recording's program, made ready for the frame",
      body: api.ReplayBody,
      answers: { 200: api.ReplayAnswer },
      async run({ body }) {
        const prepared = await replays.prepare(body)
        return ok(prepared.ok ? { plan: prepared.plan, diagnostics: [] } : { diagnostics: prepared.diagnostics })
      },
    }),
  ]
}
