import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Caller, Inference } from '../../inference/types.ts'
import { createDoor } from './door.ts'

const logged: unknown[] = []
const model = { id: 'qwen 3', nodes: ['here'], contextTokens: 1, can: [], priceInMicro: 0n, priceOutMicro: 0n }
const caller = { principal: {}, scopes: ['chat', 'embed', 'models'] } as unknown as Caller
const door = createDoor({
  inference: { availability: () => ({ ok: true, models: [model] }) } as unknown as Inference,
  callers: { ofKey: () => caller, ofPerson: () => caller, forget() {} },
  verify: () => Promise.reject(new Error('nobody')),
  isApiKey: () => true,
  stranger: async () => {},
  now: () => 0,
  log: { info() {}, warn() {}, error: (...line: unknown[]) => void logged.push(line) } as never,
})
const server = createServer(door.handle)
let url: string
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

const ask = (path: string) => fetch(`${url}${path}`, { headers: { authorization: 'Bearer key' } })

test('I21 a model is found by its name in the path, in whatever encoding', async () => {
  expect(await (await ask('/v1/models/qwen%203')).json()).toMatchObject({ id: 'qwen 3', owned_by: 'academy' })
})

test.each(['qwen', '%ZZ', '%', '%C3%28'])(
  'I21 a name that is none is not found, and no fault of the node: %s',
  async (name) => {
    const answer = await ask(`/v1/models/${name}`)
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ error: { code: 'model_not_found' } })
    expect(logged).toEqual([])
  },
)
