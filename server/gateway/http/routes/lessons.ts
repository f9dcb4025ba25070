/** Lessons, their checks and hints, and badges. */
import type { Projects } from '../../../agents/types.ts'
import type { Lessons } from '../../../lessons/types.ts'
import * as api from '../../../protocol/api.ts'
import { granted } from '../granted.ts'
import { ok, type Route, route } from '../route.ts'

export function lessonRoutes(lessons: Lessons, projects: Projects | undefined): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/lessons',
      access: 'person',
      summary: 'Every lesson and how far one is',
      answers: { 200: api.Lessons },
      run: async ({ me, locale }) => ok({ lessons: await lessons.list(me.playerId, locale) }),
    }),
    route({
      method: 'get',
      path: '/api/v1/lessons/:slug',
      access: 'person',
      summary: 'One lesson with its text, tasks and starter',
      answers: { 200: api.LessonDetail },
      run: async ({ me, params, locale }) => ok(granted(await lessons.detail(me.playerId, params.slug!, locale))),
    }),
    route({
      method: 'post',
      path: '/api/v1/lessons/:slug/start',
      access: 'person',
      summary: 'Begin a lesson',
      answers: { 200: api.LessonDetail },
      run: async ({ me, params, locale }) => ok(granted(await lessons.start(me.playerId, params.slug!, locale))),
    }),
    route({
      method: 'post',
      path: '/api/v1/lessons/:slug/check',
      access: 'person',
      summary: "Check what was done, and a project's or given sources",
      body: api.LessonCheckBody,
      bodyOptional: true,
      answers: { 200: api.CheckReport },
      run: async ({ me, params, body, locale }) => {
        const { projectId, files } = body
        const sources =
          projectId !== undefined && projects ? granted(await projects.sources(me.playerId, projectId)) : files
        return ok(granted(await lessons.check(me.playerId, params.slug!, sources, locale)))
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/lessons/:slug/hint',
      access: 'person',
      summary: 'The next hint',
      answers: { 200: api.Hint },
      run: async ({ me, params, locale }) => ok(granted(await lessons.hint(me.playerId, params.slug!, locale))),
    }),
    route({
      method: 'get',
      path: '/api/v1/badges',
      access: 'person',
      summary: "One's badges",
      answers: { 200: api.Badges },
      run: async ({ me, locale }) => ok({ badges: await lessons.badges(me.playerId, locale) }),
    }),
  ]
}
