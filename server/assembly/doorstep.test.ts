import { beforeEach, describe, expect, test } from 'vitest'
import type { NodeMessage, Party } from '../link/types.ts'
import { createFence } from '../migration/fence.ts'
import { createMemoryMigrationStore } from '../migration/memory-store.ts'
import type { MigrationStore } from '../migration/store.ts'
import { effectId } from '../protocol/effect-id.ts'
import type { PlayerId } from '../protocol/ids.ts'
import { createDoorstep } from './doorstep.ts'

const GLIM = 'agent_glim'
let store: MigrationStore
let heard: string[]
let marks: string[]
let toAgents: string[]
let visiting: Set<string>
const mira: Party = { node: 'here', name: 'Mira' }

function door() {
  const fence = createFence({ where: (id) => store.owner(id), kept: 100 })
  return createDoorstep({
    network: { self: 'here', node: async () => undefined } as never,
    zones: {
      findByName: (name) =>
        name === 'Mira' ? ({ id: 'player_mira', kind: 'player', name, awake: true } as never) : undefined,
      read: () => undefined,
      whereIs: () => undefined,
    },
    accounts: {
      findByName: async (name) => (name === 'Ada' ? { id: 'player_ada' as PlayerId } : undefined),
      moderation: { isBlocked: () => false, cleanTalk: (text: string) => text },
    },
    terminal: { tell: (_id, _key, { text }, { message }) => marks.push(message) > 0 && heard.push(String(text)) > 0 },
    agents: { told: async (_id, name) => (toAgents.push(name) > 0 ? {} : undefined) },
    fence,
    isVisiting: (id) => visiting.has(id),
  })
}
const at = (epoch: number, call: number) => `message_${effectId(GLIM, { epoch, generation: 1 }, call)}`
const from = (node: string, id = GLIM) => ({ node, id, name: 'Glim' })
const said = (id: string, node: string): NodeMessage => ({
  id,
  from: from(node),
  to: mira,
  text: id,
  sentAtMs: 0,
})

/** Glim goes from its home to a host. */
async function move(src: string, dst: string, epoch: number) {
  const trip = { mid: `${src} ${dst} ${epoch}`, agentId: GLIM, epoch, src, dst }
  await store.begin(trip, { expiresAtMs: 1_000, nowMs: 0 })
  await store.commit(trip.mid, { cid: 'bafy', nowMs: 1 })
}

beforeEach(() => {
  store = createMemoryMigrationStore()
  heard = []
  marks = []
  toAgents = []
  visiting = new Set()
})

test('M9 words that are handed over once more, by a node that was killed meanwhile, carry the same mark; those of others never do', async () => {
  const words = (node: string) => said('message_1', node)
  for (const each of [words('home'), words('home'), words('elsewhere')])
    await door().give('player_mira', { ...each, from: from(each.from.node, 'player_ben') })
  expect(marks).toEqual(['home message_1', 'home message_1', 'elsewhere message_1'])
})

describe('what agents of other nodes say', () => {
  test('T22 is let in from the node that has the agent, at the epoch that it has it, and from no other', async () => {
    const doorstep = door()
    const find = (node: string, epoch: number, call: number) => doorstep.find(mira, from(node), at(epoch, call))
    expect(await find('home', 1, 1)).toEqual({ is: 'here', recipient: 'player_mira' })
    await move('home', 'host', 1)
    expect(await find('home', 1, 2)).toMatchObject({ is: 'refused' })
    expect(await find('home', 2, 2)).toMatchObject({ is: 'refused' })
    expect(await find('host', 1, 2)).toMatchObject({ is: 'refused' })
    expect(await find('host', 2, 2)).toMatchObject({ is: 'here' })
    await store.reclaim((await store.owner(GLIM))!, 5)
    expect(await find('host', 2, 3)).toMatchObject({ is: 'refused' })
    expect(await find('home', 3, 3)).toMatchObject({ is: 'here' })
  })

  test('T22 under an id that is not of that agent’s call is refused; people’s messages are not asked for one', async () => {
    const doorstep = door()
    expect(await doorstep.find(mira, from('home'), 'message_whatever')).toMatchObject({ is: 'refused' })
    const others = `message_${effectId('agent_other', { epoch: 1, generation: 1 }, 1)}`
    expect(await doorstep.find(mira, from('home'), others)).toMatchObject({ is: 'refused' })
    expect(await doorstep.find(mira, from('home', 'player_ben'), 'message_whatever')).toMatchObject({ is: 'here' })
  })

  test('T20 T22 said again after it was taken back, it is answered and not heard again', async () => {
    const doorstep = door()
    await move('home', 'host', 1)
    await doorstep.give('player_mira', said(at(2, 7), 'host'))
    await store.reclaim((await store.owner(GLIM))!, 5)
    await doorstep.give('player_mira', said(at(3, 7), 'home'))
    await doorstep.give('player_mira', said(at(3, 8), 'home'))
    expect(heard).toEqual([at(2, 7), at(3, 8)])
  })

  test('T20 AG48 to an agent they have the same name at whatever epoch they are said; those of two nodes never do', async () => {
    const doorstep = door()
    for (const [epoch, node] of [
      [2, 'host'],
      [3, 'home'],
    ] as const)
      await doorstep.give('agent_lamp', said(at(epoch, 7), node))
    for (const node of ['home', 'elsewhere'])
      await doorstep.give('agent_lamp', { ...said('message_1', node), from: from(node, 'player_ben') })
    const [first, again, ...others] = toAgents
    expect(again).toBe(first)
    expect(others).toEqual(['home message_1', 'elsewhere message_1'])
  })

  test('T20 what waited for one person is heard though another has heard later words', async () => {
    const doorstep = door()
    await doorstep.give('player_mira', said(at(1, 6), 'home'))
    await doorstep.give('player_ada', said(at(1, 5), 'home'))
    expect(heard).toEqual([at(1, 6), at(1, 5)])
  })
})

test('V15 a person who is on a visit to another node hears what is said to them at home', async () => {
  const doorstep = door()
  const ada: Party = { node: 'here', name: 'Ada' }
  expect(await doorstep.find(ada, from('there', 'player_ben'))).toMatchObject({ is: 'absent' })
  visiting.add('player_ada')
  expect(await doorstep.find(ada, from('there', 'player_ben'))).toMatchObject({ is: 'here' })
})
