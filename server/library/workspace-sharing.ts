/** Workspaces on their way out: packed as they are at a moment and without secrets, signed, told to a hub, and taken back. */
import { WORKSPACE_BUNDLE_MAX_BYTES } from '../limits.ts'
import type { PlayerId } from '../protocol/ids.ts'
import { forSharing } from './environment.ts'
import { packWorkspace } from './package.ts'
import { signRecord, unpackSigned } from './records.ts'
import { secretsIn } from './secrets.ts'
import type { WorkspaceRow } from './store.ts'
import type { Adapted, Environment, Publisher, SharedReach, Workspaces } from './types.ts'
import { isTest, KEEPER, no, ok, type WorkspaceDesk, type WorkspacesParts } from './workspace-desk.ts'

/** Whose row waits for a hub to be told that nothing is shared any more; no person is called so. */
export const NOBODY = 'nobody'
const pinOf = (id: string) => `workspace ${id}`

export function createWorkspaceSharing(parts: WorkspacesParts, desk: WorkspaceDesk) {
  const { store, shares, bundles, ownerKey, owner: ownerId, self, isHub, around, clock, api } = parts
  const { changing, contentOf, infoOf, inTurn, shareOf } = desk

  /** What goes out: no secret, and nothing that looks like one. */
  async function outgoing(row: WorkspaceRow) {
    const content = await contentOf(row)
    if (!content.ok) return content
    if (content.value.projects.length === 0) return no('workspace_empty', { name: row.name })
    const left: Adapted[] = []
    const found: string[] = []
    const going = content.value.projects.map(({ name, environment, files }) => {
      const cleared = forSharing(name, environment)
      left.push(...cleared.left)
      found.push(...secretsIn(files).map((place) => `${name}/${place}`))
      found.push(...secretsIn(settingsText(cleared.environment)).map((place) => `${name}: ${place.split(':')[0]}`))
      return { name, environment: cleared.environment, files }
    })
    if (found.length > 0) return no('workspace_secret', { places: found.slice(0, 10).join('\n') })
    const bytes = packWorkspace({ name: row.name, projects: going })
    if (bytes.length > WORKSPACE_BUNDLE_MAX_BYTES)
      return no('workspace_too_big', { kb: Math.ceil(bytes.length / 1024), maxKb: WORKSPACE_BUNDLE_MAX_BYTES / 1024 })
    return ok({ bytes, going, left })
  }

  async function share(by: Publisher, id: string, reach: SharedReach): ReturnType<Workspaces['share']> {
    return changing(by.id as PlayerId, id, async (row) => {
      const out = await outgoing(row)
      if (!out.ok) return out
      const { bytes, going, left } = out.value
      const cid = await bundles.put('workspace', bytes, { owner: KEEPER })
      await bundles.pin(cid, pinOf(row.id))
      const record = signRecord(
        'workspace-share',
        {
          id: row.id,
          owner: ownerId,
          node: self,
          name: row.name,
          by,
          reach,
          cid,
          bytes: bytes.length,
          api,
          projects: going.map(({ name, files }) => ({
            name,
            files: Object.keys(files).length,
            tests: Object.keys(files).filter(isTest).length,
          })),
          atMs: Math.max(clock.now(), (shareOf(row)?.atMs ?? 0) + 1),
        },
        ownerKey,
      )
      // A hub that knows of it, or may, is told when less is shared as well.
      const untold = !isHub && (reach === 'world' || row.reach === 'world' || row.untold)
      const next: WorkspaceRow = { ...row, reach, cid, record: shares.packed(record), untold }
      await store.save(next)
      if (row.cid !== undefined && row.cid !== cid) await bundles.unpin(row.cid, pinOf(row.id))
      const told = await tellOne(next)
      if (told && told.state === 'refused') {
        await store.save({ ...row, untold: false })
        if (row.cid !== cid) await bundles.unpin(cid, pinOf(row.id))
        if (row.cid !== undefined && row.cid !== cid) await bundles.pin(row.cid, pinOf(row.id)).catch(() => {})
        return { ok: false, refusal: told.refusal }
      }
      return ok({ info: await infoOf((await store.get(row.id))!), left })
    })
  }

  /** Undefined when no hub could be told. */
  async function tellOne(row: WorkspaceRow) {
    if (!row.untold) return undefined
    const signed = row.reach === 'world' && row.record ? unpackSigned(row.record) : undefined
    const said = await around.tell(
      signed
        ? { op: 'share', record: signed }
        : {
            op: 'unshare',
            record: signRecord('workspace-unshare', { id: row.id, owner: ownerId, atMs: clock.now() }, ownerKey),
          },
    )
    if (!said) return undefined
    if (!said.done)
      return {
        state: 'refused',
        refusal: { code: said.refused ?? ('internal' as const), ...(said.params && { params: said.params }) },
      } as const
    if (row.owner === NOBODY) await store.remove(row.id)
    else await store.save({ ...row, untold: false })
    return { state: 'told' } as const
  }

  async function withdrawn(row: WorkspaceRow): Promise<WorkspaceRow> {
    const { reach, cid, record: _, ...rest } = row
    const next: WorkspaceRow = { ...rest, untold: !isHub && (row.untold || reach === 'world') }
    await store.save(next)
    if (cid !== undefined) await bundles.unpin(cid, pinOf(row.id))
    await tellOne(next)
    return (await store.get(row.id)) ?? next
  }

  async function tellUntold(): Promise<void> {
    if (isHub || around.hubs().length === 0) return
    for (const { id, owner } of await store.untold())
      await inTurn(owner, async () => {
        const row = await store.get(id)
        const told = row && (await tellOne(row))
        // What a hub will not list is still shared on the local network, and the person sees that nobody else has it.
        if (row && told?.state === 'refused')
          await store.save({ ...row, reach: row.reach ? 'lan' : undefined, untold: false } as WorkspaceRow)
      })
  }

  return { share, withdrawn, tellUntold }
}

const settingsText = ({ settings }: Environment): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(settings).map(([name, { value }]) => [name, `${name} = "${value}"`]))
