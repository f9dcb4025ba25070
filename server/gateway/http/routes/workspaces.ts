/** Workspaces: projects kept together, shared and cloned. */
import type { Accounts } from '../../../accounts/types.ts'
import type { Agents } from '../../../agents/types.ts'
import type { Workspaces } from '../../../library/types.ts'
import { Agent } from '../../../protocol/api.ts'
import * as api from '../../../protocol/library-api.ts'
import { granted } from '../granted.ts'
import { HttpProblem, RefusalProblem } from '../problem.ts'
import { created, ok, type Route, route } from '../route.ts'

export type WorkspaceRouteParts = {
  readonly workspaces: Workspaces
  readonly accounts: Pick<Accounts, 'person'>
  readonly agents: Pick<Agents, 'list' | 'create' | 'start'> | undefined
}

export function workspaceRoutes({ workspaces, accounts, agents }: WorkspaceRouteParts): readonly Route[] {
  const publisher = async (id: string) => {
    const person = await accounts.person(id)
    if (!person) throw new HttpProblem('forbidden')
    return { id: person.id, name: person.name }
  }
  return [
    route({
      method: 'get',
      path: '/api/v1/workspaces',
      access: 'person',
      summary: "One's workspaces",
      answers: { 200: api.WorkspaceList },
      run: async ({ me }) => ok({ workspaces: await workspaces.list(me.playerId) }),
    }),
    route({
      method: 'post',
      path: '/api/v1/workspaces',
      access: 'person',
      summary: 'A new workspace',
      body: api.WorkspaceBody,
      answers: { 201: api.Workspace },
      run: async ({ me, body }) => created(granted(await workspaces.create(me.playerId, body.name))),
    }),
    route({
      method: 'get',
      path: '/api/v1/workspaces/:id',
      access: 'person',
      summary: 'A workspace and its projects',
      answers: { 200: api.Workspace },
      run: async ({ me, params }) => ok(granted(await workspaces.get(me.playerId, params.id!))),
    }),
    route({
      method: 'patch',
      path: '/api/v1/workspaces/:id',
      access: 'person',
      summary: 'Give a workspace another name',
      body: api.WorkspaceBody,
      answers: { 200: api.Workspace },
      run: async ({ me, params, body }) => ok(granted(await workspaces.rename(me.playerId, params.id!, body.name))),
    }),
    route({
      method: 'delete',
      path: '/api/v1/workspaces/:id',
      access: 'person',
      summary: 'Delete a workspace and stop sharing it; its projects stay',
      answers: { 200: api.Workspace },
      run: async ({ me, params }) => ok(granted(await workspaces.discard(me.playerId, params.id!))),
    }),
    route({
      method: 'get',
      path: '/api/v1/workspaces/:id/content',
      access: 'person',
      summary: 'All its projects with their files and environments',
      answers: { 200: api.WorkspaceContent },
      run: async ({ me, params }) => ok(granted(await workspaces.content(me.playerId, params.id!))),
    }),
    route({
      method: 'put',
      path: '/api/v1/workspaces/:id/projects/:project',
      access: 'person',
      summary: 'Put a project of one’s own in, or change its environment',
      body: api.EnvironmentBody,
      bodyOptional: true,
      answers: { 200: api.Workspace },
      run: async ({ me, params, body: { seed, settings } }) =>
        ok(
          granted(
            await workspaces.put(me.playerId, params.id!, params.project!, {
              ...(seed !== undefined && { seed }),
              ...(settings && { settings: settings as never }),
            }),
          ),
        ),
    }),
    route({
      method: 'delete',
      path: '/api/v1/workspaces/:id/projects/:project',
      access: 'person',
      summary: 'Take a project out; the project stays',
      answers: { 200: api.Workspace },
      run: async ({ me, params }) => ok(granted(await workspaces.takeOut(me.playerId, params.id!, params.project!))),
    }),
    route({
      method: 'post',
      path: '/api/v1/workspaces/:id/projects/:project/run',
      access: 'person',
      summary: 'Start the project’s agent; it is made if there is none yet',
      answers: { 200: Agent },
      async run({ me, params }) {
        const { projects } = granted(await workspaces.get(me.playerId, params.id!))
        const project = projects.find(({ id }) => id === params.project)
        if (!project || !agents)
          throw new RefusalProblem({ code: 'no_such_project', params: { name: params.project!.slice(0, 60) } })
        const known = (await agents.list(me.playerId)).find(({ projectId }) => projectId === project.id)
        const agent =
          known ?? granted(await agents.create(me.playerId, { projectId: project.id, name: project.name }))
        return ok(granted(await agents.start(me.playerId, agent.id)))
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/workspaces/:id/share',
      access: 'person',
      summary: 'Share it as it is now, on the local network or with the world',
      body: api.ShareBody,
      answers: { 200: api.Shared },
      async run({ me, params, body }) {
        const by = await publisher(me.playerId)
        const { info, left } = granted(await workspaces.share(by, params.id!, body.reach))
        return ok({ workspace: info, left })
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/workspaces/:id/unshare',
      access: 'person',
      summary: 'Share it no more',
      answers: { 200: api.Workspace },
      run: async ({ me, params }) => ok(granted(await workspaces.unshare(me.playerId, params.id!))),
    }),
    route({
      method: 'get',
      path: '/api/v1/shared-workspaces',
      access: 'person',
      summary: 'What is shared here and around, the newest first',
      query: api.SharesQuery,
      answers: { 200: api.SharedWorkspaces },
      run: async ({ query }) => ok(await workspaces.shared(query)),
    }),
    route({
      method: 'post',
      path: '/api/v1/shared-workspaces/:id/clone',
      access: 'person',
      summary: 'Make a shared workspace, by id or name, one’s own',
      answers: { 201: api.Cloned },
      async run({ me, params }) {
        const { info, adapted } = granted(await workspaces.clone(await publisher(me.playerId), params.id!))
        return created({ workspace: info, adapted })
      },
    }),
  ]
}
