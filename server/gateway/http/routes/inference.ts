/** API keys, what was used, what could be asked, and whether one is under age. The models themselves are asked at `/v1`. */
import { z } from 'zod'
import type { KeyView } from '../../../inference/types.ts'
import * as api from '../../../protocol/api-inference.ts'
import type { GatewayModels } from '../../types.ts'
import { HttpProblem } from '../problem.ts'
import { created, none, ok, type Route, route } from '../route.ts'

export function inferenceRoutes({ callers, inference }: GatewayModels): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/inference/models',
      access: 'person',
      summary: 'Models that can be asked now, or why there is none',
      answers: { 200: api.ModelsAnswer },
      run: async ({ me }) => {
        const { principal } = await callers.ofPerson(me.playerId)
        const available = inference.availability(principal)
        if (!available.ok) return ok({ ...available, models: [] })
        const models = available.models.map(({ id, nodes, priceInMicro, priceOutMicro }) => ({
          id,
          nodes,
          priceInMicro: String(priceInMicro),
          priceOutMicro: String(priceOutMicro),
        }))
        return ok({ ok: true, models })
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/inference/usage',
      access: 'person',
      summary: 'What one has used of models, by day, model, node and key',
      answers: { 200: z.object({ usage: z.array(api.UsageLine) }) },
      run: async ({ me }) => {
        const usage = await callers.usage(me.playerId)
        return ok({ usage: usage.map((line) => ({ ...line, costMicro: String(line.costMicro) })) })
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/inference/receipts',
      access: 'person',
      summary: 'What other nodes signed that answers to one took; bytes are base64',
      answers: { 200: z.object({ receipts: z.array(api.Receipt) }) },
      run: async ({ me }) => {
        const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
        const receipts = (await callers.receipts(me.playerId)).map(({ costMicro, body, key, sig, ...rest }) => {
          const signed = { body: text(body), key: text(key), sig: text(sig) }
          return { ...rest, ...signed, costMicro: String(costMicro) }
        })
        return ok({ receipts })
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/inference/keys',
      access: 'person',
      summary: "One's API keys; the keys themselves are not kept",
      answers: { 200: z.object({ keys: z.array(api.ApiKey) }) },
      run: async ({ me }) => ok({ keys: (await callers.list(me.playerId)).map(shown) }),
    }),
    route({
      method: 'post',
      path: '/api/v1/inference/keys',
      access: 'person',
      summary: 'Make an API key; its secret is in this answer and never again',
      body: api.NewKeyBody,
      answers: { 201: api.NewKeyAnswer },
      run: async ({ me, body: { budgetMicro, ...body } }) => {
        const { key, secret } = await callers.create(me.playerId, {
          ...defined(body),
          ...(budgetMicro !== undefined && { budgetMicro: BigInt(budgetMicro) }),
        })
        return created({ ...shown(key), secret })
      },
    }),
    route({
      method: 'delete',
      path: '/api/v1/inference/keys/:id',
      access: 'person',
      summary: 'Revoke an API key, at once',
      answers: { 204: 'none' },
      run: async ({ me, params }) => {
        if (!(await callers.revoke(me.playerId, params.id!))) throw new HttpProblem('not_found')
        return none
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/inference/privacy',
      access: 'person',
      summary: 'Whether one is under age, so that what one asks stays on the node of its owner',
      answers: { 200: api.PrivacyBody },
      run: async ({ me }) => ok({ minor: await callers.isMinor(me.playerId) }),
    }),
    route({
      method: 'put',
      path: '/api/v1/inference/privacy',
      access: 'person',
      summary: 'Say that one is under age; taking it back is for staff',
      body: api.PrivacyBody,
      answers: { 200: api.PrivacyBody },
      run: async ({ me, body }) => {
        const isStaff = me.roles.includes('moderator') || me.roles.includes('admin')
        if (!body.minor && !isStaff && (await callers.isMinor(me.playerId))) throw new HttpProblem('forbidden')
        await callers.setMinor(me.playerId, body.minor)
        return ok({ minor: body.minor })
      },
    }),
  ]
}

const shown = ({ budgetMicro, spentMicro, ...key }: KeyView) => ({
  ...key,
  spentMicro: String(spentMicro),
  ...(budgetMicro !== undefined && { budgetMicro: String(budgetMicro) }),
})

/** Without the fields that were left out: an absent one means the node's own. */
const defined = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
