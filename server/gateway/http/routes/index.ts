/** Every route of the surface; a part that this node does not have brings none. */

import { doorRoutes } from '../../openai/documented.ts'
import type { GatewayParts } from '../../types.ts'
import { openapiOf } from '../openapi.ts'
import type { Route } from '../route.ts'
import { agentApiRoutes } from './agent-api.ts'
import { agentRoutes } from './agents.ts'
import { creditRoutes } from './credit.ts'
import { inferenceRoutes } from './inference.ts'
import { jobRoutes } from './jobs.ts'
import { ledgerRoutes } from './ledger.ts'
import { lessonRoutes } from './lessons.ts'
import { libraryRoutes } from './library.ts'
import { mentorRoutes } from './mentor.ts'
import { networkRoutes } from './network.ts'
import { networkAdminRoutes } from './network-admin.ts'
import { opsRoutes } from './ops.ts'
import { peopleRoutes } from './people.ts'
import { projectRoutes } from './projects.ts'
import { replayRoutes } from './replays.ts'
import { standingRoutes } from './standing.ts'
import { tlogRoutes, witnessRoutes } from './tlog.ts'
import { visitRoutes } from './visits.ts'
import { workspaceRoutes } from './workspaces.ts'
import { worldRoutes } from './world.ts'

export type RouteContext = {
  readonly enter: (id: string) => Promise<void>
  readonly draining: () => boolean
  readonly startedAtMs: number
}

export function allRoutes(parts: GatewayParts, context: RouteContext): readonly Route[] {
  const { accounts, projects, agents, ledger, lessons, replays, ops, models, tlog, witness, jobs, network } = parts
  const routes: readonly Route[] = [
    ...opsRoutes(ops, () => document, context.draining),
    ...peopleRoutes(parts),
    ...worldRoutes({ ...parts, ...context }),
    ...networkRoutes({ ...parts, ...context }),
    ...(parts.operator ? networkAdminRoutes(parts.operator) : []),
    ...standingRoutes(accounts),
    ...(projects ? projectRoutes(projects) : []),
    ...agentApiRoutes(),
    ...(agents ? agentRoutes(agents) : []),
    ...(replays ? replayRoutes(replays) : []),
    ...(ledger ? ledgerRoutes({ ledger, accounts, agents, network }) : []),
    ...(parts.credit ? creditRoutes(parts.credit) : []),
    ...(ledger && tlog ? tlogRoutes({ tlog, ledger, agents }) : []),
    ...(witness ? witnessRoutes(witness) : []),
    ...(lessons ? lessonRoutes(lessons, projects) : []),
    ...(models ? inferenceRoutes(models) : []),
    ...(parts.mentor ? mentorRoutes(parts.mentor) : []),
    ...(jobs ? jobRoutes(jobs) : []),
    ...(parts.library ? libraryRoutes({ library: parts.library, accounts, projects }) : []),
    ...(parts.workspaces ? workspaceRoutes({ workspaces: parts.workspaces, accounts, agents }) : []),
    ...visitRoutes(parts.visits, parts.config),
  ]
  const document = openapiOf([...routes, ...(models ? doorRoutes : [])], parts.config)
  return routes
}
