/** Items as this node has them: published by its people, and on a hub by others; each with its owner's signature, which is checked whenever it is read. */
import type { Result } from '../agents/types.ts'
import type { Bundles } from '../bundles/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { SigningKey } from '../lib/ed25519.ts'
import { createInTurn } from '../lib/in-turn.ts'
import type { Signed } from '../lib/signed.ts'
import {
  ITEM_BUNDLE_MAX_BYTES,
  ITEM_VERSIONS_MAX,
  ITEMS_PER_OWNER_MAX,
  LIBRARY_NAMES_MAX,
  LIBRARY_PAGE_MAX,
} from '../limits.ts'
import type { Caller, OwnerId } from '../link/types.ts'
import type { Params } from '../protocol/ids.ts'
import type { RefusalCode } from '../protocol/refusals.ts'
import type { Around } from './around.ts'
import { bundleRefusal, type Compile, packageRefusal, problemsIn } from './check.ts'
import { packItem, unpackItem } from './package.ts'
import { openRecord, packSigned, signRecord, unpackSigned } from './records.ts'
import { choose } from './semver.ts'
import type { ItemStore, NameRow, VersionRow } from './store.ts'
import type { ItemDraft, ItemQuery, ItemRecord, ItemState, ItemSummary, ItemVersion, Publisher } from './types.ts'

export type ItemsParts = {
  readonly store: ItemStore
  readonly bundles: Pick<Bundles, 'put' | 'get' | 'pull' | 'pin' | 'unpin'>
  readonly ownerKey: SigningKey
  readonly owner: OwnerId
  readonly isHub: boolean
  readonly around: Around
  readonly compile: Compile
  readonly clock: Clock
  /** Says on the DHT that this node has a bundle; fails in silence. */
  readonly provide: (cid: string) => void
}
export type OwnPage = {
  readonly items: readonly (ItemSummary & { readonly proof: ItemVersion })[]
  readonly more: boolean
}
export type Items = ReturnType<typeof createItems>

/** On whose account bundles of the library are kept. */
const KEEPER = 'library'
const pinOf = ({ name, version }: Pick<ItemRecord, 'name' | 'version'>) => `library ${name} ${version}`

const no = (code: RefusalCode, params?: Params) =>
  ({ ok: false, refusal: { code, ...(params && { params }) } }) as const

export function createItems(parts: ItemsParts) {
  const { store, bundles, ownerKey, owner, isHub, around, compile, clock, provide } = parts
  const inTurn = createInTurn<string>()

  /** What a row says, as far as its owner signed it. */
  function versionOf(row: VersionRow): ItemVersion | undefined {
    const record = unpackSigned(row.record)
    const item = record && openRecord('library-item', record)
    if (!item || item.name !== row.name || item.version !== row.version) return undefined
    const yankRecord = row.yank && unpackSigned(row.yank)
    const yank = yankRecord && openRecord('library-yank', yankRecord)
    return {
      item,
      record,
      state: row.state,
      ...(row.why !== undefined && { why: row.why }),
      ...(yank?.owner === item.owner && { yank, yankRecord }),
    }
  }

  async function page({ q, kind, after, limit = LIBRARY_PAGE_MAX }: ItemQuery): Promise<OwnPage> {
    const names = await store.names({
      limit: limit + 1,
      ...(q && { q }),
      ...(kind && { kind }),
      ...(after !== undefined && { after }),
    })
    const rows = Map.groupBy(await store.versions(names.map(({ name }) => name)), ({ name }) => name)
    const items = names.slice(0, limit).flatMap(({ name }) => {
      const versions = rows.get(name) ?? []
      const newest = choose(versions) ?? choose(versions.map((each) => ({ ...each, yanked: false })))
      const proof = newest && versionOf(newest)
      return proof ? [{ ...proof.item, yanked: proof.yank?.yanked ?? false, versions: versions.length, proof }] : []
    })
    return { items, more: names.length > limit }
  }

  async function versions(name: string): Promise<{ readonly good: readonly ItemVersion[]; readonly forged: number }> {
    const rows = await store.versions([name])
    const good = rows.flatMap((row) => versionOf(row) ?? [])
    return { good, forged: rows.length - good.length }
  }

  type Put = { readonly item: ItemRecord; readonly record: Signed; readonly state: ItemState }

  async function insert({ item, record, state }: Put): Promise<Result<{ readonly isNew: boolean }>> {
    const { name, version, kind, title, summary } = item
    const known = await store.name(name)
    if (!known && (await store.countNames(item.owner)) >= ITEMS_PER_OWNER_MAX)
      return no('item_limit', { what: 'names', max: ITEMS_PER_OWNER_MAX })
    if (!known && (await store.countNames()) >= LIBRARY_NAMES_MAX)
      return no('item_limit', { what: 'library', max: LIBRARY_NAMES_MAX })
    if (known && known.kind !== kind) return no('item_kind', { name, kind: known.kind })
    if (known && (await store.versions([name])).length >= ITEM_VERSIONS_MAX)
      return no('item_limit', { what: 'versions', max: ITEM_VERSIONS_MAX })
    const row: NameRow = {
      name,
      owner: item.owner,
      publisher: item.publisher.id,
      kind,
      words: [name, title.en, title.ru, summary.en, summary.ru].join('\n').toLowerCase(),
      claimedAtMs: clock.now(),
    }
    const put = await store.insert(row, {
      name,
      version,
      owner: item.owner,
      cid: item.cid,
      bytes: item.bytes,
      publishedAtMs: item.atMs,
      record: packSigned(record),
      yanked: false,
      state,
    })
    if (put.name.owner !== item.owner || put.name.publisher !== item.publisher.id)
      return no('item_name_taken', { name, owner: put.name.owner.slice(0, 12) })
    return { ok: true, value: { isNew: put.isNew } }
  }

  /** The version of that very content that is here already, or why there cannot be another. */
  async function standing(item: Pick<ItemRecord, 'name' | 'version' | 'owner' | 'cid' | 'publisher'>) {
    const known = await store.name(item.name)
    if (known && (known.owner !== item.owner || known.publisher !== item.publisher.id))
      return no('item_name_taken', { name: item.name, owner: known.owner.slice(0, 12) })
    const row = (await store.versions([item.name])).find(({ version }) => version === item.version)
    if (!row) return undefined
    const found = versionOf(row)
    if (found?.item.cid !== item.cid) return no('item_version_exists', { name: item.name, version: item.version })
    return { ok: true, value: found } as const
  }

  async function publish(by: Publisher, draft: ItemDraft): Promise<Result<ItemVersion>> {
    const { name, version, kind, title, summary, files } = draft
    const refused = packageRefusal(kind, files)
    if (refused) return { ok: false, refusal: refused }
    const problems = await problemsIn(draft, compile)
    if (problems.length > 0) return no('bad_item', { name, problems: problems.join('\n') })
    return inTurn(name, async () => {
      const bytes = packItem(kind, files)
      const cid = await bundles.put('item', bytes, { owner: KEEPER })
      const item: ItemRecord = {
        name,
        version,
        owner,
        kind,
        cid,
        bytes: bytes.length,
        title,
        summary,
        publisher: by,
        atMs: clock.now(),
      }
      const known = await standing(item)
      if (known) return known
      const record = signRecord('library-item', item, ownerKey)
      await bundles.pin(cid, pinOf(item))
      const put = await insert({ item, record, state: isHub ? 'listed' : 'pending' })
      if (!put.ok) {
        await bundles.unpin(cid, pinOf(item))
        return put
      }
      provide(cid)
      const told = await tellOne({ item, record })
      if (told && told.state === 'refused') {
        await store.remove(name, version)
        await bundles.unpin(cid, pinOf(item))
        return { ok: false, refusal: told.refusal }
      }
      return { ok: true, value: { item, record, state: told?.state ?? (isHub ? 'listed' : 'pending') } }
    })
  }

  type Told =
    | { readonly state: 'listed' }
    | { readonly state: 'refused'; readonly refusal: { readonly code: RefusalCode; readonly params?: Params } }

  /** Tells the hub of a version and of whether it is withdrawn; undefined when no hub could be told. */
  async function tellOne({
    record,
    yankRecord,
  }: Pick<ItemVersion, 'item' | 'record' | 'yankRecord'>): Promise<Told | undefined> {
    if (isHub) return undefined
    for (const request of [
      { op: 'publish', record } as const,
      ...(yankRecord ? [{ op: 'yank', record: yankRecord } as const] : []),
    ]) {
      const said = await around.tell(request)
      if (!said) return undefined
      if (!said.done)
        return {
          state: 'refused',
          refusal: { code: said.refused ?? 'internal', ...(said.params && { params: said.params }) },
        }
    }
    return { state: 'listed' }
  }

  async function yank(
    by: Publisher,
    name: string,
    version: string,
    yanked: boolean,
    why: string,
  ): Promise<Result<ItemVersion>> {
    return inTurn(name, async () => {
      const row = (await store.versions([name])).find((each) => each.version === version)
      const known = await store.name(name)
      if (!row || !known || row.owner !== owner) return no('no_such_version', { name, version })
      if (known.publisher !== by.id) return no('item_name_taken', { name, owner: owner.slice(0, 12) })
      const before = versionOf(row)
      if (!before) return no('item_forged', { name, version, why: 'signature' })
      const atMs = Math.max(clock.now(), (before.yank?.atMs ?? 0) + 1)
      const body = { name, version, owner, yanked, why, atMs }
      const yankRecord = signRecord('library-yank', body, ownerKey)
      await store.setYank(name, version, packSigned(yankRecord), yanked)
      if (!isHub) await store.setState(name, version, 'pending')
      const told = await tellOne({ ...before, yankRecord })
      if (told)
        await store.setState(name, version, told.state, told.state === 'refused' ? told.refusal.code : undefined)
      return { ok: true, value: versionOf((await store.versions([name])).find((each) => each.version === version)!)! }
    })
  }

  /** Whatever no hub has heard of yet. */
  async function tellPending(): Promise<void> {
    if (isHub || around.hubs().length === 0) return
    for (const row of await store.pending(LIBRARY_PAGE_MAX))
      await inTurn(row.name, async () => {
        const version = versionOf(row)
        if (!version) return store.setState(row.name, row.version, 'refused', 'item_forged')
        const told = await tellOne(version)
        if (told)
          await store.setState(
            row.name,
            row.version,
            told.state,
            told.state === 'refused' ? told.refusal.code : undefined,
          )
      })
  }

  /** A node tells this hub of a version. It is looked through here as it was there. */
  async function take(record: Signed, caller: Caller): Promise<Result<unknown>> {
    const item = openRecord('library-item', record)
    if (!item || item.owner !== caller.owner)
      return no('item_forged', { name: item?.name ?? '', version: item?.version ?? '', why: 'signature' })
    return inTurn(item.name, async () => {
      const known = await standing(item)
      if (known) return known
      const { name, version, kind, cid, bytes } = item
      let bundle: Uint8Array
      try {
        bundle = await bundles.pull(cid, [caller.node], {
          maxBytes: ITEM_BUNDLE_MAX_BYTES,
          owner: `library ${item.owner}`,
          shared: true,
        })
      } catch (error) {
        return { ok: false, refusal: bundleRefusal(item, error) }
      }
      const files = bundle.length === bytes ? unpackItem(kind, bundle) : undefined
      if (!files) return no('item_forged', { name, version, why: 'package' })
      const problems = await problemsIn({ name, kind, files }, compile)
      if (problems.length > 0) return no('bad_item', { name, problems: problems.join('\n') })
      await bundles.pin(cid, pinOf(item))
      const put = await insert({ item, record, state: 'listed' })
      if (!put.ok) await bundles.unpin(cid, pinOf(item))
      else provide(cid)
      return put
    })
  }

  async function takeYank(record: Signed, caller: Caller): Promise<Result<unknown>> {
    const yanking = openRecord('library-yank', record)
    if (!yanking || yanking.owner !== caller.owner)
      return no('item_forged', { name: '', version: '', why: 'signature' })
    const { name, version } = yanking
    return inTurn(name, async () => {
      const row = (await store.versions([name])).find((each) => each.version === version)
      const before = row && versionOf(row)
      if (!before || before.item.owner !== yanking.owner) return no('no_such_item', { name })
      if ((before.yank?.atMs ?? 0) < yanking.atMs)
        await store.setYank(name, version, packSigned(record), yanking.yanked)
      return { ok: true, value: undefined }
    })
  }

  return { page, versions, publish, yank, tellPending, take, takeYank, idle: inTurn.idle }
}
