/** Visits of people between nodes: this node's who are away, and others' who are here. The rules are in `SPEC.md`. */
import { isVisitor, type PlayerId } from '../protocol/ids.ts'
import type { PortalAbout, PortalAnswer, PortalRequest } from '../rooms/types.ts'
import { homeRequest, hostRequest, VISIT_PROTOCOL } from './frames.ts'
import { createHome } from './home.ts'
import { createHost } from './host.ts'
import { VISIT_OPTIONS, type VisitOptions, type VisitParts } from './parts.ts'
import type { Visits } from './types.ts'

export type RunningVisits = Visits &
  AsyncDisposable & {
    /** Sees somebody who has walked into a portal through: resolves when that is over. */
    portal(request: PortalRequest, about: PortalAbout): Promise<PortalAnswer>
  }

export function createVisits(parts: VisitParts, options: Partial<VisitOptions> = {}): RunningVisits {
  const all = { ...VISIT_OPTIONS, ...options }
  const home = createHome(parts, all)
  const host = createHost(parts, all)

  parts.wire.serve(VISIT_PROTOCOL, async (frame, caller) => {
    const asked = homeRequest.safeParse(frame)
    if (asked.success) return host.answer(asked.data, caller.node)
    const told = hostRequest.safeParse(frame)
    return told.success
      ? home.answer(told.data, caller.node)
      : { code: 'E_MALFORMED', msg: 'That is no request of the visit protocol.' }
  })

  return {
    ...host.desk,
    islands: home.islands,
    shut: home.shut,
    away: home.away,
    claim: home.claim,
    frameTo: home.frameTo,
    onBack: home.onBack,
    comeHome: (id: PlayerId) => (isVisitor(id) ? host.left(id, 'return') : home.comeHome(id)),
    async portal(request, about) {
      if (!isVisitor(request.character.id)) return home.leave(request, about)
      // Every portal leads a visitor home: who has no home to answer for them goes nowhere else.
      await host.left(request.character.id as PlayerId, 'walked')
      return { ok: true, gone: true }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([home.callAllHome(), host.close()])
    },
  }
}
