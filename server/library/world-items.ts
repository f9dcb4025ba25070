/** Items that are part of this node's world: kept in the database as one row each, laid over the world's own files, read by the world's own loader. */
import { decode, encode } from '@ipld/dag-cbor'
import type { Result } from '../agents/types.ts'
import type { WorldDef } from '../engine/types.ts'
import type { Clock } from '../lib/clock.ts'
import { createInTurn } from '../lib/in-turn.ts'
import { ITEM_PROBLEMS_SHOWN, WORLD_ITEMS_MAX } from '../limits.ts'
import type { Params } from '../protocol/ids.ts'
import type { RefusalCode } from '../protocol/refusals.ts'
import { buildWorld } from '../world/load.ts'
import { formatProblem, type Problem } from '../world/problems.ts'
import { inOrder, inZone } from './check.ts'
import { packSigned } from './records.ts'
import { goesBack } from './semver.ts'
import type { WorldItemRow, WorldItemStore } from './store.ts'
import type { FetchedItem, Files, Publisher, WorldItem } from './types.ts'

export type WorldItemsParts = {
  readonly store: WorldItemStore
  /** The world's own files as they are on disk now, or what is wrong with them. */
  readonly ownFiles: () => Promise<{
    readonly files: ReadonlyMap<string, string>
    readonly problems: readonly Problem[]
  }>
  readonly clock: Clock
  readonly log: { warn(fields: object, message: string): void }
}
export type BuiltWorld =
  | { readonly ok: true; readonly world: WorldDef }
  | { readonly ok: false; readonly problems: readonly string[] }
/** Swaps a world in with people inside; throws when it cannot. */
export type Reload = (world: WorldDef) => Promise<void>
export type WorldItems = Awaited<ReturnType<typeof openWorldItems>>

const no = (code: RefusalCode, params?: Params) =>
  ({ ok: false, refusal: { code, ...(params && { params }) } }) as const
const filesOf = (row: WorldItemRow): Files => decode(row.files) as Files
const keyOf = ({ zone, name }: Pick<WorldItemRow, 'zone' | 'name'>) => `${zone} ${name}`

export async function openWorldItems({ store, ownFiles, clock, log }: WorldItemsParts) {
  const inTurn = createInTurn<'world'>()
  let rows = await store.list()
  let left = new Map<string, readonly string[]>()
  let reload: Reload | undefined

  type Base = Awaited<ReturnType<typeof ownFiles>>

  function builtWith(base: Base, wanted: readonly WorldItemRow[]): BuiltWorld {
    if (base.problems.length > 0) return { ok: false, problems: base.problems.map(formatProblem) }
    const items = wanted.flatMap((row) => inZone(row.zone, row.name, filesOf(row), row.place))
    const loaded = buildWorld(inOrder([...base.files, ...items]))
    return loaded.ok ? { ok: true, world: loaded.world } : { ok: false, problems: loaded.problems.map(formatProblem) }
  }

  /**
   * The world with its items. Where its own files have changed so that an item no longer fits, that item is left out and the world goes on
   * without it; when the files themselves are wrong, the answer says so.
   */
  async function build(): Promise<BuiltWorld> {
    const base = await ownFiles()
    const whole = builtWith(base, rows)
    if (whole.ok) {
      left = new Map()
      return whole
    }
    let built = builtWith(base, [])
    if (!built.ok) return built
    const fitting: WorldItemRow[] = []
    const leftNow = new Map<string, readonly string[]>()
    for (const row of rows) {
      const next = builtWith(base, [...fitting, row])
      if (next.ok) {
        fitting.push(row)
        built = next
      } else leftNow.set(keyOf(row), next.problems.slice(0, ITEM_PROBLEMS_SHOWN))
    }
    for (const [item, problems] of leftNow) log.warn({ item, problems }, 'an installed item no longer fits the world')
    left = leftNow
    return built
  }

  const shown = (row: WorldItemRow): WorldItem => {
    const { record: _, files: _files, ...item } = row
    const problems = left.get(keyOf(row))
    return { ...item, ...(problems && { problems }) }
  }

  /** The world as it would be with other rows: tried, written, swapped in. Nothing has changed until it is written, and then all has. */
  async function change(
    next: readonly WorldItemRow[],
    {
      fresh,
      write,
      undo,
      refuse,
    }: {
      fresh?: WorldItemRow
      write(): Promise<void>
      undo(): Promise<void>
      refuse(problems: readonly string[]): Result<never>
    },
  ): Promise<Result<undefined>> {
    const base = await ownFiles()
    const standing = next.filter((row) => row === fresh || !left.has(keyOf(row)))
    const built = builtWith(base, standing)
    if (!built.ok) return refuse(built.problems.slice(0, ITEM_PROBLEMS_SHOWN))
    await write()
    try {
      await reload?.(built.world)
    } catch (error) {
      await undo()
      return refuse([(error as Error).message])
    }
    rows = next
    if (fresh) left.delete(keyOf(fresh))
    return { ok: true, value: undefined }
  }

  return {
    build,
    /** Changes are shown to the people inside from then on. */
    onReload(swap: Reload): void {
      reload = swap
    },
    /** The world's own files have changed: everything is read again and swapped in. */
    readAgain: () =>
      inTurn('world', async (): Promise<BuiltWorld> => {
        const built = await build()
        if (built.ok) await reload?.(built.world)
        return built
      }),
    list: (): readonly WorldItem[] => rows.map(shown),

    install: (
      by: Publisher,
      fetched: FetchedItem,
      { zone, place }: { zone: string; place?: string },
    ): Promise<Result<WorldItem>> =>
      inTurn('world', async () => {
        const { item, record } = fetched.version
        if (item.kind !== 'entity') return no('item_kind', { name: item.name, kind: item.kind })
        const base = await ownFiles()
        if (base.problems.length === 0 && !base.files.has(`zones/${zone}/zone.yaml`))
          return no('no_such_zone', { zone: zone.slice(0, 60) })
        const before = rows.find((each) => each.zone === zone && each.name === item.name)
        if (before && before.owner !== item.owner)
          return no('item_other_owner', { name: item.name, owner: before.owner.slice(0, 12) })
        if (before && goesBack(before.version, item.version, fetched.wish))
          return no('item_older', { name: item.name, version: item.version, installed: before.version })
        if (!before && rows.length >= WORLD_ITEMS_MAX) return no('world_items_limit', { max: WORLD_ITEMS_MAX })
        const where = place ?? before?.place
        if (
          before?.cid === item.cid &&
          before.version === item.version &&
          before.place === where &&
          !left.has(keyOf(before))
        )
          return { ok: true, value: shown(before) }
        const row: WorldItemRow = {
          zone,
          name: item.name,
          version: item.version,
          owner: item.owner,
          cid: item.cid,
          ...(where !== undefined && { place: where }),
          record: packSigned(record),
          files: encode(fetched.files),
          installedBy: by.name,
          installedAtMs: before?.installedAtMs ?? clock.now(),
        }
        const done = await change([...rows.filter((each) => each !== before), row].sort(byTime), {
          fresh: row,
          write: () => store.put(row),
          undo: () => (before ? store.put(before) : store.remove(zone, item.name)),
          refuse: (problems) => no('item_clash', { name: item.name, problems: problems.join('\n') }),
        })
        return done.ok ? { ok: true, value: shown(row) } : done
      }),

    remove: (zone: string, name: string): Promise<Result<WorldItem>> =>
      inTurn('world', async () => {
        const row = rows.find((each) => each.zone === zone && each.name === name)
        if (!row) return no('item_not_installed', { name: name.slice(0, 60) })
        const gone = shown(row)
        const done = await change(
          rows.filter((each) => each !== row),
          {
            write: () => store.remove(zone, name),
            undo: () => store.put(row),
            refuse: (problems) => no('item_clash', { name, problems: problems.join('\n') }),
          },
        )
        return done.ok ? { ok: true, value: gone } : done
      }),
  }
}

const byTime = (a: WorldItemRow, b: WorldItemRow): number => a.installedAtMs - b.installedAtMs
