import { afterAll, expect, test } from 'vitest'
import { createAgentCompute } from './agent-compute.ts'
import { createMarket } from './testing/market.ts'

const market = createMarket()
market.purse.give('player:ann', 10_000_000n)
afterAll(() => market[Symbol.asyncDispose]())

test('J90 the same call of an agent is one job of its owner, and what comes of it is a value or a refusal with a code', async () => {
  const node = await market.node('a')
  const compute = createAgentCompute(node.jobs)
  const wish = { id: 'agent_x:1.1:7', owner: 'ann', kind: 'sum', input: '[1,2,3]', terms: undefined }
  expect(await Promise.all([compute(wish), compute(wish)])).toEqual([{ value: 6 }, { value: 6 }])
  expect(await compute(wish)).toEqual({ value: 6 })
  expect(await node.jobs.list('ann')).toHaveLength(1)
  const paid = market.purse.balance('node:a')

  const refused = async (more: object) => (await compute({ ...wish, id: JSON.stringify(more), ...more })).refusal
  expect(await refused({ kind: 'dream' })).toMatchObject({ code: 'no_such_kind' })
  expect(await refused({ input: '"x"' })).toMatchObject({ code: 'bad_job_input' })
  expect(await refused({ terms: '{"maxPrice":-1}' })).toMatchObject({ code: 'bad_job_input' })
  for (const terms of ['{"replicas":0}', '{"replicas":1000}', '{"privacy":"secret"}', '{"strict":1}'])
    expect(await refused({ terms })).toMatchObject({ code: 'bad_job_input', params: { path: 'terms' } })
  expect(await refused({ terms: '{"maxPrice":0.000001}' })).toMatchObject({
    code: 'job_failed',
    params: { reason: 'price_cap' },
  })
  expect(await refused({ owner: 'poor' })).toMatchObject({ params: { reason: 'insufficient_funds' } })
  const long = JSON.stringify(Array.from({ length: 4_000 }, (_, i) => i))
  expect(await refused({ kind: 'sort', input: long })).toMatchObject({ params: { reason: 'too_long' } })
  expect(market.purse.balance('node:a')).toBeGreaterThan(paid)
})

test('J3 J15 an agent says how often its work is done, and who may see it', async () => {
  const node = await market.node('b')
  const wish = { id: 'agent_x:2.1:1', owner: 'ann', kind: 'sum', input: '[1,2]' }
  const seen: string[] = []
  market.network.onPassage(({ protocol, to }) => {
    if (protocol === 'market') seen.push(to)
    return { copies: 1, delayMs: 0 }
  })
  const terms = JSON.stringify({ replicas: 2, privacy: 'own' })
  expect(await createAgentCompute(node.jobs)({ ...wish, terms })).toEqual({ value: 3 })
  market.network.onPassage(undefined)
  const [job] = await node.jobs.list('ann')
  const evidence = await node.jobs.evidence('ann', job!.id)
  const { parts } = (evidence.ok ? evidence.value : {}) as { parts: { value: { votes: unknown[] } }[] }
  expect([parts.map(({ value }) => value.votes.length), seen]).toEqual([[2], []])
})
