/**
 * What a sleeping agent costs on disk: the growth of the agents' tables in a real database, indexes and all, over the number of
 * agents. Each has 20 kB of memory and its own copy of its program, as agents have; an agent that sleeps has no turns kept.
 */

import type { AgentId, PlayerId, ProjectId } from '../../protocol/ids.ts'
import { createAgentStore } from '../../storage/agents.ts'
import { createProjectStore } from '../../storage/projects.ts'
import { createTestDatabase } from '../database.ts'
import { benchProgram, MEMORY } from './agents-turns.ts'

let chance = 1
const random = (below: number): number => {
  chance = (Math.imul(chance, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((chance / 2 ** 32) * below)
}

export async function hibernatedKb(count: number): Promise<number> {
  await using db = await createTestDatabase()
  const size = async () => {
    await db.pool.query('VACUUM FULL "Agent"')
    const { rows } = await db.pool.query(
      `SELECT (pg_total_relation_size('"Agent"') + pg_total_relation_size('"AgentTurnRecord"'))::bigint AS bytes`,
    )
    return Number(rows[0].bytes)
  }
  const projectId = 'project_bench' as ProjectId
  const owner = 'player_bench' as PlayerId
  await createProjectStore(db).insert({ id: projectId, name: 'bench', owner, createdAtMs: 0, updatedAtMs: 0 }, {})
  const store = createAgentStore(db)
  const program = benchProgram()
  const before = await size()
  for (let i = 0; i < count; i++)
    await store.insert({
      id: `agent_bench${i}` as AgentId,
      owner,
      projectId,
      name: `wick ${i}`,
      status: 'resting',
      epoch: 1,
      generation: 3,
      program,
      // As varied as what agents remember, so that the database cannot make next to nothing of it.
      memory: MEMORY.replaceAll(/"seen":\d+,"visits":\d/g, () => `"seen":${random(90_000)},"visits":${random(10)}`),
      checkpointTick: 1_000 + i,
      fuelUsed: i,
      createdAtMs: 0,
      updatedAtMs: 0,
    })
  return ((await size()) - before) / count / 1024
}
