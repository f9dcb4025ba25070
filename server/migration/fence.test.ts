import { expect, test } from 'vitest'
import { effectId, effectOf } from '../protocol/effect-id.ts'
import { createFence, judge } from './fence.ts'
import type { Ownership } from './types.ts'

const effect = (epoch: number, seq: number) => ({ agentId: 'agent_a', epoch, seq })

test('T20 an effect’s id says who, at which epoch, and which one; other ids say nothing', () => {
  const one = effectOf(effectId('agent_01J', { epoch: 3, generation: 2 }, 17))!
  expect(one).toMatchObject({ agentId: 'agent_01J', epoch: 3 })
  expect(effectOf(effectId('agent_01J', { epoch: 3, generation: 2 }, 18))!.seq).toBe(one.seq + 1)
  expect(effectOf(effectId('agent_01J', { epoch: 3, generation: 3 }, 1))!.seq).toBeGreaterThan(one.seq)
  for (const id of ['', 'player_x:1.1:1', 'agent_a:1:1', 'agent_a:1.1:x', 'agent_a:b:1.1:1', 'message_agent_a:1.1:1'])
    expect(effectOf(id), id).toBeUndefined()
})

test('T20 below the current epoch it is stale; with a number not above the last it was done already', () => {
  expect(judge(effect(1, 1), 0, undefined)).toBe('new')
  expect(judge(effect(1, 9), 2, undefined)).toBe('stale')
  expect(judge(effect(1, 9), 0, { epoch: 2, seq: 3 })).toBe('stale')
  expect(judge(effect(2, 3), 2, { epoch: 2, seq: 3 })).toBe('again')
  expect(judge(effect(3, 3), 2, { epoch: 2, seq: 3 })).toBe('again')
  expect(judge(effect(3, 4), 3, { epoch: 2, seq: 3 })).toBe('new')
})

test('T20 the registry’s word counts: of the node that has the agent, at the epoch that it has it', async () => {
  let owner: Ownership | undefined
  let isReachable = true
  const fence = createFence({
    where: async () => {
      if (!isReachable) throw new Error('out of reach')
      return owner
    },
    kept: 10,
  })
  expect(await fence.judge(effect(1, 1), 'home')).toBe('new')
  fence.done(effect(1, 1))
  expect(await fence.judge(effect(1, 1), 'home')).toBe('again')
  owner = { agentId: 'agent_a', owner: 'host', epoch: 2, home: 'home' }
  expect(await fence.judge(effect(1, 2), 'home')).toBe('stale')
  expect(await fence.judge(effect(2, 2), 'home')).toBe('stale')
  expect(await fence.judge(effect(2, 2), 'host')).toBe('new')
  isReachable = false
  expect(await fence.judge(effect(1, 2), 'home')).toBe('stale')
  expect(await fence.judge(effect(2, 2), 'host')).toBe('new')
})

test('T20 what is done to one has no order with what is done to another', async () => {
  const fence = createFence({ where: async () => undefined, kept: 10 })
  fence.done(effect(1, 6), 'ben')
  expect(await fence.judge(effect(1, 5), 'n', 'ann')).toBe('new')
  expect(await fence.judge(effect(1, 5), 'n', 'ben')).toBe('again')
  expect([fence.isDone(effect(2, 6), 'ben'), fence.isDone(effect(1, 6), 'ann')]).toEqual([true, false])
})

test('T20 of a bounded number of agents it remembers what they did', async () => {
  const fence = createFence({ where: async () => undefined, kept: 2 })
  for (const agentId of ['agent_a', 'agent_b', 'agent_c']) fence.done({ agentId, epoch: 1, seq: 5 })
  const again = (agentId: string) => fence.judge({ agentId, epoch: 1, seq: 5 }, 'n')
  expect([await again('agent_a'), await again('agent_b'), await again('agent_c')]).toEqual(['new', 'again', 'again'])
})
