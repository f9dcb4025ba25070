/** A person's workspaces as they stand: whose they are, what is in them, and one change of them at a time. */
import type { Projects, Result } from '../agents/types.ts'
import type { Bundles } from '../bundles/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { SigningKey } from '../lib/ed25519.ts'
import { newId } from '../lib/ids.ts'
import { createInTurn } from '../lib/in-turn.ts'
import { WORKSPACE_NAME_MAX_CHARS } from '../limits.ts'
import type { NodeId, OwnerId } from '../link/types.ts'
import type { Params, PlayerId } from '../protocol/ids.ts'
import type { RefusalCode } from '../protocol/refusals.ts'
import type { Around } from './around.ts'
import { unpackSigned } from './records.ts'
import { openShare, type Shares } from './shares.ts'
import type { WorkspaceRow, WorkspaceStore } from './store.ts'
import type { Environment, ShareRecord, WorkspaceContent, WorkspaceInfo, WorkspaceProject } from './types.ts'

export type WorkspacesParts = {
  readonly store: WorkspaceStore
  readonly shares: Shares
  readonly projects: Pick<Projects, 'list' | 'sources'>
  readonly isFilePath: (path: string) => boolean
  readonly bundles: Pick<Bundles, 'put' | 'get' | 'pull' | 'pin' | 'unpin'>
  readonly ownerKey: SigningKey
  readonly owner: OwnerId
  readonly self: NodeId
  readonly isHub: boolean
  readonly around: Around
  readonly clock: Clock
  /** Version of this node's programming interface. */
  readonly api: string
}

/** On whose account bundles of workspaces are kept. */
export const KEEPER = 'workspaces'
export const no = (code: RefusalCode, params?: Params) =>
  ({ ok: false, refusal: { code, ...(params && { params }) } }) as const
export const ok = <T>(value: T) => ({ ok: true, value }) as const
export const isTest = (path: string): boolean => /^tests\/[^/]+\.yaml$/.test(path)

export const cleanName = (name: string): string | undefined => {
  const trimmed = name.trim().replaceAll(/\s+/g, ' ')
  return trimmed.length > 0 && trimmed.length <= WORKSPACE_NAME_MAX_CHARS && !/[\p{Cc}\p{Cf}]/u.test(trimmed)
    ? trimmed
    : undefined
}

/** A new one, of which no hub is to be told. */
export const newRow = (owner: PlayerId, name: string, nowMs: number): WorkspaceRow => ({
  id: newId('workspace', nowMs),
  owner,
  name,
  createdAtMs: nowMs,
  updatedAtMs: nowMs,
  untold: false,
})

export type WorkspaceDesk = ReturnType<typeof createWorkspaceDesk>

export function createWorkspaceDesk({
  store,
  projects,
  isHub,
}: Pick<WorkspacesParts, 'store' | 'projects' | 'isHub'>) {
  const inTurn = createInTurn<string>()

  async function infosOf(rows: readonly WorkspaceRow[], owner: PlayerId): Promise<readonly WorkspaceInfo[]> {
    const members = Map.groupBy(await store.members(rows.map(({ id }) => id)), (each) => each.workspaceId)
    const own = new Map((await projects.list(owner)).map((project) => [project.id, project]))
    return rows.map((row): WorkspaceInfo => {
      const shown = (members.get(row.id) ?? []).flatMap(({ projectId, environment }): WorkspaceProject[] => {
        const project = own.get(projectId)
        if (!project) return []
        const tests = project.files.filter(({ path }) => isTest(path)).length
        return [{ id: projectId, name: project.name, files: project.files.length, tests, environment }]
      })
      const share = shareOf(row)
      return {
        id: row.id,
        name: row.name,
        owner: row.owner,
        projects: shown,
        updatedAtMs: row.updatedAtMs,
        ...(share && {
          shared: {
            reach: share.reach,
            cid: share.cid,
            atMs: share.atMs,
            told: share.reach === 'lan' || isHub || !row.untold,
          },
        }),
        ...(row.origin !== undefined && { origin: JSON.parse(row.origin) as NonNullable<WorkspaceInfo['origin']> }),
      }
    })
  }

  async function infoOf(row: WorkspaceRow): Promise<WorkspaceInfo> {
    return (await infosOf([row], row.owner))[0]!
  }

  async function own(owner: PlayerId, id: string): Promise<Result<WorkspaceRow>> {
    const row = await store.get(id)
    return row && row.owner === owner ? ok(row) : no('no_such_workspace', { name: id.slice(0, 60) })
  }

  /** One change of a person's workspaces at a time. */
  function changing<T>(
    owner: PlayerId,
    id: string,
    change: (row: WorkspaceRow) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    return inTurn(owner, async () => {
      const found = await own(owner, id)
      return found.ok ? change(found.value) : found
    })
  }

  const shareOf = ({ reach, record }: WorkspaceRow): ShareRecord | undefined => {
    const signed = reach && record && unpackSigned(record)
    return signed ? openShare(signed) : undefined
  }

  async function isTaken(owner: PlayerId, name: string, except?: string): Promise<boolean> {
    const key = name.toLowerCase()
    return (await store.list(owner)).some((row) => row.id !== except && row.name.toLowerCase() === key)
  }

  async function contentOf(row: WorkspaceRow): Promise<Result<WorkspaceContent>> {
    const known = new Map((await projects.list(row.owner)).map(({ id, name }) => [id, name]))
    const members: { name: string; environment: Environment; files: Readonly<Record<string, string>> }[] = []
    for (const { projectId, environment } of await store.members([row.id])) {
      const files = await projects.sources(row.owner, projectId)
      if (files.ok) members.push({ name: known.get(projectId) ?? 'project', environment, files: files.value })
    }
    return ok({ name: row.name, projects: members })
  }

  return { inTurn, infosOf, infoOf, own, changing, shareOf, isTaken, contentOf }
}
