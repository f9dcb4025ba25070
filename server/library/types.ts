/** The entity library and workspaces as the rest of the node sees them. */

import type { Result } from '../agents/types.ts'
import type { Cid } from '../bundles/types.ts'
import type { Signed } from '../lib/signed.ts'
import type { Caller, NodeId, OwnerId } from '../link/types.ts'
import type { Locale, PlayerId, ProjectId } from '../protocol/ids.ts'

/** `entity`: things and people of a world; `module`: source files for agents' projects. */
export type ItemKind = 'entity' | 'module'
/** Path -> text. */
export type Files = Readonly<Record<string, string>>
export type ByLocale = Readonly<Record<Locale, string>>
/** A person of the node that publishes. */
export type Publisher = { readonly id: string; readonly name: string }

/** What the owner signs of a version. */
export type ItemRecord = {
  readonly name: string
  readonly version: string
  /** The key it is signed with, in hex. */
  readonly owner: OwnerId
  readonly kind: ItemKind
  readonly cid: Cid
  /** Of the bundle. */
  readonly bytes: number
  readonly title: ByLocale
  readonly summary: ByLocale
  readonly publisher: Publisher
  readonly atMs: number
}
/** The owner's word that a version should not be taken any more, or may be again; the latest counts. */
export type YankRecord = {
  readonly name: string
  readonly version: string
  readonly owner: OwnerId
  readonly yanked: boolean
  readonly why: string
  readonly atMs: number
}

/** A version with what proves it. */
export type ItemVersion = {
  readonly item: ItemRecord
  readonly record: Signed
  readonly yank?: YankRecord
  readonly yankRecord?: Signed
  /** How it stands with the hub; absent for what others told of. */
  readonly state?: ItemState
  readonly why?: string
}
export type ItemState = 'pending' | 'listed' | 'refused'

/** One line of a list: the version that would be installed. */
export type ItemSummary = ItemRecord & { readonly yanked: boolean; readonly versions: number }
export type ItemPage = {
  readonly items: readonly ItemSummary[]
  /** Ask on from here. */
  readonly next?: string
  /** Nodes that did not answer: the list may lack what they have. */
  readonly silent: readonly NodeId[]
}
export type ItemQuery = {
  readonly q?: string
  readonly kind?: ItemKind
  readonly after?: string
  readonly limit?: number
}
/** `version` absent: the newest; `owner`: the beginning of a key, where several have an item of that name. */
export type ItemRef = { readonly name: string; readonly version?: string; readonly owner?: string }
export type ItemDraft = Pick<ItemRecord, 'name' | 'version' | 'kind' | 'title' | 'summary'> & {
  readonly files: Files
}
/** `wish`: the version that was asked for, as it was asked for. */
export type FetchedItem = {
  readonly version: ItemVersion
  readonly files: Files
  readonly bundle: Uint8Array
  readonly wish?: string
}

/** An item in this node's world. */
export type WorldItem = {
  readonly zone: string
  readonly name: string
  readonly version: string
  readonly owner: OwnerId
  readonly cid: Cid
  readonly place?: string
  readonly installedBy: string
  readonly installedAtMs: number
  /** The world loads without it, because of these; absent when it is there. */
  readonly problems?: readonly string[]
}
/** What `library.lock.json` of a project says, by name. */
export type LockEntry = {
  readonly version: string
  readonly cid: Cid
  readonly owner: OwnerId
  readonly files: readonly string[]
}
export type Lock = Readonly<Record<string, LockEntry>>

export type Library = {
  /** Signs it in the owner's name. The same version of the same files again changes nothing. */
  publish(by: Publisher, draft: ItemDraft): Promise<Result<ItemVersion>>
  list(query: ItemQuery): Promise<ItemPage>
  /** Every version that is known here and around, newest first, each with its signature checked. */
  show(ref: ItemRef): Promise<Result<readonly ItemVersion[]>>
  /** Its files, with signature and hash checked. */
  fetch(ref: ItemRef): Promise<Result<FetchedItem>>
  yank(by: Publisher, name: string, version: string, yanked: boolean, why: string): Promise<Result<ItemVersion>>
  readonly world: {
    list(): readonly WorldItem[]
    /** All or nothing, with people inside; over another version of it too. */
    install(by: Publisher, ref: ItemRef, where: { zone: string; place?: string }): Promise<Result<WorldItem>>
    remove(zone: string, name: string): Promise<Result<WorldItem>>
  }
  readonly projects: {
    list(by: PlayerId, project: ProjectId): Promise<Result<Lock>>
    install(by: PlayerId, ref: ItemRef, project: ProjectId): Promise<Result<Lock>>
    remove(by: PlayerId, name: string, project: ProjectId): Promise<Result<Lock>>
  }
}

export type SharedReach = 'lan' | 'world'
/** What a project needs beside its files. Secret settings never leave the node. */
export type Environment = {
  /** Version of the node's programming interface that it was made for. */
  readonly api: string
  readonly seed?: number
  readonly settings: Readonly<Record<string, { readonly value: string; readonly secret?: true }>>
}
export type WorkspaceProject = {
  readonly id: ProjectId
  readonly name: string
  readonly files: number
  readonly tests: number
  readonly environment: Environment
}
export type WorkspaceInfo = {
  readonly id: string
  readonly name: string
  readonly owner: PlayerId
  readonly projects: readonly WorkspaceProject[]
  readonly updatedAtMs: number
  readonly shared?: { readonly reach: SharedReach; readonly cid: Cid; readonly atMs: number; readonly told: boolean }
  readonly origin?: { readonly id: string; readonly node: NodeId; readonly by: string; readonly cid: Cid }
}
/** What the node's owner signs of a shared workspace. */
export type ShareRecord = {
  readonly id: string
  readonly owner: OwnerId
  readonly node: NodeId
  readonly name: string
  readonly by: Publisher
  readonly reach: SharedReach
  readonly cid: Cid
  readonly bytes: number
  readonly api: string
  readonly projects: readonly { readonly name: string; readonly files: number; readonly tests: number }[]
  readonly atMs: number
}
export type Share = { readonly share: ShareRecord; readonly record: Signed }
export type SharePage = { readonly shares: readonly ShareRecord[]; readonly silent: readonly NodeId[] }
/** What was left out, or made fit for this machine. */
export type Adapted = {
  readonly project: string
  readonly what: 'api' | 'secret' | 'name'
  readonly from: string
  readonly to: string
}
/** A workspace as files, to be laid out in a folder. */
export type WorkspaceContent = {
  readonly name: string
  readonly projects: readonly { readonly name: string; readonly environment: Environment; readonly files: Files }[]
}

export type Workspaces = {
  list(owner: PlayerId): Promise<readonly WorkspaceInfo[]>
  get(owner: PlayerId, id: string): Promise<Result<WorkspaceInfo>>
  create(owner: PlayerId, name: string): Promise<Result<WorkspaceInfo>>
  rename(owner: PlayerId, id: string, name: string): Promise<Result<WorkspaceInfo>>
  /** Its projects stay; what was shared is shared no more. */
  discard(owner: PlayerId, id: string): Promise<Result<WorkspaceInfo>>
  /** Puts a project in, out of another workspace if it was in one, or changes its environment. */
  put(
    owner: PlayerId,
    id: string,
    project: ProjectId,
    environment?: Partial<Environment>,
  ): Promise<Result<WorkspaceInfo>>
  takeOut(owner: PlayerId, id: string, project: ProjectId): Promise<Result<WorkspaceInfo>>
  content(owner: PlayerId, id: string): Promise<Result<WorkspaceContent>>
  /** As it is now; sharing again shares it as it is then. */
  share(
    by: Publisher,
    id: string,
    reach: SharedReach,
  ): Promise<Result<{ info: WorkspaceInfo; left: readonly Adapted[] }>>
  unshare(owner: PlayerId, id: string): Promise<Result<WorkspaceInfo>>
  /** What others share that this node may see, and what is shared here. */
  shared(query: { q?: string; limit?: number }): Promise<SharePage>
  /** By id, or by name where only one has it. */
  clone(by: Publisher, share: string): Promise<Result<{ info: WorkspaceInfo; adapted: readonly Adapted[] }>>
  /** Whether that node may have a shared workspace's bundle. */
  mayServe(caller: Caller, cid: Cid): Promise<boolean>
}
