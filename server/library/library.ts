/** The node's library and workspaces, made of their parts and joined to the network. Rules are in `SPEC.md`. */
import type { Projects } from '../agents/types.ts'
import type { Bundles } from '../bundles/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { SigningKey } from '../lib/ed25519.ts'
import { LIBRARY_TELL_EVERY_MS } from '../limits.ts'
import type { NodeId, OwnerId } from '../link/types.ts'
import { createAround, type LibraryNetwork } from './around.ts'
import { createCatalogue } from './catalogue.ts'
import type { Compile } from './check.ts'
import { serveLibrary } from './door.ts'
import { createItems } from './items.ts'
import { createProjectItems } from './project-items.ts'
import { createShares } from './shares.ts'
import type { ItemStore, ShareStore, WorkspaceStore } from './store.ts'
import type { Library, Workspaces } from './types.ts'
import { createWorkspaces } from './workspaces.ts'
import type { WorldItems } from './world-items.ts'

export type LibraryParts = {
  readonly stores: { readonly items: ItemStore; readonly workspaces: WorkspaceStore; readonly shares: ShareStore }
  readonly bundles: Bundles
  readonly worldItems: WorldItems
  readonly projects: Pick<Projects, 'list' | 'sources' | 'replace'>
  readonly isFilePath: (path: string) => boolean
  readonly compile: Compile
  readonly ownerKey: SigningKey
  readonly owner: OwnerId
  readonly self: NodeId
  /** Absent on a node without links. */
  readonly network?: LibraryNetwork
  readonly clock: Clock
  readonly api: string
  readonly log: { warn(fields: object, message: string): void; debug(fields: object, message: string): void }
}
export type LibraryService = {
  readonly library: Library
  readonly workspaces: Workspaces
  /** Tells a hub what it has not heard of yet; by itself now and then. */
  tell(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export function createLibrary(parts: LibraryParts): LibraryService {
  const { stores, bundles, worldItems, projects, compile, ownerKey, owner, self, network, clock, log } = parts
  const isHub = network?.isHub ?? false
  const around = createAround(network)
  const provide = (cid: string): void => {
    void network?.provide?.(cid).catch((err: unknown) => log.debug({ err, cid }, 'an item was not announced'))
  }
  const providers = async (cid: string): Promise<readonly NodeId[]> =>
    (await network?.providers?.(cid).catch(() => []))?.filter((node) => node !== self) ?? []
  const items = createItems({
    store: stores.items,
    bundles,
    ownerKey,
    owner,
    isHub,
    around,
    compile,
    clock,
    provide,
  })
  const catalogue = createCatalogue({ items, around, isHub, bundles, providers })
  const shares = createShares({ own: stores.workspaces, others: stores.shares, bundles, around, isHub, self })
  const workspaces = createWorkspaces({
    store: stores.workspaces,
    shares,
    projects,
    isFilePath: parts.isFilePath,
    bundles,
    ownerKey,
    owner,
    self,
    isHub,
    around,
    clock,
    api: parts.api,
  })
  const projectItems = createProjectItems(projects)
  if (network) serveLibrary(network.wire, { items, shares, isHub })

  let telling: Promise<void> | undefined
  function tell(): Promise<void> {
    telling ??= (async () => {
      await items.tellPending()
      await workspaces.tellUntold()
    })()
      .catch((err: unknown) => log.warn({ err }, 'a hub could not be told of the library; it is tried again'))
      .finally(() => {
        telling = undefined
      })
    return telling
  }
  const timer = network && !isHub ? setInterval(() => void tell(), LIBRARY_TELL_EVERY_MS) : undefined
  timer?.unref()

  return {
    library: {
      publish: items.publish,
      yank: items.yank,
      list: catalogue.list,
      show: catalogue.show,
      fetch: catalogue.fetch,
      world: {
        list: worldItems.list,
        async install(by, ref, where) {
          const fetched = await catalogue.fetch(ref)
          return fetched.ok ? worldItems.install(by, fetched.value, where) : fetched
        },
        remove: worldItems.remove,
      },
      projects: {
        list: projectItems.list,
        async install(by, ref, project) {
          const fetched = await catalogue.fetch(ref)
          return fetched.ok ? projectItems.install(by, fetched.value, project) : fetched
        },
        remove: projectItems.remove,
      },
    },
    workspaces,
    tell,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await telling
      await items.idle()
    },
  }
}
