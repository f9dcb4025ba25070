/** A recording of an agent on a node, page after page. */
import * as api from '../protocol/api.ts'
import type { Hub } from './hub.ts'
import { AuthorProblem } from './problem.ts'
import { type Recording, recordingOfNode } from './recording.ts'

export async function fetchRecording(hub: Hub, agent: api.Agent): Promise<Recording> {
  const pages: api.AgentReplay[] = []
  for (let from = 0; ; ) {
    const page = await hub.get(`/api/v1/agents/${agent.id}/replay?from=${from}`, api.AgentReplay)
    if (pages[0] && pages[0].checkpointTick !== page.checkpointTick) {
      // Its main has begun anew meanwhile: what was read is another stretch.
      pages.length = 0
      from = 0
      continue
    }
    pages.push(page)
    const last = page.turns.at(-1)
    if (!last) break
    from = last.tick + 1
  }
  if (pages.every(({ turns }) => turns.length === 0))
    throw new AuthorProblem('nothing_recorded', `${agent.name} has not had a turn yet, so there is nothing to see.`)
  return recordingOfNode(pages, await logOf(hub, agent))
}

async function logOf(hub: Hub, { id }: api.Agent): Promise<NonNullable<Recording['log']>> {
  const lines: NonNullable<Recording['log']> = []
  for (let after = 0; ; ) {
    const { entries, next } = await hub.get(`/api/v1/agents/${id}/log?after=${after}`, api.AgentLog)
    lines.push(...entries.map(({ tick, level, text }) => ({ tick, level, text })))
    if (entries.length === 0 || next === after) return lines
    after = next
  }
}
