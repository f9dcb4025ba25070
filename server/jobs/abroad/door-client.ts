/** The initial node's ledger as another node reaches it: `/academy/credits/1.0.0`. Each request may be repeated; many at once travel together. */
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { LedgerInput, PendingState } from '../../ledger/types.ts'
import { CREDITS_BATCH, CREDITS_TRIES, CREDITS_TRY_EVERY_MS, CREDITS_WAITING_MAX } from '../../limits.ts'
import type { Frame, NodeId, Wire } from '../../link/types.ts'
import { createGroupCommit } from '../../storage/group-commit.ts'

export type Said = { readonly status: 'created' | 'exists' | 'refused'; readonly reason?: string }
/** What is set aside, as payer and payee may see it; without a state it is none of theirs. */
export type SetAside = { readonly state?: PendingState; readonly to?: string; readonly amountMicro?: bigint }

export type DoorClient = {
  /** What an id of this node is called in that ledger. */
  nameOf(id: string): string
  /** In the order of the inputs. Throws the last error when the ledger could not be reached for as long as is tried. */
  submit(inputs: readonly LedgerInput[]): Promise<readonly Said[]>
  /** By its name in that ledger. */
  pending(name: string): Promise<SetAside>
}
export type DoorClientParts = {
  readonly wire: Pick<Wire, 'self' | 'request'>
  /** The initial node; undefined while none is known. */
  readonly hub: () => NodeId | undefined
  readonly everyMs?: number
}

const results = z.object({
  type: z.literal('RESULTS'),
  results: z.array(z.object({ status: z.enum(['created', 'exists', 'refused']), reason: z.string().optional() })),
})
const micro = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform(BigInt)
const pendings = z.object({
  type: z.literal('PENDINGS'),
  pendings: z.array(
    z.object({
      state: z.enum(['open', 'posted', 'voided', 'expired']).optional(),
      to: z.string().optional(),
      amountMicro: micro.optional(),
    }),
  ),
})
/** Trying again would change nothing. */
const FINAL = new Set(['E_MALFORMED', 'E_BANNED', 'E_FORBIDDEN', 'E_UNSUPPORTED', 'E_TOO_LARGE'])

export function createDoorClient({ wire, hub, everyMs = CREDITS_TRY_EVERY_MS }: DoorClientParts): DoorClient {
  async function ask(frame: Frame): Promise<Frame> {
    for (let tried = 1; ; tried++) {
      try {
        const to = hub()
        if (to === undefined) throw new Error('No initial node is known yet.')
        return await wire.request(to, 'credits', frame)
      } catch (error) {
        const { code, retryAfterMs = 0 } = error as { code?: string; retryAfterMs?: number }
        if (tried >= CREDITS_TRIES || (code !== undefined && FINAL.has(code))) throw error
        await sleep(Math.max(retryAfterMs, everyMs * Math.min(tried, 10)), undefined, { ref: false })
      }
    }
  }

  const shared = { maxCommit: CREDITS_BATCH, maxWaiting: CREDITS_WAITING_MAX, overloaded }
  const submit = createGroupCommit<readonly LedgerInput[], readonly Said[]>({
    ...shared,
    sizeOf: (inputs) => inputs.length,
    async commit(batches) {
      const said = results.parse(await ask({ type: 'SUBMIT', transfers: batches.flat().map(toFrame) })).results
      let from = 0
      return batches.map((inputs) => ({
        ok: true,
        value: said.slice(from, (from += inputs.length)) as readonly Said[],
      }))
    },
  })
  const pending = createGroupCommit<string, SetAside>({
    ...shared,
    sizeOf: () => 1,
    async commit(ids) {
      const found = pendings.parse(await ask({ type: 'PENDING', ids })).pendings
      return ids.map((_, i) => ({ ok: true, value: (found[i] ?? {}) as SetAside }))
    },
  })
  return { nameOf: (id) => `by:${wire.self}:${id}`, submit, pending }
}

const overloaded = () =>
  Object.assign(new Error('Too much waits for the ledger of the initial node.'), { code: 'busy', status: 503 })

/** Amounts as decimal strings; what is not there is left out. */
function toFrame(input: LedgerInput): Frame {
  const all = Object.entries({ kind: 'transfer', ...input }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(all.map(([key, value]) => [key, typeof value === 'bigint' ? String(value) : value]))
}
