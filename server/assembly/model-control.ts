/** What the host says with `academy model …` and `academy key …`, over the node's own socket. */
import { z } from 'zod'
import { personCalled } from '../accounts/person-called.ts'
import type { Accounts } from '../accounts/types.ts'
import type { HostModels } from '../inference/host-models.ts'
import type { Keys } from '../inference/types.ts'
import type { Clock } from '../lib/clock.ts'
import { readOrder } from './order.ts'

const Micro = z
  .string()
  .regex(/^\d{1,15}$/, 'must be micro-credits, a whole number')
  .transform(BigInt)
const Name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$/, 'must be 1 to 80 letters, digits, dots, colons or hyphens')
const Order = z.discriminatedUnion('do', [
  z.object({ do: z.literal('list') }),
  z.object({
    do: z.literal('add'),
    file: z.string(),
    id: Name.optional(),
    priceIn: Micro.optional(),
    priceOut: Micro.optional(),
  }),
  z.object({ do: z.literal('remove'), name: z.string() }),
  z.object({
    do: z.literal('upstream'),
    name: Name,
    url: z.url({ protocol: /^https?$/, error: 'must be the URL of a server, with http or https' }),
    kind: z.enum(['openai', 'anthropic']).default('openai'),
    key: z.string().min(1).optional(),
    models: z.array(z.string()).default([]),
    resumes: z.boolean().default(false),
    ownGround: z.boolean().optional(),
    priceIn: Micro.default(0n),
    priceOut: Micro.default(0n),
  }),
  z.object({ do: z.literal('remove-upstream'), name: z.string() }),
  z.object({
    do: z.literal('new-key'),
    person: z.string(),
    name: z.string().min(1).max(80),
    budgetMicro: Micro.optional(),
    requestsPerMinute: z.int().min(1).optional(),
    concurrency: z.int().min(1).optional(),
  }),
  z.object({ do: z.literal('keys'), person: z.string() }),
  z.object({ do: z.literal('revoke-key'), person: z.string(), id: z.string() }),
  z.object({ do: z.literal('minor'), person: z.string(), minor: z.boolean() }),
])

export type ModelControl = (order: Record<string, unknown>, progress: (line: string) => void) => Promise<unknown>

type Parts = {
  readonly host: HostModels
  readonly callers: Keys
  readonly accounts: Pick<Accounts, 'findByName'>
  readonly clock: Clock
}

export function createModelControl({ host, callers, accounts }: Parts): ModelControl {
  const idOf = async (name: string): Promise<string> => (await personCalled(accounts, name)).id
  return async (raw, progress) => {
    const order = readOrder(Order, raw)
    switch (order.do) {
      case 'list':
        return host.list()
      case 'add': {
        const { file, id, priceIn, priceOut } = order
        const options = {
          ...(id !== undefined && { id }),
          ...(priceIn !== undefined && { priceInMicro: priceIn }),
          ...(priceOut !== undefined && { priceOutMicro: priceOut }),
        }
        return host.add(file, options, progress)
      }
      case 'remove':
        return { ok: await host.remove(order.name) }
      case 'upstream': {
        const { do: _, priceIn, priceOut, ownGround, key, ...rest } = order
        await host.setUpstream({
          ...rest,
          ownGround: ownGround ?? isLoopback(order.url),
          priceInMicro: priceIn,
          priceOutMicro: priceOut,
          ...(key !== undefined && { key }),
        })
        return { ok: true, name: order.name, ownGround: ownGround ?? isLoopback(order.url) }
      }
      case 'remove-upstream':
        return { ok: await host.removeUpstream(order.name) }
      case 'new-key': {
        const { do: _, person, name, budgetMicro, requestsPerMinute, concurrency } = order
        const { key, secret } = await callers.create(await idOf(person), {
          name,
          ...(budgetMicro !== undefined && { budgetMicro }),
          ...(requestsPerMinute !== undefined && { requestsPerMinute }),
          ...(concurrency !== undefined && { concurrency }),
        })
        return { id: key.id, secret }
      }
      case 'keys':
        return (await callers.list(await idOf(order.person))).map((key) => ({
          ...key,
          spentMicro: String(key.spentMicro),
          ...(key.budgetMicro !== undefined && { budgetMicro: String(key.budgetMicro) }),
        }))
      case 'revoke-key':
        return { ok: await callers.revoke(await idOf(order.person), order.id) }
      case 'minor':
        await callers.setMinor(await idOf(order.person), order.minor)
        return { ok: true }
    }
  }
}

/** On this very machine. */
export const isLoopback = (url: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(url).hostname)
