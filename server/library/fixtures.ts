/** Nodes in memory with a library each: a wire that can be cut, bundles in folders, databases. For tests. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProjects, FILE_PATH } from '../agents/projects.ts'
import { createBundles } from '../bundles/bundles.ts'
import type { WorldDef } from '../engine/types.ts'
import { createFakeClock } from '../lib/clock.ts'
import { type SigningKey, signingKey } from '../lib/ed25519.ts'
import { createMemoryNetwork } from '../link/memory-wire.ts'
import type { NodeRole } from '../link/types.ts'
import { compile } from '../sandbox/compile.ts'
import { createLibraryStores, createWorldItemStore } from '../storage/library.ts'
import { createProjectStore } from '../storage/projects.ts'
import { createTestDatabase, type TestDatabase } from '../testing/database.ts'
import { FIXTURE_FILES } from '../testing/world.ts'
import { createLibrary } from './library.ts'
import type { ItemDraft } from './types.ts'
import { openWorldItems } from './world-items.ts'

export const ann = { id: 'player_ann', name: 'Ann' }
export const bob = { id: 'player_bob', name: 'Bob' }

/** A bell with a script, a look and words in both languages. */
export const BELL: Readonly<Record<string, string>> = {
  'items.yaml': 'bell:\n  kind: machine\n  look: bell.look\n  script: bell.onUse\n',
  'spawn.yaml': 'spawn: [{ thing: bell }]\n',
  'scripts/bell.js': "export function onUse() {\n  return [{ do: 'say', text: 'bell.rings' }]\n}\n",
  'text/en.yaml': "things: { bell: { name: ship's bell } }\nlines: { bell.look: A bell., bell.rings: It rings. }\n",
  'text/ru.yaml':
    'things: { bell: { forms: "рынд|а|ы|е|у|ой|е", gender: f } }\nlines: { bell.look: Рында., bell.rings: Звенит. }\n',
}
export const bell = (version: string, files: Readonly<Record<string, string>> = BELL): ItemDraft => ({
  name: 'bell',
  version,
  kind: 'entity',
  title: { en: 'A bell', ru: 'Рында' },
  summary: { en: 'Rings when it is used.', ru: 'Звенит, если тронуть.' },
  files,
})
export const paths = (version: string, files: Readonly<Record<string, string>>): ItemDraft => ({
  name: 'paths',
  version,
  kind: 'module',
  title: { en: 'Paths', ru: 'Пути' },
  summary: { en: 'Finds ways.', ru: 'Ищет дорогу.' },
  files,
})

type NodeOptions = {
  readonly id: string
  readonly role?: NodeRole
  readonly hub?: string
  readonly key?: SigningKey
  readonly database?: TestDatabase
  readonly world?: Record<string, string>
  readonly isNetworked?: boolean
  readonly ownerMaxBytes?: number
}
export type LibraryNode = Awaited<ReturnType<Awaited<ReturnType<typeof createLibraryLab>>['node']>>

export async function createLibraryLab() {
  const root = await mkdtemp(join(tmpdir(), 'academy-library-'))
  const net = createMemoryNetwork({ requestTimeoutMs: 20_000 })
  const clock = createFakeClock(1_000_000)
  const open: AsyncDisposable[] = []

  async function node({ id, role, hub, key = signingKey(), world = { ...FIXTURE_FILES }, ...options }: NodeOptions) {
    const owner = Buffer.from(key.publicKey).toString('hex')
    const wire = net.join({ id, owner, ...(role && { role }) })
    const database = options.database ?? (await createTestDatabase())
    if (!options.database) open.push(database)
    const bundles = await createBundles({
      dir: join(root, id),
      wire,
      stallMs: 10_000,
      mayServe: async (caller, bundle) =>
        bundle.kind === 'item' || (await service.workspaces.mayServe(caller, bundle.cid)),
    })
    open.push(bundles)
    const worldItems = await openWorldItems({
      store: createWorldItemStore(database),
      ownFiles: async () => ({ files: new Map(Object.entries(world)), problems: [] }),
      clock,
      log: { warn() {} },
    })
    const projects = createProjects({
      store: createProjectStore(database),
      clock,
      compile: async (files) => compile(files),
    })
    const provided = new Set<string>()
    const service = createLibrary({
      stores: createLibraryStores(database),
      bundles,
      worldItems,
      projects,
      isFilePath: (path) => FILE_PATH.test(path),
      compile: async (files) => compile(files),
      ownerKey: key,
      owner,
      self: id,
      ...(options.isNetworked !== false && {
        network: {
          wire,
          hubs: () => (role === 'initial' ? [id] : hub === undefined ? [] : [hub]),
          isHub: role === 'initial',
          provide: async (cid: string) => provided.add(cid),
        },
      }),
      clock,
      api: '1.0.0',
      log: { warn() {}, debug() {} },
    })
    open.push(service)
    /** What people inside see: the world that was swapped in last. */
    const seen: { world?: WorldDef } = {}
    worldItems.onReload(async (next) => {
      seen.world = next
    })
    return { ...service, id, key, owner, wire, database, bundles, worldItems, projects, world, seen, provided }
  }

  return {
    net,
    clock,
    node,
    async [Symbol.asyncDispose]() {
      for (const each of open.reverse()) await each[Symbol.asyncDispose]()
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** The refusal's code, or `ok`. */
export const code = (result: { ok: true } | { ok: false; refusal: { code: string } }): string =>
  result.ok ? 'ok' : result.refusal.code
export function value<T>(result: { ok: true; value: T } | { ok: false; refusal: object }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal))
  return result.value
}
