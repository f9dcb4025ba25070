/** Keeps promises to pay that were handed in. */
import type { Iou, IouState, IouStore } from '../ledger/iou/types.ts'
import type { Database } from './database.ts'

type Row = Omit<Iou, 'expiresAtMs' | 'acceptedAtMs' | 'endedAtMs' | 'state'> & {
  readonly state: string
  readonly expiresAtMs: bigint
  readonly acceptedAtMs: bigint
  readonly endedAtMs: bigint | null
}

export function createIouStore({ prisma }: Pick<Database, 'prisma'>): IouStore {
  return {
    async insert({ body, sig, ...iou }) {
      const data = { ...iou, body: new Uint8Array(body), sig: new Uint8Array(sig) }
      const { count } = await prisma.iou.createMany({ data: [data], skipDuplicates: true })
      return count === 1
    },
    async find(id) {
      const row = await prisma.iou.findUnique({ where: { id } })
      return row ? toIou(row) : undefined
    },
    async end(id, from, to, atMs) {
      await prisma.iou.updateMany({ where: { id, state: { in: [...from] } }, data: { state: to, endedAtMs: atMs } })
    },
    async defaulted(debtor, limit) {
      const where = { debtor, state: 'defaulted' satisfies IouState }
      const rows = await prisma.iou.findMany({
        where,
        orderBy: [{ acceptedAtMs: 'asc' }, { id: 'asc' }],
        take: limit,
      })
      return rows.map(toIou)
    },
    async owed(debtor) {
      const where = { debtor, state: 'defaulted' satisfies IouState }
      return (await prisma.iou.aggregate({ where, _sum: { amountMicro: true } }))._sum.amountMicro ?? 0n
    },
    async debtors() {
      const where = { state: 'defaulted' satisfies IouState }
      const rows = await prisma.iou.findMany({ where, distinct: ['debtor'], select: { debtor: true } })
      return rows.map(({ debtor }) => debtor)
    },
  }
}

const toIou = ({ endedAtMs, expiresAtMs, acceptedAtMs, state, ...row }: Row): Iou => ({
  ...row,
  state: state as IouState,
  expiresAtMs: Number(expiresAtMs),
  acceptedAtMs: Number(acceptedAtMs),
  ...(endedAtMs === null ? {} : { endedAtMs: Number(endedAtMs) }),
})
