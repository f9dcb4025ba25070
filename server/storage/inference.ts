/** API keys, usage, escrow, and what the host allowed: see server/inference/store.ts. */
import type { AllowedModel, ApiKey, EscrowRow, InferenceStore, ReceiptRow, UpstreamRow } from '../inference/store.ts'
import type { Scope } from '../inference/types.ts'
import type { Database } from './database.ts'
import type { InferenceEscrow, InferenceKey, InferenceModel, InferenceUpstream } from './generated/client.ts'

const ADD_USAGE = {
  name: 'inference-usage',
  text: `INSERT INTO "InferenceUsage" (day, tenant, "keyId", model, node, requests, "inTokens", "outTokens", "costMicro")
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])
         ON CONFLICT (day, tenant, "keyId", model, node) DO UPDATE SET
           requests = "InferenceUsage".requests + EXCLUDED.requests,
           "inTokens" = "InferenceUsage"."inTokens" + EXCLUDED."inTokens",
           "outTokens" = "InferenceUsage"."outTokens" + EXCLUDED."outTokens",
           "costMicro" = "InferenceUsage"."costMicro" + EXCLUDED."costMicro"`,
}
const ADD_SPENT = {
  name: 'inference-spent',
  text: `UPDATE "InferenceKey" k SET "spentMicro" = k."spentMicro" + s.micro, "spentTokens" = k."spentTokens" + s.tokens, "lastUsedMs" = $4
         FROM (SELECT id, sum(micro)::bigint AS micro, sum(tokens)::bigint AS tokens
               FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS u(id, micro, tokens) GROUP BY id) s
         WHERE k.id = s.id`,
}
const SET_USED = {
  name: 'inference-escrow-used',
  text: `UPDATE "InferenceEscrow" e SET "usedMicro" = u.used FROM unnest($1::text[], $2::bigint[]) AS u(id, used) WHERE e.id = u.id`,
}

export function createInferenceStore({ prisma, pool }: Database): InferenceStore {
  return {
    async addKey(key) {
      const { count } = await prisma.inferenceKey.createMany({ data: [ofKey(key)], skipDuplicates: true })
      return count === 1
    },
    async keyByHash(hash) {
      const row = await prisma.inferenceKey.findUnique({ where: { hash } })
      return row === null ? undefined : toKey(row)
    },
    async keysOf(playerId) {
      return (await prisma.inferenceKey.findMany({ where: { playerId }, orderBy: { createdAtMs: 'desc' } })).map(
        toKey,
      )
    },
    async revokeKey(playerId, id, atMs) {
      const { count } = await prisma.inferenceKey.updateMany({
        where: { id, playerId, revokedAtMs: null },
        data: { revokedAtMs: BigInt(atMs) },
      })
      return count === 1
    },

    async addUsage(rows, atMs) {
      if (rows.length === 0) return
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        await client.query({
          ...ADD_USAGE,
          values: [
            rows.map(({ day }) => day),
            rows.map(({ tenant }) => tenant),
            rows.map(({ keyId }) => keyId),
            rows.map(({ model }) => model),
            rows.map(({ node }) => node),
            rows.map(({ requests }) => requests),
            rows.map(({ inTokens }) => inTokens),
            rows.map(({ outTokens }) => outTokens),
            rows.map(({ costMicro }) => costMicro),
          ],
        })
        const byKey = rows.filter(({ keyId }) => keyId !== '')
        if (byKey.length > 0)
          await client.query({
            ...ADD_SPENT,
            values: [
              byKey.map(({ keyId }) => keyId),
              byKey.map(({ costMicro }) => costMicro),
              byKey.map(({ inTokens, outTokens }) => inTokens + outTokens),
              atMs,
            ],
          })
        await client.query('COMMIT')
        client.release()
      } catch (error) {
        client.release(true)
        throw error
      }
    },
    async usageOf(tenant, limit) {
      const rows = await prisma.inferenceUsage.findMany({ where: { tenant }, orderBy: { day: 'desc' }, take: limit })
      return rows.map(({ requests, inTokens, outTokens, ...row }) => ({
        ...row,
        requests: Number(requests),
        inTokens: Number(inTokens),
        outTokens: Number(outTokens),
      }))
    },

    async addReceipts(rows) {
      if (rows.length === 0) return
      const bytes = ({ body, key, sig }: ReceiptRow) => ({
        body: new Uint8Array(body),
        key: new Uint8Array(key),
        sig: new Uint8Array(sig),
      })
      await prisma.inferenceReceipt.createMany({
        data: rows.map((row) => ({ ...row, ...bytes(row), atMs: BigInt(row.atMs) })),
        skipDuplicates: true,
      })
    },
    async receiptsOf(tenant, limit) {
      const rows = await prisma.inferenceReceipt.findMany({
        where: { tenant },
        orderBy: { atMs: 'desc' },
        take: limit,
      })
      return rows.map(({ atMs, ...row }) => ({ ...row, atMs: Number(atMs) }))
    },
    async dropReceipts(beforeMs) {
      await prisma.inferenceReceipt.deleteMany({ where: { atMs: { lt: BigInt(beforeMs) } } })
    },

    async openEscrow({ openedAtMs, ...row }) {
      await prisma.inferenceEscrow.createMany({
        data: [{ ...row, openedAtMs: BigInt(openedAtMs) }],
        skipDuplicates: true,
      })
    },
    async setEscrowUsed(rows) {
      if (rows.length > 0)
        await pool.query({ ...SET_USED, values: [rows.map(({ id }) => id), rows.map(({ usedMicro }) => usedMicro)] })
    },
    async closeEscrow(id) {
      await prisma.inferenceEscrow.deleteMany({ where: { id } })
    },
    async escrows() {
      return (await prisma.inferenceEscrow.findMany()).map(toEscrow)
    },

    async allowModel({ id, sha256, allowedAtMs, ...rest }) {
      const row = { ...rest, name: id, allowedAtMs: BigInt(allowedAtMs) }
      await prisma.inferenceModel.upsert({ where: { sha256 }, create: { sha256, ...row }, update: row })
    },
    async forgetModel(sha256) {
      await prisma.inferenceModel.deleteMany({ where: { sha256 } })
    },
    async allowedModels() {
      return (await prisma.inferenceModel.findMany({ orderBy: { allowedAtMs: 'asc' } })).map(toModel)
    },

    async setUpstream({ name, keySealed, models, ...rest }) {
      const row = { ...rest, models: [...models], keySealed: keySealed ? new Uint8Array(keySealed) : null }
      await prisma.inferenceUpstream.upsert({ where: { name }, create: { name, ...row }, update: row })
    },
    async removeUpstream(name) {
      return (await prisma.inferenceUpstream.deleteMany({ where: { name } })).count === 1
    },
    async upstreams() {
      return (await prisma.inferenceUpstream.findMany({ orderBy: { name: 'asc' } })).map(toUpstream)
    },

    async isMinor(playerId) {
      return (await prisma.inferenceMinor.count({ where: { playerId } })) === 1
    },
    async setMinor(playerId, minor, atMs) {
      if (minor)
        await prisma.inferenceMinor.createMany({ data: [{ playerId, atMs: BigInt(atMs) }], skipDuplicates: true })
      else await prisma.inferenceMinor.deleteMany({ where: { playerId } })
    },
  }
}

const big = (value: number | undefined) => (value === undefined ? null : BigInt(value))
const number = <K extends string>(name: K, value: bigint | number | null) =>
  (value === null ? {} : { [name]: Number(value) }) as { readonly [name in K]?: number }

const ofKey = (key: ApiKey) => ({
  ...key,
  scopes: [...key.scopes],
  models: [...key.models],
  budgetMicro: key.budgetMicro ?? null,
  budgetTokens: big(key.budgetTokens),
  createdAtMs: BigInt(key.createdAtMs),
  expiresAtMs: big(key.expiresAtMs),
  revokedAtMs: big(key.revokedAtMs),
  spentTokens: BigInt(key.spentTokens),
  lastUsedMs: big(key.lastUsedMs),
})

const toKey = (row: InferenceKey): ApiKey => ({
  id: row.id,
  playerId: row.playerId,
  name: row.name,
  hash: row.hash,
  hint: row.hint,
  scopes: row.scopes as Scope[],
  models: row.models,
  ...(row.budgetMicro !== null && { budgetMicro: row.budgetMicro }),
  ...number('budgetTokens', row.budgetTokens),
  ...number('requestsPerMinute', row.requestsPerMinute),
  ...number('tokensPerMinute', row.tokensPerMinute),
  ...number('concurrency', row.concurrency),
  personalOnly: row.personalOnly,
  createdAtMs: Number(row.createdAtMs),
  ...number('expiresAtMs', row.expiresAtMs),
  ...number('revokedAtMs', row.revokedAtMs),
  spentMicro: row.spentMicro,
  spentTokens: Number(row.spentTokens),
  ...number('lastUsedMs', row.lastUsedMs),
})

const toEscrow = ({ openedAtMs, ...row }: InferenceEscrow): EscrowRow => ({ ...row, openedAtMs: Number(openedAtMs) })

const toModel = ({ name, allowedAtMs, ...row }: InferenceModel): AllowedModel => ({
  ...row,
  id: name,
  allowedAtMs: Number(allowedAtMs),
})

const toUpstream = ({ keySealed, kind, ...row }: InferenceUpstream): UpstreamRow => ({
  ...row,
  kind: kind as UpstreamRow['kind'],
  ...(keySealed !== null && { keySealed }),
})
