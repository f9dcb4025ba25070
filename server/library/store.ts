/** Where the library and workspaces are kept. Every write may be repeated without harm. */
import type { PlayerId, ProjectId } from '../protocol/ids.ts'
import type { Environment, ItemKind, ItemState, SharedReach } from './types.ts'

export type NameRow = {
  readonly name: string
  readonly owner: string
  readonly publisher: string
  readonly kind: ItemKind
  readonly words: string
  readonly claimedAtMs: number
}
export type VersionRow = {
  readonly name: string
  readonly version: string
  readonly owner: string
  readonly cid: string
  readonly bytes: number
  readonly publishedAtMs: number
  readonly record: Uint8Array
  readonly yank?: Uint8Array
  readonly yanked: boolean
  readonly state: ItemState
  readonly why?: string
}
export type ItemStore = {
  name(name: string): Promise<NameRow | undefined>
  /** By name, those that come after `after`. */
  names(query: { q?: string; kind?: ItemKind; after?: string; limit: number }): Promise<readonly NameRow[]>
  countNames(owner?: string): Promise<number>
  versions(names: readonly string[]): Promise<readonly VersionRow[]>
  pending(limit: number): Promise<readonly VersionRow[]>
  /**
   * Both rows or none: the name as it is now, and the version. Answers the name's row as it then stands, which another owner's may be, and
   * whether the version is new.
   */
  insert(name: NameRow, version: VersionRow): Promise<{ readonly name: NameRow; readonly isNew: boolean }>
  /** The name goes with its last version. */
  remove(name: string, version: string): Promise<void>
  setState(name: string, version: string, state: ItemState, why?: string): Promise<void>
  setYank(name: string, version: string, yank: Uint8Array, yanked: boolean): Promise<void>
}

export type WorldItemRow = {
  readonly zone: string
  readonly name: string
  readonly version: string
  readonly owner: string
  readonly cid: string
  readonly place?: string
  readonly record: Uint8Array
  readonly files: Uint8Array
  readonly installedBy: string
  readonly installedAtMs: number
}
export type WorldItemStore = {
  /** In the order in which they were installed. */
  list(): Promise<readonly WorldItemRow[]>
  put(row: WorldItemRow): Promise<void>
  remove(zone: string, name: string): Promise<void>
}

export type WorkspaceRow = {
  readonly id: string
  readonly owner: PlayerId
  readonly name: string
  readonly createdAtMs: number
  readonly updatedAtMs: number
  readonly reach?: SharedReach
  readonly cid?: string
  readonly record?: Uint8Array
  /** Whether a hub is still to be told of the present state. */
  readonly untold: boolean
  readonly origin?: string
}
export type MemberRow = {
  readonly projectId: ProjectId
  readonly workspaceId: string
  readonly environment: Environment
}
/** A workspace with its projects and their files, made at once. */
export type NewWorkspace = {
  readonly row: WorkspaceRow
  readonly projects: readonly {
    readonly id: ProjectId
    readonly name: string
    readonly files: Readonly<Record<string, string>>
    readonly environment: Environment
  }[]
}
export type WorkspaceStore = {
  list(owner: PlayerId): Promise<readonly WorkspaceRow[]>
  get(id: string): Promise<WorkspaceRow | undefined>
  members(ids: readonly string[]): Promise<readonly MemberRow[]>
  insert(workspace: NewWorkspace): Promise<void>
  /** What it is called, and how it is shared. */
  save(row: WorkspaceRow): Promise<void>
  remove(id: string): Promise<void>
  putMember(member: MemberRow, nowMs: number): Promise<void>
  removeMember(workspaceId: string, projectId: ProjectId, nowMs: number): Promise<void>
  /** Those that are shared, or of which a hub is still to be told. */
  shared(): Promise<readonly WorkspaceRow[]>
  untold(): Promise<readonly WorkspaceRow[]>
}

export type ShareRow = {
  readonly id: string
  readonly owner: string
  readonly node: string
  readonly cid: string
  readonly words: string
  readonly record: Uint8Array
  readonly atMs: number
}
/** What other nodes share with the world, at a hub. */
export type ShareStore = {
  get(id: string): Promise<ShareRow | undefined>
  list(query: { q?: string; limit: number }): Promise<readonly ShareRow[]>
  byCid(cid: string): Promise<readonly ShareRow[]>
  count(owner: string): Promise<number>
  put(row: ShareRow): Promise<void>
  remove(id: string): Promise<void>
}
