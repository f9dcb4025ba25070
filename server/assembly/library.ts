/** The entity library and workspaces of a node, and its world with the items that are installed in it. */
import { FILE_PATH } from '../agents/projects.ts'
import type { Projects } from '../agents/types.ts'
import type { Bundles } from '../bundles/types.ts'
import type { Config } from '../config.ts'
import type { Clock } from '../lib/clock.ts'
import type { Compile } from '../library/check.ts'
import { createLibrary, type LibraryService } from '../library/library.ts'
import { openWorldItems, type WorldItems } from '../library/world-items.ts'
import { loadIdentity } from '../link/identity.ts'
import type { RunningNetwork } from '../link/network.ts'
import type { Log } from '../ops/log.ts'
import type { Database } from '../storage/database.ts'
import { createLibraryStores, createWorldItemStore } from '../storage/library.ts'
import { VERSION } from '../version.ts'
import { createProblems } from '../world/problems.ts'
import { readWorldFiles } from '../world/read.ts'

export type LibraryNeeds = {
  readonly config: Config
  readonly database: Database
  readonly network: RunningNetwork | undefined
  readonly bundles: Bundles
  readonly worldItems: WorldItems
  readonly projects: Projects
  readonly compile: Compile
  readonly clock: Clock
  readonly log: Log
}

export const openWorld = ({
  config,
  database,
  clock,
  log,
}: Pick<LibraryNeeds, 'config' | 'database' | 'clock' | 'log'>): Promise<WorldItems> =>
  openWorldItems({
    store: createWorldItemStore(database),
    async ownFiles() {
      const problems = createProblems()
      const files = await readWorldFiles(config.world, problems)
      return { files, problems: problems.errors }
    },
    clock,
    log,
  })

export async function assembleLibrary(needs: LibraryNeeds): Promise<LibraryService> {
  const { config, database, network, bundles, worldItems, projects, compile, clock, log } = needs
  // A node without links has its owner's key all the same, so that what it publishes is signed from the first day.
  const identity = network?.identity ?? (await loadIdentity(config.dataDir, clock.now(), config.ownerKey))
  const service = createLibrary({
    stores: createLibraryStores(database),
    bundles,
    worldItems,
    projects,
    isFilePath: (path) => FILE_PATH.test(path),
    compile,
    ownerKey: identity.ownerKey,
    owner: identity.owner,
    self: identity.node,
    ...(network && {
      network: {
        wire: network.link,
        hubs: network.hubs,
        isHub: config.role === 'initial',
        provide: (cid: string) => network.dht.provide(cid),
        providers: async (cid: string) => (await network.dht.findProviders(cid)).map(({ node }) => node),
      },
    }),
    clock,
    api: VERSION,
    log,
  })
  const stop = network?.onState(({ is }) => {
    if (is === 'joined') void service.tell()
  })
  if (network?.state().is === 'joined') void service.tell()
  return {
    ...service,
    async [Symbol.asyncDispose]() {
      stop?.()
      await service[Symbol.asyncDispose]()
    },
  }
}
