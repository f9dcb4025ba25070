/** Shards as the node has them: their money on the ledger that nodes share, and what the host says with `academy shard …`. */
import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { z } from 'zod'
import type { Shards } from '../inference/sharded/sharded.ts'
import type { RentMoney } from '../inference/sharded/types.ts'
import { createDoorClient } from '../jobs/abroad/door-client.ts'
import type { Ledger, LedgerInput } from '../ledger/types.ts'
import { SHARD_NODES_MAX } from '../limits.ts'
import type { Network } from '../link/types.ts'
import { readOrder } from './order.ts'

type Results = readonly { readonly status: string; readonly reason?: string }[]
const MEMO = 'a shard of a model'

/** On an initial node its own ledger; on others the initial node's, where a node pays from its own account and then its owner's. */
export function createRentMoney(ledger: Ledger, network: Network): RentMoney {
  const { self, owner, role, wire } = network
  const isHub = role === 'initial'
  const door = createDoorClient({ wire, hub: () => network.hubs()[0] })
  const submit = (inputs: readonly LedgerInput[]): Promise<Results> =>
    isHub ? ledger.transfer(inputs) : door.submit(inputs)
  const nameOf = isHub ? (id: string) => id : door.nameOf
  const account = `node:${self}`
  return {
    account,
    nameOf,
    async hold(id, to, amountMicro, timeoutMs) {
      for (const from of [account, `owner:${owner}`]) {
        const [result] = await submit([
          { kind: 'pending', id, from, to, amountMicro, timeoutMs, code: 'inference', memo: MEMO },
        ])
        if (result!.status !== 'refused') return true
      }
      return false
    },
    async settle(id, amountMicro) {
      const pendingId = nameOf(id)
      // One that ended before stays as it ended. On another's ledger what is not used is given back by its payee, or in time by itself.
      await submit([
        amountMicro > 0n
          ? { kind: 'post', id: `${id}:post`, pendingId, amountMicro, memo: MEMO }
          : { kind: 'void', id: `${id}:void`, pendingId, memo: MEMO },
      ])
    },
    async letGo(name) {
      // Its name is too long for an id there.
      const id = `void:${createHash('sha256').update(name).digest('hex').slice(0, 32)}`
      await submit([{ kind: 'void', id, pendingId: name, memo: MEMO }])
    },
    async look(name) {
      if (!isHub) return door.pending(name)
      const [entry, state] = await Promise.all([ledger.find(name), ledger.pending(name)])
      return entry && state ? { state, to: entry.to, amountMicro: entry.amountMicro } : {}
    },
  }
}

const Micro = z
  .string()
  .regex(/^\d{1,15}$/, 'must be micro-credits, a whole number')
  .transform(BigInt)
const Order = z.discriminatedUnion('do', [
  z.object({ do: z.literal('shard-list') }),
  z.object({
    do: z.literal('shard-lend'),
    memoryMb: z.int().min(64),
    threads: z.int().min(1).optional(),
    pricePerMinute: Micro.default(0n),
    peers: z.array(z.string().min(1)).min(1, 'must name those whom it is lent to'),
  }),
  z.object({ do: z.literal('shard-keep') }),
  z.object({
    do: z.literal('shard-add'),
    file: z.string(),
    nodes: z.array(z.string().min(1)).min(1).max(SHARD_NODES_MAX),
    id: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$/)
      .optional(),
    localMb: z.int().min(0).optional(),
    contextTokens: z.int().min(64).optional(),
    priceIn: Micro.optional(),
    priceOut: Micro.optional(),
    maxRent: Micro.optional(),
  }),
  z.object({ do: z.literal('shard-remove'), name: z.string() }),
])
type Control = (order: Record<string, unknown>, progress: (line: string) => void) => Promise<unknown>

/** Orders about shards go to them, all others on. `resolve`: the id of the node that a person means. */
export function withShards(others: Control, shards: Shards, resolve: (text: string) => Promise<string>): Control {
  return async (raw, progress) => {
    if (!String(raw.do).startsWith('shard-')) return others(raw, progress)
    const order = readOrder(Order, raw)
    switch (order.do) {
      case 'shard-list':
        return shards.list()
      case 'shard-lend': {
        const peers = await Promise.all(order.peers.map((peer) => (isOwner(peer) ? peer : resolve(peer))))
        const { memoryMb, pricePerMinute, threads = Math.max(1, availableParallelism() >> 1) } = order
        await shards.lend({ memoryMb, threads, priceMicroPerMinute: pricePerMinute, peers })
        return shards.list()
      }
      case 'shard-keep':
        await shards.lend(undefined)
        return shards.list()
      case 'shard-add': {
        const { do: _, priceIn, priceOut, maxRent, file, nodes, id, localMb, contextTokens } = order
        return shards.add(
          {
            file,
            nodes,
            ...(id !== undefined && { id }),
            ...(localMb !== undefined && { localMb }),
            ...(contextTokens !== undefined && { contextTokens }),
            ...(priceIn !== undefined && { priceInMicro: priceIn }),
            ...(priceOut !== undefined && { priceOutMicro: priceOut }),
            ...(maxRent !== undefined && { maxPriceMicroPerMinute: maxRent }),
          },
          progress,
        )
      }
      case 'shard-remove':
        return { ok: await shards.remove(order.name) }
    }
  }
}

/** An owner is named by a key in hex. */
const isOwner = (peer: string) => /^[0-9a-f]{64}$/.test(peer)
