/** Modules in people's projects: their files in `lib/<name>/`, and what they are in `library.lock.json`; changed together or not at all. */
import { z } from 'zod'
import type { Projects, Result } from '../agents/types.ts'
import { createInTurn } from '../lib/in-turn.ts'
import type { Params, PlayerId, ProjectId } from '../protocol/ids.ts'
import type { RefusalCode } from '../protocol/refusals.ts'
import { inProject } from './check.ts'
import { goesBack } from './semver.ts'
import type { FetchedItem, Files, Lock, LockEntry } from './types.ts'

export const LOCK_FILE = 'library.lock.json'

const lockSchema = z.object({
  format: z.literal(1),
  items: z.record(
    z.string(),
    z.object({ version: z.string(), cid: z.string(), owner: z.string(), files: z.array(z.string()) }),
  ),
})

const no = (code: RefusalCode, params?: Params) =>
  ({ ok: false, refusal: { code, ...(params && { params }) } }) as const

/** A lock that somebody has broken by hand counts as empty: what it named is then a clash, and says so. */
export function readLock(text: string | undefined): Lock {
  if (text === undefined) return {}
  try {
    return lockSchema.parse(JSON.parse(text)).items
  } catch {
    return {}
  }
}

const written = (items: Lock): string =>
  `${JSON.stringify({ format: 1, items: Object.fromEntries(Object.entries(items).sort(([a], [b]) => (a < b ? -1 : 1))) }, null, 2)}\n`

export type LockChange = { readonly put: Files; readonly remove: readonly string[]; readonly lock: Lock }

/** What installing an item does to the files of a project; a refusal when something else of the author's is in its place. */
export function installing(sources: Files, { version, files, wish }: FetchedItem): Result<LockChange> {
  const { name, kind, owner, cid } = version.item
  if (kind !== 'module') return no('item_kind', { name, kind })
  const lock = readLock(sources[LOCK_FILE])
  const before = Object.hasOwn(lock, name) ? lock[name] : undefined
  if (before && before.owner !== owner) return no('item_other_owner', { name, owner: before.owner.slice(0, 12) })
  if (before && goesBack(before.version, version.item.version, wish))
    return no('item_older', { name, version: version.item.version, installed: before.version })
  const all = inProject(name, files)
  const own = new Set(before?.files)
  const inTheWay = Object.keys(sources).filter((path) => path.startsWith(`lib/${name}/`) && !own.has(path))
  if (inTheWay.length > 0) return no('item_clash', { name, problems: inTheWay.slice(0, 5).join('\n') })
  const paths = Object.keys(all).sort()
  const next: Lock = { ...lock, [name]: { version: version.item.version, cid, owner, files: paths } }
  return {
    ok: true,
    value: {
      put: { ...all, [LOCK_FILE]: written(next) },
      remove: [...own].filter((path) => path.startsWith(`lib/${name}/`) && !Object.hasOwn(all, path)),
      lock: next,
    },
  }
}

export function removing(sources: Files, name: string): Result<LockChange> {
  const lock = readLock(sources[LOCK_FILE])
  if (!Object.hasOwn(lock, name)) return no('item_not_installed', { name: name.slice(0, 60) })
  const { [name]: gone, ...rest } = lock as { readonly [name: string]: LockEntry }
  const remove = gone!.files.filter((path) => path.startsWith(`lib/${name}/`))
  const isLast = Object.keys(rest).length === 0
  return {
    ok: true,
    value: {
      put: isLast ? {} : { [LOCK_FILE]: written(rest) },
      remove: isLast ? [...remove, LOCK_FILE] : remove,
      lock: rest,
    },
  }
}

export function createProjectItems(projects: Pick<Projects, 'sources' | 'replace'>) {
  const inTurn = createInTurn<string>()

  const changed = (
    by: PlayerId,
    id: ProjectId,
    plan: (sources: Files) => Result<LockChange>,
  ): Promise<Result<Lock>> =>
    inTurn(id, async () => {
      const sources = await projects.sources(by, id)
      if (!sources.ok) return sources
      const change = plan(sources.value)
      if (!change.ok) return change
      const done = await projects.replace(by, id, change.value)
      return done.ok ? { ok: true, value: change.value.lock } : done
    })

  return {
    async list(by: PlayerId, id: ProjectId): Promise<Result<Lock>> {
      const sources = await projects.sources(by, id)
      return sources.ok ? { ok: true, value: readLock(sources.value[LOCK_FILE]) } : sources
    },
    install: (by: PlayerId, fetched: FetchedItem, id: ProjectId) =>
      changed(by, id, (sources) => installing(sources, fetched)),
    remove: (by: PlayerId, name: string, id: ProjectId) => changed(by, id, (sources) => removing(sources, name)),
  }
}
