/** Shared workspaces: which of them a node may see, what others around share, and what a hub keeps of those that are shared with the world. */
import type { Result } from '../agents/types.ts'
import type { Bundles } from '../bundles/types.ts'
import type { Signed } from '../lib/signed.ts'
import { LIBRARY_PAGE_MAX, SHARED_PER_OWNER_MAX, WORKSPACE_BUNDLE_MAX_BYTES } from '../limits.ts'
import type { Caller, NodeId } from '../link/types.ts'
import type { Params } from '../protocol/ids.ts'
import type { RefusalCode } from '../protocol/refusals.ts'
import type { Around } from './around.ts'
import { sharesAnswer } from './frames.ts'
import { unpackWorkspace } from './package.ts'
import { openRecord, packSigned, unpackSigned } from './records.ts'
import { secretsIn } from './secrets.ts'
import type { ShareStore, WorkspaceStore } from './store.ts'
import type { Share, SharePage, ShareRecord } from './types.ts'

export type SharesParts = {
  readonly own: Pick<WorkspaceStore, 'shared'>
  readonly others: ShareStore
  readonly bundles: Pick<Bundles, 'pull' | 'pin' | 'unpin'>
  readonly around: Around
  readonly isHub: boolean
  readonly self: NodeId
}
export type Shares = ReturnType<typeof createShares>

const no = (code: RefusalCode, params?: Params) =>
  ({ ok: false, refusal: { code, ...(params && { params }) } }) as const
const pinOf = (id: string) => `shared ${id}`

export const openShare = (signed: Signed): ShareRecord | undefined => openRecord('workspace-share', signed)

const words = ({ name, by, projects }: ShareRecord): string =>
  [name, by.name, ...projects.map((project) => project.name)].join('\n').toLowerCase()

export function createShares({ own, others, bundles, around, isHub, self }: SharesParts) {
  const opened = (packed: Uint8Array | undefined): Share | undefined => {
    const record = packed && unpackSigned(packed)
    const share = record && openShare(record)
    return share && { share, record }
  }

  const here = async (): Promise<readonly Share[]> =>
    (await own.shared()).flatMap(({ record }) => opened(record) ?? [])
  async function kept(q: string | undefined): Promise<readonly Share[]> {
    if (!isHub) return []
    return (await others.list({ limit: LIBRARY_PAGE_MAX, ...(q && { q }) })).flatMap(
      ({ record }) => opened(record) ?? [],
    )
  }

  /** Those on the local network see what is shared there; with the world, whoever was admitted to the network. */
  const maySee = ({ node, reach: near, role, owner }: Caller, { reach, owner: sharer }: ShareRecord): boolean =>
    near === 'lan' || owner === sharer || (reach === 'world' && (role !== undefined || around.hubs().includes(node)))

  async function seenBy(caller: Caller, q: string | undefined, limit: number): Promise<readonly Share[]> {
    const asked = q?.toLowerCase() ?? ''
    const all = [...(await here()), ...(await kept(q))]
    // A hub passes on what was given to the world, and not what its neighbours share among themselves.
    return all.filter(({ share }) => maySee(caller, share) && words(share).includes(asked)).slice(0, limit)
  }

  type Seen = Share & { readonly nodes: readonly NodeId[] }

  async function gather(request: { q?: string; limit: number } | { id: string }) {
    const { answered, silent } = await around.all(
      'id' in request
        ? { op: 'find-share', id: request.id }
        : { op: 'shares', limit: request.limit, ...(request.q && { q: request.q }) },
      sharesAnswer,
    )
    const local = 'id' in request ? await withId(request.id) : [...(await here()), ...(await kept(request.q))]
    const seen = new Map<string, Seen>()
    const add = (one: Share, node: NodeId | undefined) => {
      const key = `${one.share.owner} ${one.share.id}`
      const before = seen.get(key)
      const newer = before && before.share.atMs >= one.share.atMs ? before : one
      const nodes = before?.share.cid === newer.share.cid ? before.nodes : []
      seen.set(key, { ...newer, nodes: node && one.share.cid === newer.share.cid ? [...nodes, node] : nodes })
    }
    for (const one of local) add(one, undefined)
    for (const { node, answer } of answered)
      for (const { record } of answer.shares) {
        const share = openShare(record)
        // What is shared on the local network is believed of the node that shares it alone.
        if (share && (share.reach === 'world' || share.node === node)) add({ share, record }, node)
      }
    return { seen: [...seen.values()], silent }
  }

  async function list({ q, limit = LIBRARY_PAGE_MAX }: { q?: string; limit?: number }): Promise<SharePage> {
    const { seen, silent } = await gather({ limit: Math.min(limit, LIBRARY_PAGE_MAX), ...(q && { q }) })
    const asked = q?.toLowerCase() ?? ''
    const shares = seen.map(({ share }) => share).filter((share) => words(share).includes(asked))
    return { shares: shares.sort((a, b) => b.atMs - a.atMs).slice(0, limit), silent }
  }

  /** By id, or by a name that only one of them has. */
  async function find(
    wanted: string,
  ): Promise<Result<{ readonly share: ShareRecord; readonly nodes: readonly NodeId[] }>> {
    const { seen } = wanted.startsWith('workspace_')
      ? await gather({ id: wanted })
      : await gather({ q: wanted, limit: LIBRARY_PAGE_MAX })
    const key = wanted.toLowerCase()
    const fitting = seen.filter(({ share }) => share.id === wanted || share.name.toLowerCase() === key)
    const [one, ...more] = fitting
    if (!one) return no('no_such_share', { name: wanted.slice(0, 80) })
    if (more.length > 0)
      return no('share_several', {
        name: wanted.slice(0, 80),
        choices: fitting.map(({ share }) => `${share.id} (${share.by.name})`).join(', '),
      })
    const nodes = [...new Set([...one.nodes, one.share.node])].filter((node) => node !== self)
    return { ok: true, value: { share: one.share, nodes } }
  }

  async function mayServe(caller: Caller, cid: string): Promise<boolean> {
    const local = await here()
    const shared = isHub ? (await others.byCid(cid)).flatMap(({ record }) => opened(record) ?? []) : []
    return [...local, ...shared].some(({ share }) => share.cid === cid && maySee(caller, share))
  }

  /** A node tells this hub of what it shares with the world; the hub keeps a copy, so that it can be had while that node sleeps. */
  async function take(record: Signed, caller: Caller): Promise<Result<unknown>> {
    const share = openShare(record)
    if (!share || share.owner !== caller.owner || share.node !== caller.node || share.reach !== 'world')
      return no('workspace_forged', { name: share?.name ?? '' })
    const before = await others.get(share.id)
    if (before && before.owner !== share.owner) return no('workspace_forged', { name: share.name })
    if (before && before.atMs >= share.atMs) return { ok: true, value: undefined }
    if (!before && (await others.count(share.owner)) >= SHARED_PER_OWNER_MAX)
      return no('share_limit', { max: SHARED_PER_OWNER_MAX })
    let bytes: Uint8Array
    try {
      const wish = { maxBytes: WORKSPACE_BUNDLE_MAX_BYTES, owner: `library ${share.owner}`, shared: true } as const
      bytes = await bundles.pull(share.cid, [caller.node], wish)
    } catch (error) {
      return no('item_unreachable', { name: share.name, why: (error as Error).message })
    }
    const content = bytes.length === share.bytes ? unpackWorkspace(bytes) : undefined
    if (!content) return no('workspace_forged', { name: share.name })
    const secrets = content.projects.flatMap(({ name, files }) => secretsIn(files).map((place) => `${name}/${place}`))
    if (secrets.length > 0) return no('workspace_secret', { places: secrets.slice(0, 10).join('\n') })
    await bundles.pin(share.cid, pinOf(share.id))
    const { id, owner, node, cid, atMs } = share
    await others.put({ id, owner, node, cid, atMs, words: words(share), record: packSigned(record) })
    if (before && before.cid !== cid) await bundles.unpin(before.cid, pinOf(id))
    return { ok: true, value: undefined }
  }

  async function drop(record: Signed, caller: Caller): Promise<Result<unknown>> {
    const gone = openRecord('workspace-unshare', record)
    if (!gone || gone.owner !== caller.owner) return no('workspace_forged', { name: '' })
    const before = await others.get(gone.id)
    if (!before) return { ok: true, value: undefined }
    if (before.owner !== gone.owner) return no('workspace_forged', { name: '' })
    await others.remove(gone.id)
    await bundles.unpin(before.cid, pinOf(gone.id))
    return { ok: true, value: undefined }
  }

  async function withId(id: string): Promise<readonly Share[]> {
    const kept = isHub ? opened((await others.get(id))?.record) : undefined
    return [...(await here()).filter(({ share }) => share.id === id), ...(kept ? [kept] : [])]
  }
  const one = async (caller: Caller, id: string): Promise<readonly Share[]> =>
    (await withId(id)).filter(({ share }) => maySee(caller, share))

  return { list, find, seenBy, one, mayServe, take, drop, packed: packSigned }
}
