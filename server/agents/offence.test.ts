import { expect, test } from 'vitest'
import { AGENT_OFFENCE_PAUSE_TICKS, AGENT_OFFENCES_MAX } from '../limits.ts'
import { createSandbox } from '../sandbox/pool.ts'
import type { Sandbox } from '../sandbox/types.ts'
import { agentBench, quiet } from './fixtures.ts'

const ann = 'player_ann'

test('AG30 who takes its host down is paused with the line, for longer each time, and in the end until its author starts it', async () => {
  await using own = createSandbox({ log: quiet, clock: { now: () => performance.now() } })
  const listeners = new Set<Parameters<Sandbox['onLost']>[0]>()
  const sandbox: Sandbox = {
    ...own,
    onLost: (listener) => {
      listeners.add(listener)
      return own.onLost(listener)
    },
    locate: async ({ program }) => ({ file: program.points![0]!.file, line: 4 }),
  }
  const b = await agentBench({ sandbox })
  await using _ = b.agents
  await b.person(ann)
  const { id } = await b.newAgent(
    ann,
    `import { me } from 'academy'
export default async function main() {
  me.memory.starts = (me.memory.starts ?? 0) + 1
  for (;;) await me.wait(1)
}`,
  )
  await b.agents.start(ann, id)
  const info = async () => {
    const found = await b.agents.get(ann, id)
    if (!found.ok) throw new Error(found.refusal.code)
    return found.value
  }
  const starts = async () => (JSON.parse(JSON.stringify((await info()).memory)) as { starts: number }).starts
  for (let offence = 1; offence <= AGENT_OFFENCES_MAX; offence++) {
    let seen = 0
    await b.until(() => {
      void starts().then((n) => {
        seen = n
      })
      return seen === offence
    }, 2_000)
    for (const listener of listeners) listener({ agents: [id], culprit: id, reason: 'stalled' })
    const last = () => b.lines.filter(({ text }) => text.startsWith('main.ts, line 4')).length
    await b.until(() => last() === offence)
    expect(await info()).toMatchObject({ status: 'paused', error: { code: 'host_killed', line: 4 } })
    if (offence === AGENT_OFFENCES_MAX) break
    expect(b.agents.running()).toBe(1)
    const before = b.sim.outcomes.length
    for (let tick = 0; tick < offence * AGENT_OFFENCE_PAUSE_TICKS - 20; tick++) b.sim.beat()
    expect(b.sim.outcomes.length).toBeGreaterThan(before)
    expect((await info()).status).toBe('paused')
  }
  await b.until(() => b.agents.running() === 0)
  expect(await starts()).toBe(AGENT_OFFENCES_MAX)
  await b.agents.start(ann, id)
  await b.until(() => b.agents.running() === 1)
  expect((await b.store.find(id))?.offences).toBeUndefined()
})
