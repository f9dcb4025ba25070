/** Keeps verified outcomes, and their sums by day. */
import type { Counted, DaySum, Outcome, Result, TrustStore } from '../ledger/trust/types.ts'
import type { Database } from './database.ts'
import { inTransaction } from './transaction.ts'

/** Outcomes of one pair are counted one after another: the row of their day is what they wait at. */
const LOCK_PAIR = {
  name: 'trust-pair',
  text: `INSERT INTO "TrustPair" AS p (owner, counterparty, day, "countedMicro", "creditMicro") VALUES ($1, $2, $3, 0, 0)
         ON CONFLICT (owner, counterparty, day) DO UPDATE SET "countedMicro" = p."countedMicro"
         RETURNING "countedMicro", "creditMicro"`,
}
const INSERT = {
  name: 'trust-outcome',
  text: `INSERT INTO "TrustOutcome" (id, owner, counterparty, kind, result, "valueMicro", "feeMicro", "countedMicro", "creditMicro", evidence, "atMs")
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (id) DO NOTHING`,
}
const ADD_PAIR = {
  name: 'trust-pair-add',
  text: `UPDATE "TrustPair" SET "countedMicro" = "countedMicro" + $4, "creditMicro" = "creditMicro" + $5
         WHERE owner = $1 AND counterparty = $2 AND day = $3`,
}
const ADD_DAY = {
  name: 'trust-day-add',
  text: `INSERT INTO "TrustDay" AS d (owner, kind, day, result, count, "countedMicro", "creditMicro") VALUES ($1, $2, $3, $4, 1, $5, $6)
         ON CONFLICT (owner, kind, day, result) DO UPDATE SET count = d.count + 1,
           "countedMicro" = d."countedMicro" + EXCLUDED."countedMicro", "creditMicro" = d."creditMicro" + EXCLUDED."creditMicro"`,
}

export function createTrustStore({ pool, prisma }: Pick<Database, 'pool' | 'prisma'>): TrustStore {
  return {
    async record(outcome, day, decide) {
      const { id, owner, counterparty, kind, result, valueMicro, feeMicro, evidence, atMs } = outcome
      return inTransaction(pool, async (client) => {
        const { rows } = await client.query({ ...LOCK_PAIR, values: [owner, counterparty, day] })
        const given = { countedMicro: BigInt(rows[0].countedMicro), creditMicro: BigInt(rows[0].creditMicro) }
        const { countedMicro, creditMicro } = decide(given)
        const { rowCount } = await client.query({
          ...INSERT,
          values: [
            id,
            owner,
            counterparty,
            kind,
            result,
            valueMicro,
            feeMicro,
            countedMicro,
            creditMicro,
            evidence,
            atMs,
          ],
        })
        const isNew = rowCount === 1
        if (isNew) {
          if (result === 'right')
            await client.query({ ...ADD_PAIR, values: [owner, counterparty, day, countedMicro, creditMicro] })
          await client.query({ ...ADD_DAY, values: [owner, kind, day, result, countedMicro, creditMicro] })
        }
        return isNew
      })
    },

    async days(owner, fromDay): Promise<readonly DaySum[]> {
      const rows = await prisma.trustDay.findMany({
        where: { owner, day: { gte: fromDay } },
        orderBy: { day: 'asc' },
      })
      return rows.map(({ kind, day, result, count, countedMicro, creditMicro }) => ({
        kind,
        day,
        result: result as Result,
        count,
        countedMicro,
        creditMicro,
      }))
    },

    async pairs(owner, fromDay) {
      const where = { owner, day: { gte: fromDay }, creditMicro: { gt: 0n } }
      const rows = await prisma.trustPair.findMany({ where, orderBy: [{ counterparty: 'asc' }, { day: 'asc' }] })
      return rows.map(({ counterparty, day, creditMicro }) => ({ counterparty, day, creditMicro }))
    },

    async outcomes(owner, limit): Promise<readonly (Outcome & Counted)[]> {
      const rows = await prisma.trustOutcome.findMany({
        where: { owner },
        orderBy: [{ atMs: 'desc' }, { id: 'asc' }],
        take: limit,
      })
      return rows.map((row) => ({ ...row, result: row.result as Result, atMs: Number(row.atMs) }))
    },
  }
}
