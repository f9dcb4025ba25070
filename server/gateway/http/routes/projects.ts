/** An agent's source files. */
import type { Projects } from '../../../agents/types.ts'
import * as api from '../../../protocol/api.ts'
import { granted } from '../granted.ts'
import { created, ok, type Route, route } from '../route.ts'

export function projectRoutes(projects: Projects): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/projects',
      access: 'person',
      summary: "One's projects",
      answers: { 200: api.ProjectList },
      run: async ({ me }) => ok({ projects: await projects.list(me.playerId) }),
    }),
    route({
      method: 'post',
      path: '/api/v1/projects',
      access: 'person',
      summary: 'A new project, from a template',
      body: api.ProjectBody,
      answers: { 201: api.Project },
      run: async ({ me, body, locale }) => created(granted(await projects.create(me.playerId, { ...body, locale }))),
    }),
    route({
      method: 'delete',
      path: '/api/v1/projects/:id',
      access: 'person',
      summary: 'Delete a project and its files; refused while an agent has it',
      answers: { 200: api.Project },
      run: async ({ me, params }) => ok(granted(await projects.discard(me.playerId, params.id!))),
    }),
    route({
      method: 'get',
      path: '/api/v1/projects/:id/files/*path',
      access: 'person',
      summary: "A file's text",
      answers: { 200: api.FileAnswer },
      run: async ({ me, params }) => {
        const text = granted(await projects.read(me.playerId, params.id!, params.path!))
        return ok({ path: params.path, text })
      },
    }),
    route({
      method: 'put',
      path: '/api/v1/projects/:id/files/*path',
      access: 'person',
      summary: 'Write a file, as JSON or as plain text',
      body: api.FileBody,
      plainText: true,
      answers: { 200: api.Project },
      run: async ({ me, params, body }) =>
        ok(granted(await projects.write(me.playerId, params.id!, params.path!, body.text))),
    }),
    route({
      method: 'delete',
      path: '/api/v1/projects/:id/files/*path',
      access: 'person',
      summary: 'Delete a file',
      answers: { 200: api.Project },
      run: async ({ me, params }) => ok(granted(await projects.remove(me.playerId, params.id!, params.path!))),
    }),
    route({
      method: 'post',
      path: '/api/v1/projects/:id/check',
      access: 'person',
      summary: 'Types and mistakes, with file, line and column',
      answers: { 200: api.CheckAnswer },
      run: async ({ me, params }) => {
        const diagnostics = granted(await projects.check(me.playerId, params.id!))
        return ok({ ok: diagnostics.every((each) => each.severity !== 'error'), diagnostics })
      },
    }),
  ]
}
