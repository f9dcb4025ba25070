/** What other nodes ask of this one's library, and what a hub is told by them. */
import type { Result } from '../agents/types.ts'
import type { Caller, Frame, Wire } from '../link/types.ts'
import { LIBRARY_PROTOCOL, type LibraryRequest, libraryRequest } from './frames.ts'
import type { Items } from './items.ts'
import type { Shares } from './shares.ts'

export function serveLibrary(
  wire: Pick<Wire, 'serve'>,
  { items, shares, isHub }: { readonly items: Items; readonly shares: Shares; readonly isHub: boolean },
): void {
  wire.serve(LIBRARY_PROTOCOL, async (frame, caller): Promise<Frame> => {
    const parsed = libraryRequest.safeParse(frame)
    return parsed.success ? answer(parsed.data, caller) : { error: 'E_MALFORMED' }
  })

  /** Only nodes that were admitted, and whose owner is known, are heard by a hub. */
  async function told(caller: Caller, take: () => Promise<Result<unknown>>): Promise<Frame> {
    if (!isHub) return { error: 'E_UNSUPPORTED' }
    if (caller.role === undefined || caller.owner === undefined) return { error: 'E_NOT_ADMITTED' }
    const result = await take()
    if (result.ok) return { done: true }
    const { code, params } = result.refusal
    return { done: false, refused: code, ...(params && { params }) }
  }

  async function answer(request: LibraryRequest, caller: Caller): Promise<Frame> {
    switch (request.op) {
      case 'items': {
        const { items: page, more } = await items.page(request)
        return {
          items: page.map(({ versions, proof: { record, yankRecord } }) => ({
            record,
            versions,
            ...(yankRecord && { yank: yankRecord }),
          })),
          more,
        }
      }
      case 'item': {
        const { good } = await items.versions(request.name)
        return {
          versions: good.map(({ record, yankRecord }) => ({ record, ...(yankRecord && { yank: yankRecord }) })),
        }
      }
      case 'shares':
        return { shares: (await shares.seenBy(caller, request.q, request.limit)).map(({ record }) => ({ record })) }
      case 'find-share':
        return { shares: (await shares.one(caller, request.id)).map(({ record }) => ({ record })) }
      case 'publish':
        return told(caller, () => items.take(request.record, caller))
      case 'yank':
        return told(caller, () => items.takeYank(request.record, caller))
      case 'share':
        return told(caller, () => shares.take(request.record, caller))
      case 'unshare':
        return told(caller, () => shares.drop(request.record, caller))
    }
  }
}
