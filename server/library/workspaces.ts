/** Workspaces: a person's projects with what each needs, kept together, shared as they are at a moment, and cloned. */
import { WORKSPACE_NAME_MAX_CHARS, WORKSPACE_PROJECTS_MAX, WORKSPACES_PER_PERSON_MAX } from '../limits.ts'
import type { Caller } from '../link/types.ts'
import type { PlayerId } from '../protocol/ids.ts'
import { changedEnvironment, emptyEnvironment } from './environment.ts'
import type { MemberRow } from './store.ts'
import type { Workspaces } from './types.ts'
import { createWorkspaceCloning } from './workspace-cloning.ts'
import { cleanName, createWorkspaceDesk, newRow, no, ok, type WorkspacesParts } from './workspace-desk.ts'
import { createWorkspaceSharing, NOBODY } from './workspace-sharing.ts'

export type WorkspaceService = Workspaces & { tellUntold(): Promise<void> }

export function createWorkspaces(parts: WorkspacesParts): WorkspaceService {
  const { store, shares, projects, clock, api } = parts
  const desk = createWorkspaceDesk(parts)
  const { inTurn, infosOf, infoOf, own, changing, isTaken, contentOf } = desk
  const { share, withdrawn, tellUntold } = createWorkspaceSharing(parts, desk)
  const { clone } = createWorkspaceCloning(parts, desk)

  return {
    list: async (owner) => infosOf(await store.list(owner), owner),
    async get(owner, id) {
      const found = await own(owner, id)
      return found.ok ? ok(await infoOf(found.value)) : found
    },
    create: (owner, wanted) =>
      inTurn(owner, async () => {
        const name = cleanName(wanted)
        if (name === undefined) return no('bad_name', { max: WORKSPACE_NAME_MAX_CHARS })
        if (await isTaken(owner, name)) return no('workspace_name_taken', { name })
        if ((await store.list(owner)).length >= WORKSPACES_PER_PERSON_MAX)
          return no('workspace_limit', { max: WORKSPACES_PER_PERSON_MAX })
        const row = newRow(owner, name, clock.now())
        await store.insert({ row, projects: [] })
        return ok(await infoOf(row))
      }),
    rename: (owner, id, wanted) =>
      changing(owner, id, async (row) => {
        const name = cleanName(wanted)
        if (name === undefined) return no('bad_name', { max: WORKSPACE_NAME_MAX_CHARS })
        if (await isTaken(owner, name, id)) return no('workspace_name_taken', { name })
        const next = { ...row, name, updatedAtMs: clock.now() }
        await store.save(next)
        return ok(await infoOf(next))
      }),
    discard: (owner, id) =>
      changing(owner, id, async (row) => {
        const gone = await infoOf(row)
        const now = await withdrawn(row)
        if (now.untold) await store.save({ ...now, owner: NOBODY as PlayerId })
        else await store.remove(id)
        return ok(gone)
      }),
    put: (owner, id, projectId, environment = {}) =>
      changing(owner, id, async (row) => {
        if (!(await projects.list(owner)).some((project) => project.id === projectId))
          return no('no_such_project', { name: projectId.slice(0, 60) })
        const members = await store.members([id])
        const before = members.find((member) => member.projectId === projectId)
        if (!before && members.length >= WORKSPACE_PROJECTS_MAX)
          return no('workspace_full', { max: WORKSPACE_PROJECTS_MAX })
        const next = changedEnvironment(before?.environment ?? emptyEnvironment(api), environment)
        if (!next.ok) return next
        const member: MemberRow = { projectId, workspaceId: id, environment: next.value }
        await store.putMember(member, clock.now())
        return ok(await infoOf((await store.get(id)) ?? row))
      }),
    takeOut: (owner, id, projectId) =>
      changing(owner, id, async (row) => {
        await store.removeMember(id, projectId, clock.now())
        return ok(await infoOf((await store.get(id)) ?? row))
      }),
    async content(owner, id) {
      const found = await own(owner, id)
      return found.ok ? contentOf(found.value) : found
    },
    share,
    unshare: (owner, id) => changing(owner, id, async (row) => ok(await infoOf(await withdrawn(row)))),
    shared: shares.list,
    clone,
    mayServe: (caller: Caller, cid) => shares.mayServe(caller, cid),
    tellUntold,
  }
}
