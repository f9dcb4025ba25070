/** Workspaces on their way in: fetched, held against what was signed, made fit for this node, and the cloner's own from then on. */
import { isDamaged } from '../bundles/errors.ts'
import { newId } from '../lib/ids.ts'
import {
  AGENT_SOURCE_MAX_BYTES,
  AGENT_SOURCE_MAX_FILES,
  FILE_PATH_MAX_CHARS,
  PROJECT_NAME_MAX_CHARS,
  PROJECTS_PER_PERSON_MAX,
  WORKSPACE_BUNDLE_MAX_BYTES,
  WORKSPACE_NAME_MAX_CHARS,
  WORKSPACES_PER_PERSON_MAX,
} from '../limits.ts'
import type { PlayerId, ProjectId } from '../protocol/ids.ts'
import { adaptEnvironment } from './environment.ts'
import { unpackWorkspace } from './package.ts'
import type { WorkspaceRow } from './store.ts'
import type { Adapted, Publisher, Workspaces } from './types.ts'
import { cleanName, KEEPER, newRow, no, ok, type WorkspaceDesk, type WorkspacesParts } from './workspace-desk.ts'

export function createWorkspaceCloning(parts: WorkspacesParts, { inTurn, infoOf }: WorkspaceDesk) {
  const { store, shares, projects, bundles, clock, api } = parts

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
      const row: WorkspaceRow = { ...newRow(owner, name, nowMs), origin: JSON.stringify(origin) }
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

  return { clone }
}

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
