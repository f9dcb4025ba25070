/** The library as people see it: what this node has, what the hub has and what neighbours have, as one. Signatures and hashes are checked here. */
import type { Result } from '../agents/types.ts'
import { isDamaged } from '../bundles/errors.ts'
import type { Bundles } from '../bundles/types.ts'
import { ITEM_BUNDLE_MAX_BYTES, LIBRARY_PAGE_MAX } from '../limits.ts'
import type { NodeId } from '../link/types.ts'
import type { Params } from '../protocol/ids.ts'
import type { RefusalCode } from '../protocol/refusals.ts'
import type { Answered, Around } from './around.ts'
import { bundleRefusal } from './check.ts'
import { itemAnswer, itemsAnswer } from './frames.ts'
import type { Items } from './items.ts'
import { unpackItem } from './package.ts'
import { openRecord } from './records.ts'
import { choose, newestFirst } from './semver.ts'
import type { FetchedItem, ItemPage, ItemQuery, ItemRef, ItemSummary, ItemVersion } from './types.ts'

export type CatalogueParts = {
  readonly items: Items
  readonly around: Around
  readonly isHub: boolean
  readonly bundles: Pick<Bundles, 'get' | 'pull'>
  readonly providers: (cid: string) => Promise<readonly NodeId[]>
}
type Told = { readonly record: ItemVersion['record']; readonly yank?: ItemVersion['record'] | undefined }
type Found = { readonly version: ItemVersion; readonly nodes: readonly NodeId[]; readonly fromHub: boolean }
type Gathered = { readonly found: readonly Found[]; readonly forged: number }

const no = (code: RefusalCode, params?: Params) =>
  ({ ok: false, refusal: { code, ...(params && { params }) } }) as const

/** Undefined when the owner did not sign it. */
function opened({ record, yank }: Told): ItemVersion | undefined {
  const item = openRecord('library-item', record)
  if (!item) return undefined
  const said = yank && openRecord('library-yank', yank)
  const isTheirs = said?.name === item.name && said.version === item.version && said.owner === item.owner
  return { item, record, ...(isTheirs && { yank: said, yankRecord: yank! }) }
}

export function createCatalogue({ items, around, isHub, bundles, providers }: CatalogueParts) {
  async function list(query: ItemQuery): Promise<ItemPage> {
    const limit = Math.min(query.limit ?? LIBRARY_PAGE_MAX, LIBRARY_PAGE_MAX)
    const { q, kind, after } = query
    const request = { op: 'items', limit, q, kind, after } as const
    const [own, { answered, silent }] = await Promise.all([
      items.page({ ...query, limit }),
      around.all(dropAbsent(request), itemsAnswer),
    ])
    const pages = [
      { items: own.items.map(({ proof: _, ...item }): ItemSummary => item), more: own.more },
      ...answered.map(({ answer }) => ({
        more: answer.more,
        items: answer.items.flatMap((told): ItemSummary[] => {
          const version = opened(told)
          return version && isAsked(version.item, query)
            ? [{ ...version.item, yanked: version.yank?.yanked ?? false, versions: told.versions ?? 1 }]
            : []
        }),
      })),
    ]
    // Beyond the last name of a page that goes on, that node may have names which are not known yet.
    const ends = pages.flatMap(({ items: listed, more }) => (more && listed.length > 0 ? [listed.at(-1)!.name] : []))
    const end = ends.sort()[0]
    const merged = [...mergedBy(pages.flatMap((page) => page.items)).values()]
      .filter(({ name }) => end === undefined || name <= end)
      .sort((a, b) => (a.name === b.name ? (a.owner < b.owner ? -1 : 1) : a.name < b.name ? -1 : 1))
    const page = merged.slice(0, limit)
    const isCut = merged.length > limit || end !== undefined
    return { items: page, silent, ...(isCut && page.length > 0 && { next: page.at(-1)!.name }) }
  }

  /** Every version of that name, here and around. */
  async function gather(name: string): Promise<Gathered> {
    const [own, { answered }] = await Promise.all([
      items.versions(name),
      around.all({ op: 'item', name }, itemAnswer),
    ])
    let forged = own.forged
    const found = new Map<string, Found>()
    const add = (version: ItemVersion, nodes: readonly NodeId[], fromHub: boolean) => {
      const key = `${version.item.owner} ${version.item.version} ${version.item.cid}`
      const before = found.get(key)
      found.set(key, {
        version: before ? later(before.version, version) : version,
        nodes: [...(before?.nodes ?? []), ...nodes],
        fromHub: fromHub || before?.fromHub === true,
      })
    }
    for (const version of own.good) add(version, [], isHub)
    for (const { node, isHub: fromHub, answer } of answered as readonly Answered<{ versions: readonly Told[] }>[])
      for (const told of answer.versions) {
        const version = opened(told)
        if (version?.item.name === name) add(version, [node], fromHub)
        else forged++
      }
    return { found: oneOfEach([...found.values()]), forged }
  }

  /** The versions of the one owner who is meant. */
  async function meant({ name, owner }: ItemRef): Promise<Result<Gathered>> {
    const { found, forged } = await gather(name)
    const fitting = owner === undefined ? found : found.filter(({ version }) => version.item.owner.startsWith(owner))
    if (fitting.length === 0)
      return forged > 0
        ? no('item_forged', { name, version: 'none', why: 'signature' })
        : no('no_such_item', { name })
    const owners = new Set(fitting.map(({ version }) => version.item.owner))
    if (owners.size === 1) return { ok: true, value: { found: fitting, forged } }
    // A hub gives a name to one owner; who has it elsewhere came later.
    const ofHub = fitting.find(({ fromHub }) => fromHub)?.version.item.owner
    const theirs = fitting.filter(({ version }) => version.item.owner === ofHub)
    if (ofHub !== undefined) return { ok: true, value: { found: theirs, forged } }
    return no('item_several', { name, owners: [...owners].map((each) => each.slice(0, 12)).join(', ') })
  }

  async function show(ref: ItemRef): Promise<Result<readonly ItemVersion[]>> {
    const found = await meant(ref)
    if (!found.ok) return found
    const versions = found.value.found.map(({ version }) => version)
    return { ok: true, value: versions.sort((a, b) => newestFirst(a.item.version, b.item.version)) }
  }

  async function fetch(ref: ItemRef): Promise<Result<FetchedItem>> {
    const found = await meant(ref)
    if (!found.ok) return found
    const chosen = choose(
      found.value.found.map((each) => ({
        ...each,
        found: each,
        version: each.version.item.version,
        yanked: each.version.yank?.yanked ?? false,
      })),
      ref.version,
    )?.found
    const wished = ref.version ?? 'none'
    if (!chosen && found.value.forged > 0)
      return no('item_forged', { name: ref.name, version: wished, why: 'signature' })
    if (!chosen) return no('no_such_version', { name: ref.name, version: wished })
    const { name, version, kind, cid, bytes } = chosen.version.item
    let bundle: Uint8Array
    try {
      bundle = (await bundles.get(cid)) ?? (await pull(cid, chosen.nodes))
    } catch (error) {
      return { ok: false, refusal: bundleRefusal(chosen.version.item, error) }
    }
    const files = bundle.length === bytes ? unpackItem(kind, bundle) : undefined
    if (!files) return no('item_forged', { name, version, why: 'package' })
    const wish = ref.version !== undefined && { wish: ref.version }
    return { ok: true, value: { version: chosen.version, files, bundle, ...wish } }
  }

  /** From those who told of it, then from whoever else has it. */
  async function pull(cid: string, nodes: readonly NodeId[]): Promise<Uint8Array> {
    const wish = { maxBytes: ITEM_BUNDLE_MAX_BYTES, owner: 'library', shared: true } as const
    try {
      return await bundles.pull(cid, nodes, wish)
    } catch (error) {
      const others = (await providers(cid)).filter((node) => !nodes.includes(node))
      if (others.length === 0) throw error
      return bundles.pull(cid, others, wish).catch((last: unknown) => {
        throw isDamaged(error) ? error : last
      })
    }
  }

  return { list, show, fetch }
}

/** A node may answer more than it was asked. */
const isAsked = ({ name, kind }: ItemSummary | ItemVersion['item'], query: ItemQuery): boolean =>
  (query.kind === undefined || kind === query.kind) && (query.after === undefined || name > query.after)

function mergedBy(all: readonly ItemSummary[]): ReadonlyMap<string, ItemSummary> {
  const merged = new Map<string, ItemSummary>()
  for (const item of all) {
    const key = `${item.name} ${item.owner}`
    const before = merged.get(key)
    const newer = before && newestFirst(before.version, item.version) <= 0 ? before : item
    merged.set(key, { ...newer, versions: Math.max(before?.versions ?? 0, item.versions) })
  }
  return merged
}

const later = (a: ItemVersion, b: ItemVersion): ItemVersion =>
  (b.yank?.atMs ?? 0) > (a.yank?.atMs ?? 0) ? { ...a, yank: b.yank!, yankRecord: b.yankRecord! } : a

/** Versions do not change. Where an owner signed two of one number, the hub's counts, and else the earlier. */
function oneOfEach(all: readonly Found[]): readonly Found[] {
  const byVersion = Map.groupBy(all, ({ version }) => `${version.item.owner} ${version.item.version}`)
  return [...byVersion.values()].map(
    (same) =>
      same.find(({ fromHub }) => fromHub) ?? same.toSorted((a, b) => a.version.item.atMs - b.version.item.atMs)[0]!,
  )
}

const dropAbsent = <T extends object>(request: T): T =>
  Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) as T
