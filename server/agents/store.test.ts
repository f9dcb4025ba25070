import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AgentId } from '../protocol/ids.ts'
import { createAgentStore } from '../storage/agents.ts'
import { createProjectStore } from '../storage/projects.ts'
import { createTestDatabase, describeOnDatabases, type TestDatabase } from '../testing/database.ts'
import { createMemoryAgentStore, createMemoryProjectStore } from './memory-store.ts'
import type { AgentRow, AgentStore, ProjectStore } from './store.ts'

type Stores = { readonly agents: AgentStore; readonly projects: ProjectStore }

const row = (over: Partial<AgentRow> = {}): AgentRow => ({
  id: 'agent_1',
  owner: 'player_1',
  projectId: 'project_0',
  name: 'Wick',
  status: 'stopped',
  epoch: 1,
  generation: 0,
  memory: '{}',
  checkpointTick: 0,
  fuelUsed: 0,
  createdAtMs: 1,
  updatedAtMs: 1,
  ...over,
})
const turn = (tick: number, agent = 'agent_1') => ({
  agent: agent as AgentId,
  tick,
  seed: tick,
  inputs: [{ type: 'event' as const, name: 'hear' as const, data: { text: 'привет' } }],
})

function suite(open: () => Stores): void {
  beforeAll(async () => {
    const home = { id: 'project_0', name: 'home', owner: 'player_1', createdAtMs: 1, updatedAtMs: 1 }
    await open().projects.insert(home, {})
  })

  test('AS1 a project keeps its files in order of their paths, and its owner', async () => {
    const { projects } = open()
    await projects.insert(
      { id: 'project_1', name: 'p', owner: 'player_1', createdAtMs: 1, updatedAtMs: 1 },
      { 'main.ts': 'я' },
    )
    await projects.putFile('project_1', 'lib/a.ts', 'a', 2)
    await projects.putFile('project_1', 'main.ts', 'яя', 3)
    expect(await projects.files('project_1')).toEqual({ 'lib/a.ts': 'a', 'main.ts': 'яя' })
    expect(await projects.info('project_1')).toMatchObject({ updatedAtMs: 3, owner: 'player_1' })
    expect((await projects.list('player_1'))[1]!.files.find((f) => f.path === 'main.ts')).toEqual({
      path: 'main.ts',
      bytes: 4,
    })
    await projects.removeFile('project_1', 'lib/a.ts', 4)
    expect(Object.keys(await projects.files('project_1'))).toEqual(['main.ts'])
    expect(await projects.info('project_2')).toBeUndefined()
    const change = { put: { 'main.ts': 'new', 'lib/b.ts': 'b' }, remove: ['gone.ts'] }
    for (let i = 0; i < 2; i++) await projects.replaceFiles('project_1', change, 5)
    expect(await projects.files('project_1')).toEqual({ 'lib/b.ts': 'b', 'main.ts': 'new' })
    await projects.replaceFiles('project_1', { put: {}, remove: ['lib/b.ts'] }, 6)
    expect(await projects.info('project_1')).toMatchObject({ updatedAtMs: 6, files: [{ path: 'main.ts' }] })
  })

  test('AS1 a project goes with its files, unless an agent has it', async () => {
    const { agents, projects } = open()
    const project = { id: 'project_8', name: 'p', owner: 'player_8', createdAtMs: 1, updatedAtMs: 1 }
    await projects.insert(project, { 'main.ts': 'x' })
    await agents.insert(row({ id: 'agent_8', owner: 'player_8', projectId: 'project_8' }))
    await agents.appendTurns([turn(1, 'agent_8')])
    await agents.appendLog([{ agent: 'agent_8', id: 1, tick: 1, level: 'log', text: 'x' }])
    expect(await projects.remove('project_8')).toBe(false)
    for (let again = 0; again < 2; again++) await agents.remove('agent_8')
    expect([await agents.find('agent_8'), await agents.turns('agent_8'), await agents.lastLog('agent_8')]).toEqual([
      undefined,
      [],
      undefined,
    ])
    for (let again = 0; again < 2; again++) expect(await projects.remove('project_8')).toBe(true)
    expect(await projects.list('player_8')).toEqual([])
    expect(await projects.files('project_8')).toEqual({})
  })

  test('AS2 a person has no two agents of one name', async () => {
    const { agents } = open()
    expect(await agents.insert(row())).toBe(true)
    expect(await agents.insert(row({ id: 'agent_2' }))).toBe(false)
    expect(await agents.insert(row({ id: 'agent_2', name: 'Snuff' }))).toBe(true)
    expect((await agents.byOwner('player_1')).map(({ name }) => name)).toEqual(['Wick', 'Snuff'])
  })

  test('AS3 what was saved comes back whole', async () => {
    const { agents } = open()
    const full = row({
      status: 'running',
      generation: 3,
      program: { hash: 'h', entry: 'main.ts', modules: { 'main.ts': '1' }, shifts: { 'main.ts': [[1, 1, 2]] } },
      memory: '{"a":1}',
      checkpointTick: 7,
      fuelUsed: 9,
    })
    await agents.save(full)
    expect(await agents.find('agent_1')).toEqual(full)
    expect(await agents.going()).toEqual([full])
    const swapped = row({
      status: 'running',
      program: { hash: 'h2', entry: 'main.ts', modules: { 'main.ts': '2' } },
      previous: { program: full.program!, memory: '{"a":0}' },
      rolledBack: { name: 'E', message: 'm', code: 'c' },
      asleep: {
        tick: 9,
        zone: 'harbor',
        offset: 2,
        taken: 8,
        memory: '{}',
        listens: ['hear'],
        dueTick: 90,
        turns: 1,
        inputs: 1,
        fuelLast: 5,
        startPlace: 'harbor:dock',
        locale: 'en',
      },
      offences: 1,
      heardAfar: ['m1', 'm2'],
    })
    await agents.checkpoint(swapped)
    expect(await agents.find('agent_1')).toEqual(swapped)
    expect(await agents.going()).toEqual([swapped])
    const failed = row({ status: 'paused', error: { name: 'E', message: 'm', code: 'c', params: { x: 1 }, line: 3 } })
    await agents.save(failed)
    expect(await agents.find('agent_1')).toMatchObject({ status: 'paused', error: failed.error })
    expect(await agents.going()).toEqual([])
  })

  test('AS4 turns come back in order, and a checkpoint forgets those of its agent alone', async () => {
    const { agents } = open()
    await agents.appendTurns([turn(1), { ...turn(2), afar: ['m1'] }, turn(1, 'agent_2')])
    await agents.appendTurns([turn(3)])
    const second = { ...turn(2), afar: ['m1'] }
    expect(await agents.turns('agent_1')).toEqual([turn(1), second, turn(3)])
    expect([await agents.hasTurnsAfter('agent_1', 2), await agents.hasTurnsAfter('agent_1', 3)]).toEqual([
      true,
      false,
    ])
    expect(await agents.turns('agent_1', 2, 2)).toEqual([second])
    await agents.checkpoint(row({ memory: '{"b":2}' }))
    expect(await agents.turns('agent_1')).toEqual([])
    expect(await agents.turns('agent_2')).toHaveLength(1)
    expect(await agents.find('agent_1')).toMatchObject({ memory: '{"b":2}' })
  })

  test('AS5 the log is read from where one left off', async () => {
    const { agents } = open()
    const line = (id: number) => ({
      agent: 'agent_1' as AgentId,
      id,
      tick: id,
      level: 'log' as const,
      text: `line ${id}`,
    })
    expect(await agents.lastLog('agent_1')).toBeUndefined()
    await agents.appendLog([line(1), line(2)])
    await agents.appendLog([line(3)])
    expect((await agents.log('agent_1', 1, 10)).map(({ id }) => id)).toEqual([2, 3])
    expect((await agents.log('agent_1', 0, 1)).map(({ id }) => id)).toEqual([3])
    expect(await agents.lastLog('agent_1')).toMatchObject({ id: 3, tick: 3 })
  })
}

describe('stores of agents (memory)', () => {
  const agents = createMemoryAgentStore()
  const isUsed = async (id: string) => (await agents.find('agent_8'))?.projectId === id
  const stores: Stores = { agents, projects: createMemoryProjectStore(isUsed) }
  suite(() => stores)
})

await describeOnDatabases('stores of agents', (kind) => {
  let database: TestDatabase
  let stores: Stores
  beforeAll(async () => {
    database = await createTestDatabase({ kind })
    stores = { agents: createAgentStore(database), projects: createProjectStore(database) }
  })
  afterAll(() => database[Symbol.asyncDispose]())
  suite(() => stores)
})
