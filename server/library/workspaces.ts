/** Workspaces: a person's projects with what each needs, kept together, shared as they are at a moment, and cloned. */
import type { Projects, Result } from '../agents/types.ts'
import { isDamaged } from '../bundles/errors.ts'
import type { Bundles } from '../bundles/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { SigningKey } from '../lib/ed25519.ts'
import { newId } from '../lib/ids.ts'
import { createInTurn } from '../lib/in-turn.ts'
import {
  AGENT_SOURCE_MAX_BYTES,
  AGENT_SOURCE_MAX_FILES,
  FILE_PATH_MAX_CHARS,
  PROJECT_NAME_MAX_CHARS,
  PROJECTS_PER_PERSON_MAX,
  WORKSPACE_BUNDLE_MAX_BYTES,
  WORKSPACE_NAME_MAX_CHARS,
  WORKSPACE_PROJECTS_MAX,
  WORKSPACES_PER_PERSON_MAX,
} from '../limits.ts'
import type { Caller, NodeId, OwnerId } from '../link/types.ts'
import type { Params, PlayerId, ProjectId } from '../protocol/ids.ts'
import type { RefusalCode } from '../protocol/refusals.ts'
import type { Around } from './around.ts'
import { adaptEnvironment, changedEnvironment, emptyEnvironment, forSharing } from './environment.ts'
import { packWorkspace, unpackWorkspace } from './package.ts'
import { signRecord, unpackSigned } from './records.ts'
import { secretsIn } from './secrets.ts'
import { openShare, type Shares } from './shares.ts'
import type { MemberRow, WorkspaceRow, WorkspaceStore } from './store.ts'
import type {
  Adapted,
  Environment,
  Publisher,
  SharedReach,
  ShareRecord,
  WorkspaceContent,
  WorkspaceInfo,
  WorkspaceProject,
  Workspaces,
} from './types.ts'

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

const KEEPER = 'workspaces'
/** Whose row waits for a hub to be told that nothing is shared any more; no person is called so. */
const NOBODY = 'nobody'
const pinOf = (id: string) => `workspace ${id}`
const no = (code: RefusalCode, params?: Params) =>
  ({ ok: false, refusal: { code, ...(params && { params }) } }) as const
const ok = <T>(value: T) => ({ ok: true, value }) as const
const isTest = (path: string): boolean => /^tests\/[^/]+\.yaml$/.test(path)

const cleanName = (name: string): string | undefined => {
  const trimmed = name.trim().replaceAll(/\s+/g, ' ')
  return trimmed.length > 0 && trimmed.length <= WORKSPACE_NAME_MAX_CHARS && !/[\p{Cc}\p{Cf}]/u.test(trimmed)
    ? trimmed
    : undefined
}

export type WorkspaceService = Workspaces & { tellUntold(): Promise<void> }

export function createWorkspaces(parts: WorkspacesParts): WorkspaceService {
  const { store, shares, projects, bundles, ownerKey, owner: ownerId, self, isHub, around, clock, api } = parts
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

  /** What goes out: no secret, and nothing that looks like one. */
  async function outgoing(row: WorkspaceRow) {
    const content = await contentOf(row)
    if (!content.ok) return content
    if (content.value.projects.length === 0) return no('workspace_empty', { name: row.name })
    const left: Adapted[] = []
    const found: string[] = []
    const going = content.value.projects.map(({ name, environment, files }) => {
      const cleared = forSharing(name, environment)
      left.push(...cleared.left)
      found.push(...secretsIn(files).map((place) => `${name}/${place}`))
      found.push(...secretsIn(settingsText(cleared.environment)).map((place) => `${name}: ${place.split(':')[0]}`))
      return { name, environment: cleared.environment, files }
    })
    if (found.length > 0) return no('workspace_secret', { places: found.slice(0, 10).join('\n') })
    const bytes = packWorkspace({ name: row.name, projects: going })
    if (bytes.length > WORKSPACE_BUNDLE_MAX_BYTES)
      return no('workspace_too_big', { kb: Math.ceil(bytes.length / 1024), maxKb: WORKSPACE_BUNDLE_MAX_BYTES / 1024 })
    return ok({ bytes, going, left })
  }

  async function share(by: Publisher, id: string, reach: SharedReach): ReturnType<Workspaces['share']> {
    return changing(by.id as PlayerId, id, async (row) => {
      const out = await outgoing(row)
      if (!out.ok) return out
      const { bytes, going, left } = out.value
      const cid = await bundles.put('workspace', bytes, { owner: KEEPER })
      await bundles.pin(cid, pinOf(row.id))
      const record = signRecord(
        'workspace-share',
        {
          id: row.id,
          owner: ownerId,
          node: self,
          name: row.name,
          by,
          reach,
          cid,
          bytes: bytes.length,
          api,
          projects: going.map(({ name, files }) => ({
            name,
            files: Object.keys(files).length,
            tests: Object.keys(files).filter(isTest).length,
          })),
          atMs: Math.max(clock.now(), (shareOf(row)?.atMs ?? 0) + 1),
        },
        ownerKey,
      )
      // A hub that knows of it, or may, is told when less is shared as well.
      const untold = !isHub && (reach === 'world' || row.reach === 'world' || row.untold)
      const next: WorkspaceRow = { ...row, reach, cid, record: shares.packed(record), untold }
      await store.save(next)
      if (row.cid !== undefined && row.cid !== cid) await bundles.unpin(row.cid, pinOf(row.id))
      const told = await tellOne(next)
      if (told && told.state === 'refused') {
        await store.save({ ...row, untold: false })
        if (row.cid !== cid) await bundles.unpin(cid, pinOf(row.id))
        if (row.cid !== undefined && row.cid !== cid) await bundles.pin(row.cid, pinOf(row.id)).catch(() => {})
        return { ok: false, refusal: told.refusal }
      }
      return ok({ info: await infoOf((await store.get(row.id))!), left })
    })
  }

  /** Undefined when no hub could be told. */
  async function tellOne(row: WorkspaceRow) {
    if (!row.untold) return undefined
    const signed = row.reach === 'world' && row.record ? unpackSigned(row.record) : undefined
    const said = await around.tell(
      signed
        ? { op: 'share', record: signed }
        : {
            op: 'unshare',
            record: signRecord('workspace-unshare', { id: row.id, owner: ownerId, atMs: clock.now() }, ownerKey),
          },
    )
    if (!said) return undefined
    if (!said.done)
      return {
        state: 'refused',
        refusal: { code: said.refused ?? ('internal' as const), ...(said.params && { params: said.params }) },
      } as const
    if (row.owner === NOBODY) await store.remove(row.id)
    else await store.save({ ...row, untold: false })
    return { state: 'told' } as const
  }

  async function withdrawn(row: WorkspaceRow): Promise<WorkspaceRow> {
    const { reach, cid, record: _, ...rest } = row
    const next: WorkspaceRow = { ...rest, untold: !isHub && (row.untold || reach === 'world') }
    await store.save(next)
    if (cid !== undefined) await bundles.unpin(cid, pinOf(row.id))
    await tellOne(next)
    return (await store.get(row.id)) ?? next
  }

  async function clone(by: Publisher, wanted: string): ReturnType<Workspaces['clone']> {
    const found = await shares.find(wanted)
    if (!found.ok) return found
    const { share: shared, nodes } = found.value
    let bytes: Uint8Array
    try {
      const wish = { maxBytes: WORKSPACE_BUNDLE_MAX_BYTES, owner: KEEPER, shared: true } as const
      bytes = (await bundles.get(shared.cid)) ?? (await bundles.pull(shared.cid, nodes, wish))
    } catch (error) {
      return isDamaged(error)
        ? no('workspace_forged', { name: shared.name })
        : no('share_unreachable', { name: shared.name, why: (error as Error).message })
    }
    const content = bytes.length === shared.bytes ? unpackWorkspace(bytes) : undefined
    if (!content?.projects.every(({ name, files }) => mayStand(name, files)))
      return no('workspace_forged', { name: shared.name })
    const owner = by.id as PlayerId
    return inTurn(owner, async () => {
      const rows = await store.list(owner)
      if (rows.length >= WORKSPACES_PER_PERSON_MAX) return no('workspace_limit', { max: WORKSPACES_PER_PERSON_MAX })
      const mine = await projects.list(owner)
      if (mine.length + content.projects.length > PROJECTS_PER_PERSON_MAX)
        return no('project_limit', { max: PROJECTS_PER_PERSON_MAX })
      const nowMs = clock.now()
      const adapted: Adapted[] = []
      const taken = new Set(mine.map(({ name }) => name.toLowerCase()))
      const made = content.projects.map(({ name, environment, files }) => {
        const free = freeName(name, taken, PROJECT_NAME_MAX_CHARS)
        if (free !== name) adapted.push({ project: name, what: 'name', from: name, to: free })
        const fit = adaptEnvironment(free, environment, api)
        adapted.push(...fit.adapted)
        return { id: newId('project', nowMs) as ProjectId, name: free, files, environment: fit.environment }
      })
      const name = freeName(shared.name, new Set(rows.map((row) => row.name.toLowerCase())), WORKSPACE_NAME_MAX_CHARS)
      const origin = { id: shared.id, node: shared.node, by: shared.by.name, cid: shared.cid }
      const row: WorkspaceRow = {
        id: newId('workspace', nowMs),
        owner,
        name,
        createdAtMs: nowMs,
        updatedAtMs: nowMs,
        untold: false,
        origin: JSON.stringify(origin),
      }
      await store.insert({ row, projects: made })
      return ok({ info: await infoOf(row), adapted })
    })
  }

  /** As strict with what comes from elsewhere as with what is written here. */
  const mayStand = (name: string, files: Readonly<Record<string, string>>): boolean => {
    const paths = Object.keys(files)
    const bytes = Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    return (
      name.length <= PROJECT_NAME_MAX_CHARS &&
      cleanName(name) === name &&
      paths.length <= AGENT_SOURCE_MAX_FILES &&
      bytes <= AGENT_SOURCE_MAX_BYTES &&
      paths.every((path) => path.length <= FILE_PATH_MAX_CHARS && parts.isFilePath(path))
    )
  }

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
        const nowMs = clock.now()
        const row = {
          id: newId('workspace', nowMs),
          owner,
          name,
          createdAtMs: nowMs,
          updatedAtMs: nowMs,
          untold: false,
        }
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
    async tellUntold() {
      if (isHub || around.hubs().length === 0) return
      for (const { id, owner } of await store.untold())
        await inTurn(owner, async () => {
          const row = await store.get(id)
          const told = row && (await tellOne(row))
          // What a hub will not list is still shared on the local network, and the person sees that nobody else has it.
          if (row && told?.state === 'refused')
            await store.save({ ...row, reach: row.reach ? 'lan' : undefined, untold: false } as WorkspaceRow)
        })
    },
  }
}

const settingsText = ({ settings }: Environment): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(settings).map(([name, { value }]) => [name, `${name} = "${value}"`]))

/** `name`, or `name 2` and so on; it is taken from then on. */
function freeName(name: string, taken: Set<string>, max: number): string {
  let free = name
  for (let n = 2; taken.has(free.toLowerCase()); n++) {
    const suffix = ` ${n}`
    free = `${name.slice(0, max - suffix.length)}${suffix}`
  }
  taken.add(free.toLowerCase())
  return free
}
