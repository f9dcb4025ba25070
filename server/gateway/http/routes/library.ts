/** The entity library: what there is, publishing, installing in this node's world and in one's own projects. */
import type { Accounts } from '../../../accounts/types.ts'
import type { Projects } from '../../../agents/types.ts'
import type { Signed } from '../../../lib/signed.ts'
import type { ItemVersion, Library } from '../../../library/types.ts'
import * as api from '../../../protocol/library-api.ts'
import { granted } from '../granted.ts'
import { HttpProblem } from '../problem.ts'
import { created, ok, type Route, route } from '../route.ts'

export type LibraryRouteParts = {
  readonly library: Library
  readonly accounts: Pick<Accounts, 'person'>
  readonly projects: Pick<Projects, 'sources'> | undefined
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const shownSigned = ({ body, key, sig }: Signed) => ({ body: base64(body), key: base64(key), sig: base64(sig) })
const shown = ({ item, record, yank, state, why }: ItemVersion): api.LibraryVersion => ({
  ...item,
  yanked: yank?.yanked ?? false,
  ...(yank?.yanked && { why: yank.why }),
  ...(state && { state }),
  ...(why !== undefined && { refusal: why }),
  record: shownSigned(record),
})

export function libraryRoutes({ library, accounts, projects }: LibraryRouteParts): readonly Route[] {
  const publisher = async (id: string) => {
    const person = await accounts.person(id)
    if (!person) throw new HttpProblem('forbidden')
    return { id: person.id, name: person.name }
  }
  /** Files of a project, from a folder on. */
  async function filesFrom(me: string, projectId: string, folder = '') {
    const all = granted(
      await (projects?.sources(me, projectId) ?? { ok: false, refusal: { code: 'no_such_project' } }),
    )
    const prefix = folder === '' ? '' : `${folder.replace(/\/+$/, '')}/`
    return Object.fromEntries(
      Object.entries(all)
        .filter(([path]) => path.startsWith(prefix) && /\.(ts|js|md)$/.test(path))
        .map(([path, text]) => [path.slice(prefix.length), text]),
    )
  }

  return [
    route({
      method: 'get',
      path: '/api/v1/library',
      access: 'person',
      summary: 'Items of the library, here and around, by name',
      query: api.LibraryQuery,
      answers: { 200: api.LibraryList },
      run: async ({ query }) => ok(await library.list(query)),
    }),
    route({
      method: 'post',
      path: '/api/v1/library',
      access: 'person',
      summary: 'Publish a version, signed by this node’s owner; the same again changes nothing',
      body: api.PublishBody,
      answers: { 201: api.LibraryVersion },
      async run({ me, body: { files, projectId, folder, ...draft } }) {
        const taken = files ?? (projectId === undefined ? {} : await filesFrom(me.playerId, projectId, folder))
        return created(
          shown(granted(await library.publish(await publisher(me.playerId), { ...draft, files: taken }))),
        )
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/library/:name',
      access: 'person',
      summary: 'An item: its owner, and every version with its signature checked',
      query: api.ItemQuery,
      answers: { 200: api.LibraryItemAnswer },
      async run({ params, query }) {
        const versions = granted(await library.show({ name: params.name!, ...query })).map(shown)
        const newest =
          versions.find(({ yanked, version }) => !yanked && !version.includes('-')) ??
          versions.find(({ yanked }) => !yanked)
        return ok({ name: params.name, ...(newest && { newest: newest.version }), versions })
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/library/:name/package',
      access: 'person',
      summary: 'The files of a version as a bundle, with what proves it',
      query: api.ItemQuery,
      answers: { 200: api.LibraryPackage },
      async run({ params, query }) {
        const { version, bundle } = granted(await library.fetch({ name: params.name!, ...query }))
        return ok({ version: shown(version), bundle: base64(bundle) })
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/library/:name/versions/:version/yank',
      access: 'person',
      summary: 'Withdraw a version of one’s own, or let it be taken again',
      body: api.YankBody,
      answers: { 200: api.LibraryVersion },
      async run({ me, params, body }) {
        const by = await publisher(me.playerId)
        return ok(shown(granted(await library.yank(by, params.name!, params.version!, body.yanked, body.why))))
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/library/:name/install',
      access: 'person',
      summary: 'Install an item in a project of one’s own, or, for admins, in this node’s world',
      body: api.InstallBody,
      answers: { 200: api.Installed },
      async run({ me, params, body: { projectId, zone, place, ...wish } }) {
        const ref = { name: params.name!, ...wish }
        if (projectId !== undefined)
          return ok({ items: granted(await library.projects.install(me.playerId, ref, projectId)) })
        if (!me.roles.includes('admin')) throw new HttpProblem('forbidden')
        const by = await publisher(me.playerId)
        return ok(granted(await library.world.install(by, ref, { zone: zone!, ...(place && { place }) })))
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/world-items',
      access: 'person',
      summary: 'Items of the library that are part of this node’s world',
      answers: { 200: api.WorldItems },
      run: () => ok({ items: library.world.list() }),
    }),
    route({
      method: 'delete',
      path: '/api/v1/world-items/:zone/:name',
      access: 'admin',
      summary: 'Take an item out of this node’s world',
      answers: { 200: api.WorldItem },
      run: async ({ params }) => ok(granted(await library.world.remove(params.zone!, params.name!))),
    }),
    route({
      method: 'get',
      path: '/api/v1/projects/:id/library',
      access: 'person',
      summary: 'Modules in a project, by its library.lock.json',
      answers: { 200: api.ProjectLock },
      run: async ({ me, params }) => ok({ items: granted(await library.projects.list(me.playerId, params.id!)) }),
    }),
    route({
      method: 'delete',
      path: '/api/v1/projects/:id/library/:name',
      access: 'person',
      summary: 'Take a module out of a project',
      answers: { 200: api.ProjectLock },
      run: async ({ me, params }) =>
        ok({ items: granted(await library.projects.remove(me.playerId, params.name!, params.id!)) }),
    }),
  ]
}
